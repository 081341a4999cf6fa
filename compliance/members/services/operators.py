"""Who runs this installation: made on the command line, or by a link that works once."""

from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from compliance.members.models import OperatorLink, User
from compliance.members.refusals import InvitationClosed
from compliance.members.secrets import digest_of, new_secret, taken_apart, written

LINK_OPEN_FOR = timedelta(hours=24)


def create_operator(*, email: str, name: str, password: str) -> User:
    """A user who sees the instance page and may create organizations; an existing user of that address becomes operator and keeps
    the own password. Raises ValidationError (by field)."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    with transaction.atomic():
        present = User.objects.select_for_update().filter(email__iexact=email).first()
        if present is not None:
            present.is_operator = True
            present.save(update_fields=["is_operator"])
            return present
        return _new_operator(email, name.strip(), password)


def _new_operator(email: str, name: str, password: str) -> User:
    user = User(email=email, name=name, is_operator=True)
    if not name:
        raise ValidationError({"name": "Say what the operator is called."})
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    return User.objects.create_user(email, password, name=name, is_operator=True)


def new_operator_link(*, now: datetime) -> str:
    """The address at which one operator can be made, once, within a day. Links made before stop working."""
    secret = new_secret()
    with transaction.atomic():
        OperatorLink.objects.filter(used_at=None).delete()
        link = OperatorLink.objects.create(digest=digest_of(secret), created_at=now, expires_at=now + LINK_OPEN_FOR)
    return urljoin(settings.CONFIGURATION.public_url + "/", reverse("operator_link", args=[written(link.pk, secret)]).lstrip("/"))


def open_operator_link(text: str, *, now: datetime) -> OperatorLink:
    """The link that this text opens. Raises InvitationClosed for one that is used, over, or unknown."""
    parts = taken_apart(text)
    link = OperatorLink.objects.filter(pk=parts[0], digest=parts[1], used_at=None, expires_at__gt=now).first() if parts else None
    if link is None:
        raise InvitationClosed
    return link


def use_operator_link(text: str, *, email: str, name: str, password: str, now: datetime) -> User:
    """Make the operator. The link is spent only when that succeeds. Raises InvitationClosed, ValidationError (by field)."""
    with transaction.atomic():
        link = open_operator_link(text, now=now)
        if not OperatorLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
            raise InvitationClosed
        if User.objects.filter(email__iexact=email.strip()).exists():
            raise ValidationError({"email": "There is an account with this address. Use another, or `manage.py create_operator`."})
        return create_operator(email=email, name=name, password=password)
