"""Mail that the local sink has kept instead of sending it: for demos and for operators without a mail server.

Shown as text: whatever HTML a mail has is taken apart, never drawn.
"""

import email
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.members.selectors.accounts import is_demo_only

NAME = re.compile(r"^[0-9TZ.]{8,40}-[0-9a-f]{8}$")
SHOWN = 200
LONGEST_TEXT = 200_000
_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept mail. `name` is its file's, without the ending."""

    name: str
    at: datetime | None
    to: str
    sender: str
    subject: str
    text: str

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The text cut at its links: (piece, is a link)."""
        pieces, last = [], 0
        for found in _LINK.finditer(self.text):
            pieces += [(self.text[last : found.start()], False), (found.group().rstrip(".,;)"), True)]
            last = found.start() + len(pieces[-1][0])
        return [*pieces, (self.text[last:], False)]


def reader_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nothing here where a real mail server is used. Otherwise operators read all; while the installation holds nothing but demo
    organizations, everybody reads what was mailed to the demo's invented people, since its guests need the links."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.CONFIGURATION.mail_directory is None:
            raise Http404("Mail goes to a mail server here; nothing is kept.")
        if settings.DEBUG or is_demo_only():
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_operator:
            raise PermissionDenied("Only operators of this installation read the mail it has kept.")
        return view(request, *args, **kwargs)

    gated.plumbline_gate = "mail"
    return gated


@require_safe
@reader_only
def mail_list(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    kept = [each for each in (_read(path) for path in _files()) if _may_read(request, each)]
    return render(request, "mail/mail_list.html", {"mails": kept[:SHOWN], "crumbs": [("Mail", "")]})


@require_safe
@reader_only
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, as text."""
    path = settings.CONFIGURATION.mail_directory / f"{name}.eml"
    if not NAME.match(name) or not path.is_file():
        raise Http404("There is no such mail.")
    kept = _read(path)
    if not _may_read(request, kept):
        raise Http404("There is no such mail.")
    return render(request, "mail/mail_detail.html", {"mail": kept, "crumbs": [("Mail", "../"), (kept.subject, "")]})


def _may_read(request: HttpRequest, kept: Kept) -> bool:
    """Operators and local development read all; guests of a demo only what was sent to an invented (.example) address (RFC 2606)."""
    if settings.DEBUG or getattr(request.user, "is_operator", False):
        return True
    receivers = [each.strip().rstrip(">").lower() for each in kept.to.split(",")]
    return all(each.endswith(".example") for each in receivers)


def _files() -> list[Path]:
    folder = settings.CONFIGURATION.mail_directory
    return sorted((path for path in folder.glob("*.eml") if NAME.match(path.stem)), reverse=True) if folder.is_dir() else []


def _read(path: Path) -> Kept:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    return Kept(
        name=path.stem,
        at=_instant(path.stem),
        to=str(message.get("X-Envelope-To") or message.get("To") or ""),
        sender=str(message.get("From") or ""),
        subject=str(message.get("Subject") or "(no subject)"),
        text=_text(message)[:LONGEST_TEXT],
    )


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        content = body.get_content()
    except (LookupError, UnicodeError):
        return "This mail's text cannot be read."
    return _without_markup(content) if body.get_content_subtype() == "html" else content


def _without_markup(content: str) -> str:
    visible = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", "", content)
    visible = re.sub(r"(?i)<(br|/p|/div|/tr|/h[1-6]|/li)\b[^>]*>", "\n", visible)
    return html.unescape(re.sub(r"<[^>]*>", "", visible)).strip()


def _instant(stem: str) -> datetime | None:
    try:
        return datetime.strptime(stem.rpartition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None
