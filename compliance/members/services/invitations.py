"""Inviting people by e-mail, and what they do with it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

from compliance.members.models import Invitation, Membership, User
from compliance.members.refusals import AlreadyInvited, AlreadyMember, InvitationClosed
from compliance.members.roles import Role
from compliance.members.secrets import digest_of, new_secret, written
from compliance.members.services.mail import send_mail
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import organization_id, scope
from compliance.trail.action import action
from compliance.trail.actor import Actor, ActorKind
from compliance.trail.names import ActionName

OPEN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with the link that is mailed; the link is not kept anywhere."""

    invitation: Invitation
    link: str


def invite(*, actor: Actor, email: str, role: Role, now: datetime) -> Sent:
    """Invite somebody into the organization in scope and mail the link.

    Raises ValidationError (no e-mail address), AlreadyMember, AlreadyInvited, and NotMailed when the invitation stands but the mail
    server did not take the mail.
    """
    email = email.strip().lower()
    validate_email(email)
    if Membership.objects.filter(user__email__iexact=email).exists():
        raise AlreadyMember(f"{email} is a member already.")
    if Invitation.objects.filter(email__iexact=email, accepted_at=None, revoked_at=None).exists():
        raise AlreadyInvited(f"{email} is invited already; send that invitation again, or revoke it first.")
    secret = new_secret()
    with action(ActionName.MEMBER_INVITED, actor=actor, subject_name=email, detail={"role": role.value}):
        invitation = Invitation.objects.create(
            email=email, role=role, digest=digest_of(secret), invited_by=actor.name[:200], created_at=now, sent_at=now,
            expires_at=now + OPEN_FOR,
        )  # fmt: skip
    return _mail(invitation, secret)


def resend(*, actor: Actor, invitation: Invitation, now: datetime) -> Sent:
    """Mail a new link, open for another week; the one mailed before no longer works. Raises InvitationClosed, NotMailed."""
    secret = new_secret()
    with action(ActionName.MEMBER_INVITED, actor=actor, subject=invitation, detail={"role": invitation.role, "again": True}):
        held = _held(invitation.pk)
        held.digest, held.sent_at, held.expires_at = digest_of(secret), now, now + OPEN_FOR
        held.save(update_fields=["digest", "sent_at", "expires_at"])
    return _mail(held, secret)


def revoke(*, actor: Actor, invitation: Invitation, now: datetime) -> None:
    """Close the door before anybody came. Raises InvitationClosed."""
    with action(ActionName.MEMBER_INVITATION_REVOKED, actor=actor, subject=invitation):
        held = _held(invitation.pk)
        held.revoked_at = now
        held.save(update_fields=["revoked_at"])


def accept_as_new(*, organization: uuid.UUID, invitation: uuid.UUID, name: str, password: str, now: datetime) -> User:
    """Make an account for the invited address and join. Holding the link proves the address.

    Raises ValidationError (name or password, by field), InvitationClosed, AlreadyMember when the address has an account: then that
    account signs in and accepts.
    """
    with scope(organization):
        present = _still_open(Invitation.objects.filter(pk=invitation).first(), now)
        if User.objects.filter(email__iexact=present.email).exists():
            raise AlreadyMember("There is an account with this address. Sign in to accept the invitation.")
        if not name.strip():
            raise ValidationError({"name": "Say what you are called."})
        candidate = User(email=present.email, name=name.strip())
        try:
            validate_password(password, candidate)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
        doer = Actor(ActorKind.USER, candidate.name, candidate.pk)
        with action(ActionName.MEMBER_JOINED, actor=doer, subject=candidate, subject_name=present.email, detail={"role": present.role}):
            held = _still_open(_held(invitation), now)
            user = User.objects.create_user(candidate.email, password, id=candidate.pk, name=candidate.name)
            _join(held, user, now)
    return user


def accept_as(*, organization: uuid.UUID, invitation: uuid.UUID, user: User, now: datetime) -> None:
    """Join with the account that is signed in. Raises InvitationClosed (also for another person's address), AlreadyMember."""
    with scope(organization, user.pk):
        doer = Actor(ActorKind.USER, user.name or user.email, user.pk)
        with action(ActionName.MEMBER_JOINED, actor=doer, subject=user, subject_name=user.email):
            held = _still_open(_held(invitation), now)
            if held.email.lower() != user.email.lower():
                raise InvitationClosed
            if Membership.objects.filter(user=user).exists():
                raise AlreadyMember("You are a member already.")
            _join(held, user, now)


def _join(invitation: Invitation, user: User, now: datetime) -> None:
    Membership.objects.create(user=user, role=invitation.role)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])


def _held(invitation_id: uuid.UUID) -> Invitation:
    """Inner step of an action: the invitation, locked, if nobody has accepted or revoked it. Raises InvitationClosed."""
    held = Invitation.objects.select_for_update().filter(pk=invitation_id, accepted_at=None, revoked_at=None).first()
    if held is None:
        raise InvitationClosed
    return held


def _still_open(invitation: Invitation | None, now: datetime) -> Invitation:
    if invitation is None or not invitation.is_open(now):
        raise InvitationClosed
    return invitation


def _mail(invitation: Invitation, secret: str) -> Sent:
    organization = Organization.objects.get(pk=organization_id())
    path = reverse("invitation", args=[written(invitation.pk, secret)])
    link = urljoin(settings.CONFIGURATION.public_url + "/", path.lstrip("/"))
    send_mail(
        "invitation",
        to=invitation.email,
        context={"organization": organization, "invitation": invitation, "link": link, "days": OPEN_FOR.days},
        undone="The invitation stands, but the mail server did not take the mail. Send it again once mail works.",
    )
    return Sent(invitation, link)
