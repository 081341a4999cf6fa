"""Mail to members: one for each notice, or one for all of a digest, as text and HTML."""

import smtplib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse

from compliance.tenancy.models import Organization
from compliance.work.selectors.notices import letterhead
from compliance.work.services.deliveries import settle_failed, settle_later, settle_sent

if TYPE_CHECKING:
    from compliance.work.models import Delivery, Letterhead


def send_mails(deliveries: Sequence["Delivery"], organization: Organization, now: datetime) -> None:
    """Send what was taken, over one connection. A server that is not reached or says “later” is tried again; an address that is refused
    for good has bounced; where the connection broke in the middle nobody knows, and it is not sent twice."""
    letters = list(_letters(deliveries))
    if not letters:
        return
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        settle_later(deliveries, f"The mail server cannot be reached: {error}", now)
        return
    head = letterhead()
    try:
        for letter in letters:
            _send(letter, organization, head, connection, now)
    finally:
        _close(connection)


def _letters(deliveries: Iterable["Delivery"]) -> Iterable[list["Delivery"]]:
    """What goes out together: the rows of one digest of one member, everything else alone."""
    digests: dict[tuple, list[Delivery]] = defaultdict(list)
    for each in deliveries:
        if each.batch:
            digests[each.notice.recipient_id, each.batch].append(each)
        else:
            yield [each]
    yield from digests.values()


def _send(
    letter: Sequence["Delivery"], organization: Organization, head: "Letterhead | None", connection: BaseEmailBackend, now: datetime
) -> None:
    ids = [each.pk for each in letter]
    try:
        message(letter, organization, head, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        _refused(letter, code, said, now)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        _refused(letter, error.smtp_code, error.smtp_error, now)
    except smtplib.SMTPConnectError as error:
        settle_later(letter, f"The mail server did not take the connection: {error}", now)
    except (smtplib.SMTPException, OSError) as error:
        settle_failed(ids, f"The connection broke while it was sent; it may have arrived: {error}", state="unsure")
    else:
        settle_sent(ids, now)


def _refused(letter: Sequence["Delivery"], code: int, said: bytes | str, now: datetime) -> None:
    words = f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    if 400 <= code < 500:
        settle_later(letter, words, now)
    else:
        settle_failed([each.pk for each in letter], f"The address was refused: {words}")


def message(
    letter: Sequence["Delivery"], organization: Organization, head: "Letterhead | None", connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    """The mail of these deliveries. Its Message-ID is that of the first, so that a mail system drops a copy."""
    root = settings.CONFIGURATION.public_url
    notices = [
        {"title": each.notice.title, "body": each.notice.body, "url": _address(root, organization, each.notice.path)} for each in letter
    ]
    single = notices[0] if len(notices) == 1 else None
    subject = single["title"] if single else f"{len(notices)} things in {organization.name}"
    context = {
        "subject": " ".join(subject.split())[:200], "single": single, "notices": notices, "organization": organization,
        "preferences_url": urljoin(root + "/", reverse("preferences", args=[organization.slug]).lstrip("/")),
    }  # fmt: skip
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = formataddr(((head.sender_name if head else "") or name or organization.name, address))
    domain = address.partition("@")[2] or "plumbline.invalid"
    mail = EmailMultiAlternatives(
        context["subject"], render_to_string("email/notice.txt", context).partition("\n\n")[2], from_email=sender,
        to=[letter[0].notice.recipient.user.email], connection=connection, reply_to=[head.reply_to] if head and head.reply_to else None,
        headers={"Message-ID": f"<{letter[0].pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    mail.attach_alternative(render_to_string("email/notice.html", context), "text/html")
    return mail


def _address(root: str, organization: Organization, path: str) -> str:
    return urljoin(root + "/", f"{organization.slug}/{path}") if path else ""


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        return  # what was sent is settled already
