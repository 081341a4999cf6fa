"""How the facts of each system are read as accounts: one row per fact kind, no vendor named but where vendors differ.

Pure: payloads of facts in, `Seen` out. What is not shown stays None.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

HR, IDENTITY, CLOUD, CODE, TICKETS, OTHER = "hr", "identity", "cloud", "code", "tickets", "other"
CATEGORIES = (HR, IDENTITY, CLOUD, CODE, TICKETS)
DECLARABLE = (IDENTITY, CLOUD, CODE, TICKETS)  # what a company may have none of; without a personnel system there is nobody to join
CATEGORY_NAMES: Mapping[str, str] = {
    HR: "personnel system", IDENTITY: "identity provider", CLOUD: "cloud", CODE: "code hosting", TICKETS: "ticket tracker", OTHER: "other system",
}  # fmt: skip
_BY_KIND = {"person": HR, "identity": IDENTITY, "tracker_user": TICKETS, "root_user": CLOUD, "outside_collaborator": CODE}
_BY_VENDOR = {
    "aws": CLOUD, "gcp": CLOUD, "azure": CLOUD, "github": CODE, "gitlab": CODE, "bitbucket": CODE, "azure_devops": CODE, "jira": TICKETS,
    "linear": TICKETS, "okta": IDENTITY, "entra": IDENTITY, "google_workspace": IDENTITY,
}  # fmt: skip
# What makes a category read at all; further kinds must be current as well where they exist.
ROSTERS = ("person", "identity", "account", "tracker_user")
ACCOUNT_KINDS = ("identity", "account", "outside_collaborator", "tracker_user", "root_user")
SUPPORTING_KINDS = ("federated_identity", "access_key", "access_token", "principal", "identity_event")
LATE_KINDS = ("change", "ticket")
READ_KINDS = ("person", *ACCOUNT_KINDS, *SUPPORTING_KINDS, *LATE_KINDS)
DISABLING = frozenset({"user.lifecycle.deactivate", "user.lifecycle.suspend", "user.lifecycle.delete.initiated"})
ENABLING = frozenset({"user.lifecycle.activate", "user.lifecycle.reactivate", "user.lifecycle.unsuspend"})
GRANTING = frozenset({"group.user_membership.add", "user.account.privilege.grant"})
TOLD_EVENTS = (*sorted(DISABLING | ENABLING), *sorted(GRANTING))


def category_of(vendor: str, kind: str) -> str:
    """The category of system that a fact kind of a vendor belongs to."""
    return _BY_KIND.get(kind) or _BY_VENDOR.get(vendor, OTHER)


def normal(address: str | None) -> str:
    """An e-mail address or login as it is compared: without blanks around it, in lower case."""
    return (address or "").strip().casefold()


@dataclass(slots=True)
class Seen:
    """One account as its system shows it. `emails` are normal addresses; `external_name` is the account's name at the identity provider,
    by the system's own word (SAML, SCIM); `says`: a classification that the system itself gives (an app, a customer, the root user)."""

    key: str
    system: str
    category: str
    source: str
    kind: str
    subject: str
    subject_id: Any
    login: str = ""
    email: str = ""
    name: str = ""
    employee_number: str = ""
    emails: tuple[str, ...] = ()
    external_name: str = ""
    says: str = ""
    enabled: bool | None = None
    interactive: bool | None = None
    mfa: bool | None = None
    privileged: bool | None = None
    rights: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None
    created: str | None = None
    last_use: str | None = None
    disabled_at: str | None = None
    disabled_by_log: bool = False
    secrets: tuple[tuple[str, str, bool | None, str | None], ...] | None = None


@dataclass(slots=True)
class Beside:
    """Facts of one source that say more about its accounts. None: that kind is not read there."""

    secrets: dict[str, list[tuple[str, str, bool | None, str | None]]] | None = None  # by subject or login of the owner
    external: dict[str, str] = field(default_factory=dict)
    administers: dict[str, list[str] | None] = field(default_factory=dict)
    disabled: dict[str, str] = field(default_factory=dict)


def read_account(kind: str, vendor: str, source: str, subject_id: Any, payload: Mapping[str, Any], beside: Beside) -> Seen:
    """The account of a fact. Raises KeyError for a kind that is none of ACCOUNT_KINDS."""
    subject = payload["subject"]
    seen = Seen(
        key=f"{vendor}/{source}/{kind}/{subject}", system=vendor, category=category_of(vendor, kind), source=source, kind=kind,
        subject=subject, subject_id=subject_id, name=payload.get("name") or "", created=payload.get("created"),
    )  # fmt: skip
    READERS[kind](seen, payload, beside)
    seen.emails = tuple(dict.fromkeys(each for each in (normal(seen.email), normal(seen.login)) if "@" in each))
    if beside.secrets is not None:
        found = beside.secrets.get(subject) or beside.secrets.get(seen.login) or []
        seen.secrets = tuple(sorted(found, key=lambda each: (each[0], each[1])))
    return seen


def _identity(seen: Seen, payload: Mapping[str, Any], beside: Beside) -> None:
    seen.login, seen.email = payload.get("login") or "", payload.get("email") or ""
    seen.employee_number = payload.get("employee_number") or ""
    seen.enabled = seen.interactive = payload.get("enabled")
    factors, roles = payload.get("factors"), payload.get("roles")
    seen.mfa = None if factors is None else any(each.get("status") == "active" for each in factors)
    seen.privileged = None if roles is None else bool(roles)
    seen.rights = tuple(roles or ())
    seen.groups = None if payload.get("groups") is None else tuple(payload["groups"])
    seen.last_use = payload.get("last_sign_in")
    if seen.enabled is False:
        logged = beside.disabled.get(seen.subject)
        seen.disabled_at, seen.disabled_by_log = logged or payload.get("status_changed"), logged is not None


def _account(seen: Seen, payload: Mapping[str, Any], beside: Beside) -> None:
    seen.login, seen.email = payload.get("name") or seen.subject, payload.get("email") or ""
    seen.interactive, seen.mfa, seen.enabled = payload.get("console_access"), payload.get("mfa"), payload.get("enabled")
    seen.privileged, seen.last_use = payload.get("administrator"), payload.get("last_sign_in")
    seen.external_name = beside.external.get(seen.subject, "")
    ways = beside.administers.get(seen.subject)
    if seen.privileged is None and ways is not None:
        seen.privileged, seen.rights = bool(ways), tuple(ways)
    if seen.enabled is None:  # nothing says so: it can be used where there is a password or an active key
        keys = None if beside.secrets is None else [each[2] for each in beside.secrets.get(seen.subject, [])]
        if seen.interactive or (keys and True in keys):
            seen.enabled = True
        elif seen.interactive is False and keys is not None and None not in keys:
            seen.enabled = False


def _outside_collaborator(seen: Seen, payload: Mapping[str, Any], _beside: Beside) -> None:
    seen.login, seen.enabled, seen.interactive = payload.get("login") or seen.subject, True, True


def _tracker_user(seen: Seen, payload: Mapping[str, Any], _beside: Beside) -> None:
    seen.login = seen.email = payload.get("email") or ""
    seen.login = seen.login or payload.get("name") or seen.subject
    seen.enabled = seen.interactive = payload.get("enabled")
    seen.privileged = payload.get("administrator")
    seen.groups = None if payload.get("groups") is None else tuple(payload["groups"])
    seen.says = {"app": "service", "customer": "external"}.get(payload.get("kind") or "", "")


def _root_user(seen: Seen, payload: Mapping[str, Any], _beside: Beside) -> None:
    seen.login, seen.privileged, seen.says, seen.rights = "root", True, "break_glass", ("root",)
    seen.interactive, seen.mfa = payload.get("password"), payload.get("mfa")
    known = (payload.get("password"), payload.get("access_keys"))
    seen.enabled = True if True in known else None if None in known else False


READERS: Mapping[str, Callable[[Seen, Mapping[str, Any], Beside], None]] = {
    "identity": _identity, "account": _account, "outside_collaborator": _outside_collaborator, "tracker_user": _tracker_user,
    "root_user": _root_user,
}  # fmt: skip


def note_beside(kind: str, payload: Mapping[str, Any], beside: Beside) -> None:
    """Take a supporting fact (all SUPPORTING_KINDS but `identity_event`) into what is known beside the accounts of its source."""
    subject = payload["subject"]
    if kind == "federated_identity":
        if payload.get("external_name"):
            beside.external[subject] = payload["external_name"]
    elif kind == "principal":
        beside.administers[subject] = payload.get("administers_through")
    elif kind in ("access_key", "access_token"):
        beside.secrets = beside.secrets if beside.secrets is not None else {}
        active = payload.get("active") if kind == "access_key" else True
        used = payload.get("last_used")
        day = used[:10] if used else used
        beside.secrets.setdefault(payload.get("owner") or "", []).append((kind, payload.get("name") or subject, active, day))


def last_disabled(events: list[tuple[str, str]]) -> str | None:
    """When the account was disabled, from (instant, event) of its lifecycle: the first disabling since it was last enabled, or None."""
    since: str | None = None
    for at, event in sorted(events):
        if event in ENABLING:
            since = None
        elif event in DISABLING and since is None:
            since = at
    return since
