"""How django-allauth behaves here."""

import base64
import io
import logging
from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from qrcode.image.svg import SvgPathFillImage

from compliance.members.models import User
from compliance.members.services.signing import tell_organizations
from compliance.trail.names import ActionName

log = logging.getLogger(__name__)
LOCKED_OUT_TOLD_EVERY = 300  # seconds: as long as the refusal itself lasts


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations and the operator: nobody signs up by oneself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: an account is created by accepting an invitation."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse whoever failed too often, and tell of that once in a while. Raises ValidationError."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._tell_of_failure(ActionName.MEMBER_LOCKED_OUT, request, credentials)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password of somebody we know is told; how often is bounded by the refusal above."""
        self._tell_of_failure(ActionName.MEMBER_SIGN_IN_FAILED, request, credentials)

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and tell."""
        user = request.user
        super().logout(request)
        if user.is_authenticated:
            tell_organizations(ActionName.MEMBER_SIGNED_OUT, user, {"from": self.get_client_ip(request)})

    def _tell_of_failure(self, name: ActionName, request: HttpRequest, credentials: Mapping[str, Any]) -> None:
        email = str(credentials.get("email", "")).strip().lower()
        user = User.objects.filter(email__iexact=email).first() if email and "\x00" not in email else None
        if user is None:
            return
        if name == ActionName.MEMBER_LOCKED_OUT and not cache.add(f"told-locked-out:{user.pk}", True, timeout=LOCKED_OUT_TOLD_EVERY):
            return
        tell_organizations(name, user, {"from": self.get_client_ip(request)})

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell the account's owner of a change. The change has happened: a mail server that is down must not make it look undone."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except (OSError, SMTPException) as error:
            log.warning("a notice about an account could not be sent: %s", error)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keys of authenticator apps and seeds of recovery codes are encrypted at rest, with a key derived from SECRET_KEYS: the first
    encrypts, all decrypt, so that keys can be turned."""

    def build_totp_svg(self, url: str) -> str:
        """The QR code on a white ground, so that a camera reads it in the dark theme too."""
        drawn = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """Encrypt with the present key."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises cryptography.fernet.InvalidToken where none of the keys fits."""
        return _box().decrypt(encrypted_text.encode()).decode()


def second_factor_sealed_anew(encrypted_text: str) -> str:
    """The same secret under the newest key; as it is where that key sealed it. Raises cryptography.fernet.InvalidToken."""
    newest = _fernet(settings.CONFIGURATION.secret_keys[0])
    try:
        newest.decrypt(encrypted_text.encode())
    except InvalidToken:
        return _box().rotate(encrypted_text.encode()).decode()
    return encrypted_text


def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.CONFIGURATION.secret_keys])


def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"plumbline second factor").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
