"""Signals of django-allauth that somebody's sign-in changed: each is told to the organizations of that person."""

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa

from compliance.members.services.signing import tell_organizations
from compliance.trail.names import ActionName

FACTORS = {"totp": "authenticator app", "recovery_codes": "recovery codes", "webauthn": "passkey"}


def listen() -> None:
    """Connect; called once when the apps are ready."""
    account.user_logged_in.connect(signed_in, dispatch_uid="members.signed_in")
    for signal, words in ((account.password_changed, "changed"), (account.password_reset, "reset by a link sent by e-mail"),
                          (account.password_set, "set")):  # fmt: skip
        signal.connect(_password(words), weak=False, dispatch_uid=f"members.password {words}")
    for signal, words in ((mfa.authenticator_added, "added"), (mfa.authenticator_removed, "removed"), (mfa.authenticator_reset, "renewed")):
        signal.connect(_factor(words), weak=False, dispatch_uid=f"members.factor {words}")


def signed_in(request: Any, user: Any, **_rest: Any) -> None:
    """All steps of signing in are done, a second factor among them where there is one."""
    methods = [each.get("method", "") for each in request.session.get("account_authentication_methods", ())]
    detail = {"from": get_adapter().get_client_ip(request), "by": ", ".join(dict.fromkeys(filter(None, methods)))}
    tell_organizations(ActionName.MEMBER_SIGNED_IN, user, detail)


def _password(words: str) -> Any:
    def receiver(user: Any, **_rest: Any) -> None:
        tell_organizations(ActionName.MEMBER_PASSWORD_CHANGED, user, {"password": words})

    return receiver


def _factor(words: str) -> Any:
    def receiver(user: Any, authenticator: Any, **_rest: Any) -> None:
        factor = FACTORS.get(authenticator.type, authenticator.type)
        tell_organizations(ActionName.MEMBER_SECOND_FACTOR_CHANGED, user, {factor: words})

    return receiver
