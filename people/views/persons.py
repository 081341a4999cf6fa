"""The list of people and the page of one."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from compliance.ui.pictures.histogram import histogram
from controls.outcomes import Outcome, said_word
from controls.registry import definitions
from controls.selectors.points import verdicts_of_subject
from controls.views.asking import moment_asked
from evidence.facts import instants
from evidence.selectors.streams import streams_of_kinds
from evidence.selectors.subjects import records_of, subject_of
from people.matching import RULES
from people.models import Person
from people.selectors.accounts import account_counts, unused_systems
from people.selectors.persons import (
    PersonFilter,
    departments,
    leavers_between,
    pairings_of,
    person_by_id,
    person_counts,
    persons,
    persons_by_key,
)
from people.services.pairing import sight_of
from people.systems import CATEGORY_NAMES, READ_KINDS
from people.views.asking import csv_answer, instant_text, page_asked

SHOW_NAMES = {
    "all": "Everybody", "active": "At work", "leave": "On leave", "coming": "To come", "left": "Left", "open": "Left, access open",
    "privileged": "Privileged", "without_mfa": "Without second factor", "no_account": "No account",
}  # fmt: skip
BINS = ((4, "within 4 h"), (24, "24 h"), (72, "3 d"), (24 * 7, "7 d"))
CSV_HEAD = (
    "name", "work_email", "employee_number", "employment", "status", "department", "title", "starts_utc", "ends_utc", "identity_disabled_utc",
    "accounts", "open_accounts", "privileged", "without_second_factor",
)  # fmt: skip
CHANGES = 30


@require_GET
@page(Right.SEE_PROGRAMME)
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody on the roster; filtered, searched, page by page."""
    at = now()
    counts = person_counts(at)
    wanted = _wanted(request)
    rows = persons(wanted, at)
    shown, paging = page_asked(request, rows, ["name", "id"], rows.count())
    read, unread, _turns = sight_of([each for each in streams_of_kinds("", READ_KINDS) if each.vendor != "people"], at)
    context = {
        "crumbs": [("People", "")],
        "counts": counts,
        "here": counts["active"] + counts["leave"],
        "undecided": account_counts()["undecided"],
        "rows": [{"person": each, "state": _state(each, at), "url": _url(request, each)} for each in shown],
        "page": paging,
        "chips": _chips(request, counts),
        "query": wanted.words,
        "filters": {"show": wanted.show, "department": wanted.department, "employment": wanted.employment},
        "departments": departments(),
        "employments": ("employee", "contractor", "intern"),
        "read": [CATEGORY_NAMES[each] for each in read],
        "unread": unread,
        "unused": {CATEGORY_NAMES[each]: row for each, row in unused_systems().items()},
        "revoking": _revoking(at),
        "tabs": tabs(request, "people"),
        "may_export": allows(request.membership.role, Right.EXPORT),
        "may_connect": allows(request.membership.role, Right.MANAGE_CONNECTIONS),
    }
    return TemplateResponse(request, "people/person_list.html", context)


@require_GET
@page(Right.EXPORT)
def person_list_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV."""
    wanted, at = _wanted(request), now()

    def rows() -> Iterator[Sequence[object]]:
        for each in persons(wanted, at).order_by("name", "id"):
            yield (
                each.name, each.email, each.employee_number, each.employment, each.status, each.department, each.title,
                instant_text(each.starts), instant_text(each.ends), instant_text(each.revoked_at), each.accounts, each.live_accounts,
                each.privileged, each.without_mfa,
            )  # fmt: skip

    return csv_answer(request, f"people-{at:%Y-%m-%d}", CSV_HEAD, rows)


@require_GET
@page(Right.SEE_PROGRAMME)
def person_page(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """One person as of the moment asked for: employment, accounts, changes, what the checks say."""
    person = person_by_id(person_id)
    if person is None:
        raise Http404("There is no such person.")
    moment = moment_asked(request)
    subject = subject_of("people", "person_access", person.key)
    records = list(records_of(subject.pk, moment.at).order_by("-observed_at", "-id")[: CHANGES + 1]) if subject else []
    fact = orjson.loads(records[0].fact) if records and records[0].fact else None
    pairings = pairings_of(person.pk, moment.at)
    verdicts = [each for each in verdicts_of_subject(subject.pk) if each.since <= moment.at] if subject else []
    told = _told(verdicts, moment.at)
    own = {each.account.key: each for each in pairings if each.until is None or each.until > moment.at}
    context = {
        "crumbs": [("People", reverse("people", args=[request.organization.slug])), (person.name, "")],
        "person": person,
        "subject": subject,
        "fact": fact,
        "moment": moment,
        "state": _state_of_fact(fact, moment.at),
        "manager": next(iter(_manager(person)), None),
        "employment": _employment(fact),
        "accounts": [_account_shown(each, own) for each in (fact or {}).get("accounts", ())],
        "unread": (fact or {}).get("unread", ()),
        "failing": [each for each in told if each["open"] and each["verdict"].outcome == Outcome.FAIL],
        "lasting": [each for each in told if each["open"]],
        "ended": [each for each in told if not each["open"]],
        "ended_failing": sum(not each["open"] and each["verdict"].outcome == Outcome.FAIL for each in told),
        "timeline": _timeline(fact),
        "pairings": [
            {"pairing": each, "rule": RULES.get(each.rule, each.rule), "open": each.until is None or each.until > moment.at}
            for each in pairings
        ],
        "history": _history(records),
    }
    return TemplateResponse(request, "people/person_page.html", context)


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The parts of the people section."""
    slug = request.organization.slug
    named = (
        ("People", "people", None),
        ("Accounts", "people_accounts", account_counts()["undecided"]),
        ("Privileged access", "people_privileged", None),
    )
    return [{"name": name, "url": reverse(url, args=[slug]), "count": count, "current": url == current} for name, url, count in named]


def _wanted(request: HttpRequest) -> PersonFilter:
    show = request.GET.get("show", "")
    return PersonFilter(
        show=show if show in SHOW_NAMES else "", words=request.GET.get("q", "").replace("\x00", "")[:100],
        department=request.GET.get("department", "").replace("\x00", ""), employment=request.GET.get("employment", "").replace("\x00", ""),
    )  # fmt: skip


def _url(request: HttpRequest, person: Person) -> str:
    return reverse("person", args=[request.organization.slug, person.pk])


def _chips(request: HttpRequest, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    base, current = reverse("people", args=[request.organization.slug]), request.GET.get("show", "")
    return [
        {
            "name": name,
            "url": base if show == "all" else f"{base}?show={show}",
            "count": counts[show],
            "current": show == (current or "all"),
        }
        for show, name in SHOW_NAMES.items()
        if counts[show] or show == "all"
    ]


def _state(person: Person, at: datetime) -> dict[str, str]:
    """Employment in a word, and what to worry about."""
    if person.status == "terminated" or (person.ends is not None and person.ends <= at):
        return {"word": "left", "trouble": "access open" if person.live_accounts else ""}
    if person.starts is not None and person.starts > at:
        return {"word": "to come", "trouble": ""}
    return {"word": "on leave" if person.on_leave else "at work", "trouble": ""}


def _state_of_fact(fact: Mapping[str, Any] | None, at: datetime) -> str:
    if fact is None:
        return ""
    text = instants.to_text(at) or ""
    if fact["status"] == "terminated" or (fact["ends"] and fact["ends"] <= text):
        return "left"
    if fact["starts"] and fact["starts"] > text:
        return "to come"
    return "on leave" if fact["status"] == "leave" else "at work"


def _revoking(at: datetime) -> Any:
    """How long it took to disable the identity of those who left in the last year; None while nobody did."""
    counts = dict.fromkeys([*(words for _hours, words in BINS), "later"], 0)
    found = False
    for each in leavers_between(at - timedelta(days=365), at):
        if each.revoked_at is None or each.ends is None:
            continue
        found = True
        hours = max((each.revoked_at - each.ends).total_seconds() / 3600, 0)
        counts[next((words for limit, words in BINS if hours <= limit), "later")] += 1
    if not found:
        return None
    return histogram(
        list(counts.items()), title="From the end of employment to the disabled identity, last 365 days", late_from=2, noun="leavers"
    )


def _manager(person: Person) -> list[Person]:
    if not person.manager or not person.records:
        return []
    source = str(person.records[0]).rsplit("/", 1)[0]
    return list(persons_by_key([f"{source}/{person.manager}"]).values())


def _employment(fact: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    if fact is None:
        return []
    said = [
        ("Employee number", fact["employee_number"]), ("Employment", fact["employment"]), ("Department", fact["department"]), ("Title", fact["title"]),
    ]  # fmt: skip
    return [(name, value) for name, value in said if value]


def _account_shown(account: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    pairing = own.get(account["account"])
    last = account["last_use"]
    keys = account["secrets"]
    return {
        **account,
        "rule_words": RULES.get(account["rule"], account["rule"]),
        "explanation": pairing.explanation if pairing else "",
        "subject_id": pairing.account.subject_id if pairing else None,
        "category_name": CATEGORY_NAMES.get(account["category"], account["category"]),
        "last": instants.from_text(last) if last else None,
        "never": last == "",
        "disabled": instants.from_text(account["disabled_at"]) if account["disabled_at"] else None,
        "keys": None if keys is None else sum(1 for each in keys if each["active"]),
    }


def _told(verdicts: Sequence[Any], at: datetime) -> list[dict[str, Any]]:
    known = definitions()
    told = [
        {
            "verdict": each, "word": said_word(each.outcome, each.reason), "open": each.until is None or each.until > at,
            "title": known[each.check_id].title if each.check_id in known else each.check_id,
        }
        for each in verdicts
    ]  # fmt: skip
    order = [Outcome.FAIL, Outcome.NO_DATA, Outcome.PASS, Outcome.NOT_APPLICABLE]
    told.sort(key=lambda each: each["verdict"].since, reverse=True)
    return sorted(told, key=lambda each: (not each["open"], order.index(each["verdict"].outcome)))


def _timeline(fact: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Employment as entries, the latest first."""
    if fact is None:
        return []
    found: list[tuple[str, str, str]] = []
    if fact["starts"]:
        found.append((fact["starts"], "First day begins", ""))
    for each in fact["transfers"]:
        found.append((each["at"], f"{each['from_department'] or 'No department'} to {each['to_department'] or 'no department'}", ""))
    for each in fact["absences"]:
        found.append((each["since"], f"Leave begins{': ' + each['kind'] if each['kind'] else ''}", ""))
        if each["until"]:
            found.append((each["until"], "Leave ends", ""))
    if fact["ends"]:
        found.append((fact["ends"], "Employment ends", "access must end from here on"))
    if fact["end_entered"]:
        late = bool(fact["ends"]) and fact["end_entered"] > fact["ends"]
        found.append((fact["end_entered"], "The end was entered in the personnel system", "after it had come" if late else ""))
    return [{"text": text, "when": instants.from_text(at), "note": note} for at, text, note in sorted(found, reverse=True)]


def _history(records: Sequence[Any]) -> list[dict[str, Any]]:
    """What changed between records, account by account, in words."""
    history = []
    older_ones = [*records[1:], None] if records else []
    for newer, older in zip(records, older_ones, strict=True):
        if older is None and len(records) > CHANGES:
            break
        history.append({"at": newer.observed_at, "changes": _changes(older, newer), "first": older is None, "gone": newer.gone})
    return history


def _changes(older: Any, newer: Any) -> list[tuple[str, str, str]]:
    if older is None or not older.fact or not newer.fact:
        return []
    before, after = _flat(orjson.loads(older.fact)), _flat(orjson.loads(newer.fact))
    names = sorted(before.keys() | after.keys())
    return [(name, before.get(name, ""), after.get(name, "")) for name in names if before.get(name) != after.get(name)][:20]


def _flat(fact: Mapping[str, Any]) -> dict[str, str]:
    flat = {name: _said(value) for name, value in fact.items() if name not in ("accounts", "read", "subject")}
    for account in fact.get("accounts", ()):
        label = f"{account['login']} ({account['system']})"
        for name in ("enabled", "mfa", "privileged", "rights", "groups", "disabled_at", "secrets", "rule"):
            flat[f"{label} {name}"] = _said(account[name])
    return flat


def _said(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(each if isinstance(each, str) else json.dumps(each, sort_keys=True) for each in value)
    return str(value)
