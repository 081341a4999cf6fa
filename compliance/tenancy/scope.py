"""Whose data this code may touch: a context variable, nothing else.

Opening a scope touches no database and opens no transaction, so a worker may hold it during vendor calls. The database
backend declares it to PostgreSQL in front of the first statement of each transaction; row-level security does the rest.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_organization: ContextVar[uuid.UUID | None] = ContextVar("plumbline_organization", default=None)
_user: ContextVar[uuid.UUID | None] = ContextVar("plumbline_user", default=None)
_action: ContextVar[uuid.UUID | None] = ContextVar("plumbline_action", default=None)


class NoScope(RuntimeError):
    """Tenant data was asked for while no organization is in scope: a programming error, never an empty answer."""


@contextmanager
def scope(organization_id: uuid.UUID | None, user_id: uuid.UUID | None = None) -> Iterator[None]:
    """Work inside one organization (None closes the scope), optionally as a user. May be nested; restores what was."""
    organization_token = _organization.set(_checked(organization_id))
    user_token = _user.set(_checked(user_id) if user_id is not None else _user.get())
    try:
        yield
    finally:
        _user.reset(user_token)
        _organization.reset(organization_token)


@contextmanager
def as_user(user_id: uuid.UUID | None) -> Iterator[None]:
    """Declare who is asking while no organization is known yet (which organizations am I in?)."""
    token = _user.set(_checked(user_id))
    try:
        yield
    finally:
        _user.reset(token)


@contextmanager
def declared_action(action_id: uuid.UUID) -> Iterator[None]:
    """Used by `compliance.trail.action` only: while open, PostgreSQL lets the application role write."""
    token = _action.set(_checked(action_id))
    try:
        yield
    finally:
        _action.reset(token)


def organization_id() -> uuid.UUID:
    """The organization in scope. Raises NoScope."""
    current = _organization.get()
    if current is None:
        raise NoScope("no organization is in scope; open one with compliance.tenancy.scope.scope(...)")
    return current


def organization_id_or_none() -> uuid.UUID | None:
    """The organization in scope, or None."""
    return _organization.get()


def user_id() -> uuid.UUID | None:
    """The user who asks, or None."""
    return _user.get()


def action_id() -> uuid.UUID | None:
    """The open action, or None."""
    return _action.get()


def declaration() -> tuple[str, str, str]:
    """What the database is told: organization, user and action as text, empty where none."""
    return (str(_organization.get() or ""), str(_user.get() or ""), str(_action.get() or ""))


def _checked(value: uuid.UUID | None) -> uuid.UUID | None:
    if value is not None and not isinstance(value, uuid.UUID):
        raise TypeError(f"a scope takes a UUID, not {type(value).__name__}")  # the backend pastes it into SQL
    return value
