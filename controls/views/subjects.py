"""The page of a subject: its facts over time, its verdicts, the raw answer behind a fact and its place in the log."""

import difflib
import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.trail.action import action
from compliance.trail.names import ActionName
from compliance.vault.selectors.blobs import UnknownBlob, read_blob, redactions_of
from compliance.vault.selectors.deletion import gone_of, refs_gone
from compliance.vault.selectors.log import position_of, proof_of
from controls.outcomes import Outcome, said_word
from controls.registry import definitions
from controls.selectors.points import verdicts_of_subject
from controls.views.asking import moment_asked
from evidence.selectors.subjects import has_page, has_record, records_of, subject_by_id

if TYPE_CHECKING:
    from evidence.models import Record, Subject

HISTORY = 50


@require_GET
@page(Right.SEE_PROGRAMME)
def subject_page(request: HttpRequest, subject_id: uuid.UUID) -> HttpResponse:
    """One subject, as of the moment asked for."""
    subject = _found(subject_id)
    moment = moment_asked(request)
    records = list(records_of(subject.pk, moment.at).order_by("-observed_at", "-id")[:HISTORY])
    verdicts = [each for each in verdicts_of_subject(subject.pk) if each.since <= moment.at]
    current = records[0] if records else None
    without = [each.pk for each in records if not each.fact]
    deleted = refs_gone(without) if without else set()
    context = {
        "crumbs": [("Controls", reverse("controls", args=[request.organization.slug])), (subject.name or subject.key, "")],
        "subject": subject,
        "stream": subject.stream,
        "moment": moment,
        "record": current,
        "fact": _pretty(current),
        "tombstone": gone_of(current.pk) if current and current.pk in deleted else None,
        "position": position_of(current.pk) if current else None,
        "digest": bytes(current.digest).hex() if current and current.digest else "",
        "pages": current.pages.split() if current else [],
        "history": _history(records, deleted),
        "verdicts": _told(verdicts, moment.at),
        "may_see_raw": allows(request.membership.role, Right.SEE_RAW),
        "may_freeze": allows(request.membership.role, Right.ACT_ON_CONTROLS),
    }  # fmt: skip
    return TemplateResponse(request, "controls/subject_page.html", context)


@require_GET
@page(Right.SEE_RAW)
def raw_response(request: HttpRequest, subject_id: uuid.UUID, digest: str) -> HttpResponse:
    """The raw answer behind a fact, as text; reading it is an entry on the trail."""
    subject = _found(subject_id)
    if not has_page(subject.pk, digest):
        raise Http404("This subject has no such page.")
    try:
        data, removed = read_blob(digest), redactions_of(digest)
    except (UnknownBlob, ValueError) as error:
        raise Http404("This page is not kept, or cannot be verified.") from error
    with action(ActionName.RAW_RESPONSE_VIEWED, actor=request.actor, subject=subject, detail={"sha256": digest}):
        pass
    if request.GET.get("download"):
        response = HttpResponse(data, content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="{digest[:16]}.bin"'
        return response
    slug = request.organization.slug
    context = {
        "crumbs": [
            ("Controls", reverse("controls", args=[slug])), (str(subject), reverse("subject", args=[slug, subject.pk])), ("Raw answer", ""),
        ],
        "subject": subject, "digest": digest, "size": len(data), "text": readable(data[:200_000]), "cut": len(data) > 200_000,
        "redactions": removed,
    }  # fmt: skip
    return TemplateResponse(request, "controls/raw_page.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def record_proof(request: HttpRequest, subject_id: uuid.UUID, record_id: uuid.UUID) -> HttpResponse:
    """The inclusion proof of a record as a `.tlog-proof` file (C2SP tlog-proof); 404 while it is not sealed."""
    subject = _found(subject_id)
    if not has_record(subject.pk, record_id):
        raise Http404("This subject has no such record.")
    found = proof_of(record_id)
    if found is None:
        raise Http404("This record is not sealed yet; the log is sealed every few seconds.")
    response = HttpResponse(found[1].encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{record_id}.tlog-proof"'
    return response


def readable(data: bytes) -> str:
    """Raw bytes as text that one can read: JSON laid out, anything else as it is; never as markup."""
    text = data.decode("utf-8", errors="replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _found(subject_id: uuid.UUID) -> "Subject":
    subject = subject_by_id(subject_id)
    if subject is None:
        raise Http404("There is no such subject.")
    return subject


def _told(verdicts: list, at: datetime) -> list[dict[str, Any]]:
    """Verdicts for the page: those that last first, failing before passing, then from the latest back."""
    known = definitions()
    told = [
        {
            "verdict": each, "word": said_word(each.outcome, each.reason), "title": known[each.check_id].title if each.check_id in known else each.check_id,
            "open": each.until is None or each.until > at,
        }
        for each in verdicts
    ]  # fmt: skip
    told.sort(key=lambda each: each["verdict"].since, reverse=True)
    return sorted(told, key=lambda each: (not each["open"], each["open"] and each["verdict"].outcome != Outcome.FAIL))


def _pretty(record: "Record | None") -> str:
    return json.dumps(json.loads(record.fact), indent=2, ensure_ascii=False) if record and record.fact else ""


def _history(records: "list[Record]", deleted: set[uuid.UUID]) -> list[dict[str, Any]]:
    history = []
    for number, record in enumerate(records):
        older = records[number + 1] if number + 1 < len(records) else None
        history.append(
            {
                "record": record,
                "run": record.run,
                "changes": _changes(older, record),
                "first": older is None,
                "deleted": record.pk in deleted,
            }
        )
    return history


def _changes(older: "Record | None", newer: "Record") -> list[tuple[str, str]]:
    if older is None or not newer.fact or not older.fact:
        return []
    lines = difflib.unified_diff(_pretty(older).splitlines(), _pretty(newer).splitlines(), n=0, lineterm="")
    return [(line[0], line[1:].strip()) for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))][:40]
