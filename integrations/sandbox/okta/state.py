"""What the twin holds: users, groups, apps, policies, settings, the log. Change it at any time; hold `lock` to change several at once."""

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from integrations.sandbox.clock import Clock

KEPT = timedelta(days=90)  # of the system log
EVERYONE = "Everyone"
CONSOLE = "saasure"  # Okta's own name of its Admin Console


def okta_id(prefix: str, name: str) -> str:
    """An id of 20 characters that follows from the name, so that equal histories have equal ids."""
    return prefix + hashlib.sha256(f"okta {name}".encode()).hexdigest()[: 20 - len(prefix)]


@dataclass(kw_only=True)
class Factor:
    """`kind` and `provider` as Okta names them; `status`: ACTIVE, PENDING_ACTIVATION, …"""

    id: str
    kind: str
    created: datetime
    status: str = "ACTIVE"
    provider: str = "OKTA"
    profile: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class User:
    """`roles`: types of administrator roles held directly, or labels of custom ones; `through`: those held through a group."""

    id: str
    login: str
    first_name: str
    last_name: str
    created: datetime
    status: str = "ACTIVE"
    email: str = ""
    second_email: str | None = None
    employee_number: str | None = None
    user_type: str | None = None
    title: str | None = None
    department: str | None = None
    activated: datetime | None = None
    status_changed: datetime | None = None
    last_login: datetime | None = None
    updated: datetime | None = None
    password_changed: datetime | None = None
    factors: list[Factor] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    through: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(kw_only=True)
class Group:
    """`sort`: OKTA_GROUP, APP_GROUP or BUILT_IN; `members` are user ids."""

    id: str
    name: str
    created: datetime
    sort: str = "OKTA_GROUP"
    description: str = ""
    members: set[str] = field(default_factory=set)
    membership_updated: datetime | None = None


@dataclass(kw_only=True)
class App:
    """`key` is the name of the integration, `label` what people see. `people`: user ids assigned one by one; `groups`: group ids."""

    id: str
    key: str
    label: str
    created: datetime
    sign_on_mode: str = "SAML_2_0"
    status: str = "ACTIVE"
    features: list[str] = field(default_factory=list)
    access_policy: str = ""
    people: set[str] = field(default_factory=set)
    groups: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Policy:
    """`settings` and `rules` are as Okta writes them; `sort` is the type in the query."""

    id: str
    name: str
    sort: str
    created: datetime
    status: str = "ACTIVE"
    system: bool = False
    description: str = ""
    groups: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)


@dataclass(kw_only=True)
class ApiToken:
    """An SSWS token; `window` as Okta writes it."""

    id: str
    name: str
    user_id: str
    created: datetime
    expires: datetime
    updated: datetime
    window: str = "P30D"
    connection: str = "ANYWHERE"
    include: list[str] = field(default_factory=list)
    client: str = "Okta API"
    revoked: bool = False

    def used(self, at: datetime) -> None:
        """A call was made with it: its days begin again."""
        self.updated, self.expires = at, at + timedelta(days=int(self.window[1:-1]))


@dataclass(kw_only=True)
class Device:
    """`users` are user ids."""

    id: str
    name: str
    platform: str
    created: datetime
    users: list[str]
    status: str = "ACTIVE"
    os_version: str = "15.1"
    encryption: str | None = "ALL_INTERNAL_VOLUMES"
    managed: bool = True
    registered: bool = True
    secure_hardware: bool = True


@dataclass(kw_only=True)
class ServiceApp:
    """An app that signs in by private_key_jwt. `keys`: key id -> public key (PEM)."""

    id: str
    keys: dict[str, str]
    scopes: set[str]
    roles: list[str] = field(default_factory=lambda: ["READ_ONLY_ADMIN"])
    dpop: bool = False


@dataclass(kw_only=True)
class AccessToken:
    """A token of a service app."""

    client: str
    scopes: frozenset[str]
    expires: datetime
    revoked: bool = False


class State:
    """One Okta organization."""

    def __init__(self, *, subdomain: str, clock: Clock, company: str = "", created: datetime) -> None:
        self.lock = threading.RLock()
        self.clock, self.subdomain, self.company, self.created = clock, subdomain, company or subdomain.capitalize(), created
        self.id = okta_id("00o", subdomain)
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.apps: dict[str, App] = {}
        self.policies: list[Policy] = []
        self.authenticators: list[dict[str, Any]] = []
        self.zones: list[dict[str, Any]] = []
        self.devices: list[Device] = []
        self.streams: list[dict[str, Any]] = []
        self.threats: dict[str, Any] = {"action": "none", "excludeZones": []}
        self.ssws: dict[str, ApiToken] = {}
        self.clients: dict[str, ServiceApp] = {}
        self.access_tokens: dict[str, AccessToken] = {}
        self.assertions: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.features = {"DEVICES", "LOG_STREAMING", "THREAT_INSIGHT", "ACCESS_POLICIES"}
        self.denied: set[str] = set()  # operations that answer 403 to everybody
        self.limits = {"default": 1200, "/api/v1/users": 600, "/api/v1/users/{id}": 2000, "/api/v1/apps": 500, "/api/v1/logs": 120}
        self.nulls = True  # null where the description says string, as Okta does
        self._event_number = 0
        everyone = Group(
            id=okta_id("00g", EVERYONE), name=EVERYONE, created=created, sort="BUILT_IN", description="All users in your organization"
        )
        self.groups[everyone.id] = everyone

    # -- people ----------------------------------------------------------------------------------------------------------

    def add_user(
        self, user: str, name: str, *, login: str = "", status: str = "ACTIVE", factors: tuple[str, ...] = ("push",), **more: Any
    ) -> User:
        """A person or another account; `user` makes the id. `factors` are kinds of active ones."""
        first, _, last = name.partition(" ")
        created = more.pop("created", self.created)
        made = User(
            id=okta_id("00u", user), login=login or f"{user}@{self.subdomain}.example", first_name=first, last_name=last, created=created,
            status=status, **more,
        )  # fmt: skip
        made.email = made.email or made.login
        made.activated = made.activated or (None if status == "STAGED" else created)
        made.status_changed = made.status_changed or created
        made.updated = made.updated or created
        for kind in factors:
            self.add_factor(made, kind, at=created)
        self.users[made.id] = made
        self._everyone(made)
        return made

    def user(self, name: str) -> User:
        """By login, or by the name that made the id. Raises KeyError."""
        for each in self.users.values():
            if name in (each.login, each.id) or each.id == okta_id("00u", name):
                return each
        raise KeyError(name)

    def add_factor(self, user: User, kind: str, *, status: str = "ACTIVE", at: datetime | None = None) -> Factor:
        """Enroll a factor."""
        provider = {"webauthn": "FIDO", "token:software:totp": "GOOGLE"}.get(kind, "OKTA")
        profile = {"phoneNumber": "+4930000000"} if kind in ("sms", "call") else {"email": user.email} if kind == "email" else {}
        made = Factor(
            id=okta_id("fac", f"{user.id} {kind}"), kind=kind, created=at or self.clock.now(), status=status, provider=provider, profile=profile,
        )  # fmt: skip
        user.factors.append(made)
        return made

    def _everyone(self, user: User) -> None:
        everyone = self.groups[okta_id("00g", EVERYONE)]
        if user.status == "DEPROVISIONED":
            everyone.members.discard(user.id)
        else:
            everyone.members.add(user.id)

    def set_status(self, user: User, status: str) -> None:
        """A change of a user's status, by the clock; a deprovisioned user loses groups, assignments and factors, as at Okta."""
        user.status, user.status_changed, user.updated = status, self.clock.now(), self.clock.now()
        if status == "DEPROVISIONED":
            for group in self.groups.values():
                group.members.discard(user.id)
            for app in self.apps.values():
                app.people.discard(user.id)
            user.factors.clear()
            user.roles.clear()
            user.through.clear()
        self._everyone(user)

    # -- groups, apps, policies ------------------------------------------------------------------------------------------

    def add_group(self, name: str, members: tuple[User, ...] | list[User] = (), **more: Any) -> Group:
        """A group and who is in it."""
        created = more.pop("created", self.created)
        made = Group(id=okta_id("00g", name), name=name, created=created, members={each.id for each in members}, **more)
        made.membership_updated = created
        self.groups[made.id] = made
        return made

    def add_app(self, key: str, label: str, *, groups: tuple[Group, ...] = (), people: tuple[User, ...] = (), **more: Any) -> App:
        """An integration, assigned to groups and to people one by one."""
        made = App(
            id=okta_id("0oa", label), key=key, label=label, created=more.pop("created", self.created), groups=[each.id for each in groups],
            people={each.id for each in people}, **more,
        )  # fmt: skip
        self.apps[made.id] = made
        return made

    def app_users(self, app: App) -> dict[str, str]:
        """User id -> USER (assigned one by one, which wins) or GROUP."""
        found = {each: "GROUP" for number in app.groups if number in self.groups for each in self.groups[number].members}
        return found | dict.fromkeys(app.people, "USER")

    def add_policy(self, sort: str, name: str, **more: Any) -> Policy:
        """A policy of one of the types; the first of a type has priority 1."""
        made = Policy(id=okta_id("00p", f"{sort} {name}"), name=name, sort=sort, created=more.pop("created", self.created), **more)
        self.policies.append(made)
        return made

    def policy(self, name: str) -> Policy:
        """By name. Raises KeyError."""
        for each in self.policies:
            if each.name == name:
                return each
        raise KeyError(name)

    # -- credentials -----------------------------------------------------------------------------------------------------

    def add_ssws(self, text: str, name: str, owner: User, **more: Any) -> ApiToken:
        """An API token of a user; `text` is the credential."""
        now = self.clock.now()
        window = more.pop("window", "P30D")
        life = timedelta(days=int(window[1:-1]))
        made = ApiToken(
            id=okta_id("00T", name), name=name, user_id=owner.id, created=more.pop("created", now), updated=more.pop("updated", now),
            expires=more.pop("expires", now + life), window=window, **more,
        )  # fmt: skip
        self.ssws[text] = made
        return made

    def add_client(self, name: str, public_key: str, scopes: set[str], *, kid: str = "key-1", **more: Any) -> ServiceApp:
        """A service app. Its id is the client id."""
        made = ServiceApp(id=okta_id("0oa", name), keys={kid: public_key}, scopes=set(scopes), **more)
        self.clients[made.id] = made
        return made

    # -- log -------------------------------------------------------------------------------------------------------------

    def log(self, event: str, actor: User | None, *targets: dict[str, Any], at: datetime | None = None, **more: Any) -> dict[str, Any]:
        """Write an event. `actor` None: Okta itself. Targets come from `user_target` and its kin."""
        self._event_number += 1
        number = hashlib.sha256(f"{event} {self._event_number} {at or self.clock.now()}".encode()).hexdigest()
        row = {
            "uuid": f"{number[:8]}-{number[8:12]}-11f0-{number[12:16]}-{number[16:28]}",
            "at": at or self.clock.now(),
            "number": self._event_number,
            "event": event,
            "actor": actor,
            "targets": list(targets),
            "outcome": more.pop("outcome", "SUCCESS"),
            "debug": more.pop("debug", {}),
        }
        self.events.append(row)
        return row


def user_target(user: User) -> dict[str, Any]:
    """A user as a target of an event."""
    return {"id": user.id, "type": "User", "alternateId": user.login, "displayName": user.name, "detailEntry": None}


def group_target(group: Group) -> dict[str, Any]:
    """A group as a target of an event."""
    return {"id": group.id, "type": "UserGroup", "alternateId": "unknown", "displayName": group.name, "detailEntry": None}
