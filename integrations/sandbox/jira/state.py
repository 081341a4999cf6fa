"""What the twin holds: one site with its people, groups, projects and tickets, and the apps and tokens that may read it."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from integrations.sandbox.clock import Clock

CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}
DEFAULT_STATUSES = {
    "To Do": "new",
    "In Progress": "indeterminate",
    "Waiting for approval": "indeterminate",
    "Approved": "indeterminate",
    "Done": "done",
}
ACCESS_TOKEN_LIFE = timedelta(hours=1)
CODE_LIFE = timedelta(minutes=5)


def account_id(user: str) -> str:
    """The accountId of a user name: `5b` and 22 hexadecimal digits."""
    return "5b" + hashlib.sha256(user.encode()).hexdigest()[:22]


@dataclass
class User:
    """`account_type`: atlassian, app or customer. `email_shown` False hides the address from others, as its owner may choose."""

    id: str
    name: str
    email: str
    account_type: str = "atlassian"
    active: bool = True
    zone: str = "Europe/Berlin"
    email_shown: bool = True
    product: bool = True  # has a seat, so that a grant to "any logged-in user" reaches them


@dataclass
class Group:
    """Members are account ids."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)


@dataclass
class Role:
    """A role of a project; actors are group ids and account ids."""

    id: int
    name: str
    groups: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)


@dataclass
class Project:
    """`style`: classic (company-managed) or next-gen (team-managed: no permission scheme to read, no resolution date)."""

    id: str
    key: str
    name: str
    style: str = "classic"
    private: bool = False
    archived: bool = False
    lead: str = ""
    statuses: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_STATUSES))  # name -> category
    types: tuple[str, ...] = ("Task", "Bug", "Incident", "Change", "Access request", "Off-boarding", "Post-mortem")
    browse: list[tuple[str, str]] = field(default_factory=lambda: [("applicationRole", "")])  # (holder's type, value)
    roles: list[Role] = field(default_factory=list)


@dataclass
class History:
    """One entry of a changelog. Items are (field, fieldId, from, fromString, to, toString)."""

    id: int
    at: datetime
    author: str
    items: list[tuple[str, str, str | None, str | None, str | None, str | None]]


@dataclass
class Issue:
    """One ticket. `custom` holds values of custom fields by id."""

    id: int
    key: str
    project: str  # key
    type: str
    summary: str
    status: str
    created: datetime
    updated: datetime
    reporter: str
    assignee: str = ""
    priority: str = "Medium"
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    due: str | None = None
    resolved: datetime | None = None
    description: str = "Words that nobody outside needs."
    security: str = ""
    links: list[tuple[str, str, str, str]] = field(default_factory=list)  # (type, words, direction, key)
    remote: list[tuple[int, str, str]] = field(default_factory=list)  # (id, url, title)
    history: list[History] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass
class ApiToken:
    """A person's token for Basic authentication, with that person's rights."""

    secret: str
    account: str
    revoked: bool = False
    ends: datetime | None = None


@dataclass
class App:
    """An OAuth 2.0 (3LO) app of the developer console."""

    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: frozenset[str]


@dataclass
class Grant:
    """What somebody allowed an app. `refresh` is the one refresh token that is good; `spent` those that were."""

    client_id: str
    account: str
    scopes: frozenset[str]
    refresh: str = ""
    spent: set[str] = field(default_factory=set)
    revoked: bool = False


@dataclass
class AccessToken:
    """A bearer token of one hour."""

    grant: Grant
    ends: datetime


@dataclass
class Code:
    """A code of the authorization redirect, good once."""

    grant: Grant
    redirect_uri: str
    ends: datetime


class State:
    """One site. Change it under `lock`."""

    def __init__(self, *, clock: Clock, name: str = "fernhill", cloud_id: str = "11223344-a1b2-3b33-c444-def123456789") -> None:
        self.clock = clock
        self.name = name
        self.cloud_id = cloud_id
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}  # by id
        self.projects: dict[str, Project] = {}  # by key
        self.issues: dict[int, Issue] = {}
        self.browse_users: set[str] | None = None  # accounts that may browse users and groups; None: all
        self.administrators: set[str] = set()  # accounts with the global permission "Administer Jira"
        self.api_tokens: dict[str, ApiToken] = {}
        self.apps: dict[str, App] = {}
        self.grants: list[Grant] = []
        self.access_tokens: dict[str, AccessToken] = {}
        self.codes: dict[str, Code] = {}
        self.custom_fields: dict[str, tuple[str, str]] = {}  # id -> (name, type)
        self.fields_of_project: dict[str, set[str]] = {}
        self.limit = 1000  # calls a minute
        self.inline_changelog = 40  # entries of a changelog that the search holds
        self.marks: dict[str, str] = {}  # keys of tickets by what a story calls them
        self._ids: dict[str, int] = {}  # of tickets by key
        self._numbers = 10_000
        self._histories = 500_000

    def number(self) -> int:
        """The next id of anything."""
        self._numbers += 1
        return self._numbers

    # -- people ----------------------------------------------------------------------------------------------------------

    def add_user(self, user: str, name: str, email: str, **more: Any) -> User:
        """Somebody of the site, by the user name of the roster."""
        made = User(account_id(user), name, email, **more)
        self.users[made.id] = made
        return made

    def add_group(self, name: str, members: list[str] | None = None) -> Group:
        """Members are user names."""
        made = Group(
            f"{hashlib.sha256(name.encode()).hexdigest()[:8]}-0000-4000-8000-{hashlib.sha256(name.encode()).hexdigest()[8:20]}", name
        )
        made.members = [account_id(each) for each in members or []]
        self.groups[made.id] = made
        return made

    def group(self, name: str) -> Group:
        """The group of that name. Raises KeyError."""
        found = next((each for each in self.groups.values() if each.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def add_api_token(self, secret: str, user: str, ends: datetime | None = None) -> ApiToken:
        """A token for Basic authentication."""
        made = self.api_tokens[secret] = ApiToken(secret, account_id(user), ends=ends)
        return made

    # -- projects and tickets --------------------------------------------------------------------------------------------

    def add_project(self, key: str, name: str, **more: Any) -> Project:
        """A project, with the roles Administrators and Members."""
        made = Project(str(self.number()), key, name, **more)
        if not made.roles:
            made.roles = [Role(self.number(), "Administrators"), Role(self.number(), "Members")]
        self.projects[key] = made
        return made

    def add_issue(
        self, project: str, type: str, summary: str, reporter: str, *, at: datetime | None = None, number: int | None = None, **more: Any
    ) -> Issue:
        """A ticket in the project's first status; `reporter` and `assignee` are user names. `number`: of its key, else the next."""
        home = self.projects[project]
        if type not in home.types:
            raise ValueError(f"{project} has no tickets of type {type}")
        when = at or self.clock.now()
        number = number or sum(each.project == project for each in self.issues.values()) + 1
        more["assignee"] = account_id(more["assignee"]) if more.get("assignee") else ""
        issue = Issue(
            self.number(),
            f"{project}-{number}",
            project,
            type,
            summary,
            next(iter(home.statuses)),
            when,
            when,
            account_id(reporter),
            **more,
        )
        self.issues[issue.id], self._ids[issue.key] = issue, issue.id
        return issue

    def issue(self, key: str) -> Issue:
        """The ticket of that key or id. Raises KeyError."""
        ident = int(key) if key.isdecimal() and len(key) < 16 else self._ids.get(key, 0)
        return self.issues[ident]

    def edit(
        self, key: str, by: str, *items: tuple[str, str, str | None, str | None, str | None, str | None], at: datetime | None = None
    ) -> History:
        """Write an entry into the changelog of a ticket. `by` is a user name, or "" for somebody who is gone."""
        issue, when = self.issue(key), at or self.clock.now()
        self._histories += 1
        entry = History(self._histories, when, account_id(by) if by else "", list(items))
        issue.history.append(entry)
        issue.history.sort(key=lambda each: each.at)
        issue.updated = max(issue.updated, when)
        return entry

    def move(self, key: str, status: str, by: str, *, at: datetime | None = None) -> None:
        """Put a ticket into another status of its project; company-managed ones get a resolution date when done."""
        issue = self.issue(key)
        home, when = self.projects[issue.project], at or self.clock.now()
        names = list(home.statuses)
        before, done = issue.status, home.statuses[status] == "done"
        items: list[Any] = [("status", "status", self.status_id(home, before), before, self.status_id(home, status), status)]
        assert status in names
        issue.status = status
        if home.style == "classic":
            if done and issue.resolved is None:
                items.append(("resolution", "resolution", None, None, "10000", "Done"))
            issue.resolved = (issue.resolved or when) if done else None
        self.edit(key, by, *items, at=when)

    def assign(self, key: str, to: str, by: str, *, at: datetime | None = None) -> None:
        """Give a ticket to a user; "" to nobody."""
        issue = self.issue(key)
        before, after = issue.assignee, account_id(to) if to else ""
        issue.assignee = after
        names = {"": None} | {each.id: each.name for each in self.users.values()}
        self.edit(key, by, ("assignee", "assignee", before or None, names[before], after or None, names[after]), at=at)

    def link(self, key: str, other: str, by: str, words: str = "is documented by", *, at: datetime | None = None) -> None:
        """Link two tickets."""
        issue = self.issue(key)
        issue.links.append(("Documents", words, "inwardIssue", other))
        self.edit(key, by, ("Link", "", None, None, other, f"This issue {words} {other}"), at=at)

    def link_page(self, key: str, url: str, title: str, by: str, *, at: datetime | None = None) -> None:
        """Link a page elsewhere."""
        issue = self.issue(key)
        number = self.number()
        issue.remote.append((number, url, title))
        self.edit(key, by, ("RemoteIssueLink", "", None, None, str(number), f'This issue links to "{title}"'), at=at)

    def status_id(self, project: Project, status: str) -> str:
        """Company-managed projects share statuses, team-managed ones have their own."""
        shared = "" if project.style == "classic" else project.key
        return str(10_000 + int(hashlib.sha256(f"{shared}/{status}".encode()).hexdigest()[:4], 16))

    # -- what somebody sees ----------------------------------------------------------------------------------------------

    def holders(self, project: Project) -> set[str]:
        """Account ids that may browse the project."""
        found: set[str] = set(self.administrators)
        browse = (
            project.browse
            if project.style == "classic"
            else ([("projectRole", str(each.id)) for each in project.roles] if project.private else [("applicationRole", "")])
        )
        for kind, value in browse:
            if kind in ("anyone", "applicationRole"):
                found |= {each.id for each in self.users.values() if each.product and each.active}
            elif kind == "group":
                found |= set(self.groups[value].members)
            elif kind == "user":
                found.add(value)
            elif kind == "projectLead":
                found.add(project.lead)
            elif kind == "projectRole":
                role = next(each for each in project.roles if str(each.id) == value)
                found |= set(role.users) | {member for group in role.groups for member in self.groups[group].members}
        return found

    def sees(self, account: str, project: Project) -> bool:
        """Whether that account may browse the project."""
        return account in self.holders(project)

    # -- OAuth -----------------------------------------------------------------------------------------------------------

    def add_app(self, client_id: str, client_secret: str, redirect_uri: str, scopes: str) -> App:
        """An app of the developer console with its scopes, separated by spaces."""
        made = self.apps[client_id] = App(client_id, client_secret, redirect_uri, frozenset(scopes.split()))
        return made

    def grant(self, client_id: str, user: str, scopes: str) -> Grant:
        """Somebody allows the app; the grant has its first refresh token."""
        made = Grant(client_id, account_id(user), frozenset(scopes.split()))
        if "offline_access" in made.scopes:
            made.refresh = f"rt_{secrets.token_urlsafe(24)}"
        self.grants.append(made)
        return made

    def code_for(self, grant: Grant, redirect_uri: str) -> str:
        """A code of the redirect."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = Code(grant, redirect_uri, self.clock.now() + CODE_LIFE)
        return code

    def access_token(self, grant: Grant) -> str:
        """A bearer token for one hour."""
        token = f"at_{secrets.token_urlsafe(24)}"
        self.access_tokens[token] = AccessToken(grant, self.clock.now() + ACCESS_TOKEN_LIFE)
        return token

    def rotate(self, grant: Grant) -> str:
        """The grant's next refresh token; the one before is spent."""
        grant.spent.add(grant.refresh)
        grant.refresh = f"rt_{secrets.token_urlsafe(24)}"
        return grant.refresh
