"""Mail from templates `templates/email/<name>.txt`: the first line is the subject, the rest is the text. Plain text only."""

import logging
import smtplib
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from compliance.members.refusals import NotMailed

logger = logging.getLogger(__name__)


def send_mail(name: str, *, to: str, context: Mapping[str, Any], undone: str) -> None:
    """Send one mail. Call it after the action has ended, so that no transaction waits for a mail server.

    Raises NotMailed with the sentence `undone` when the server cannot be reached or refuses.
    """
    subject, _, body = render_to_string(f"email/{name}.txt", dict(context)).partition("\n")
    try:
        EmailMessage(subject.strip(), body.lstrip("\n"), to=[to]).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("mail %s was not sent: %s", name, error)
        raise NotMailed(undone) from error
