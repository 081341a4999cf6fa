"""What one GitHub holds: an organization with its people, repositories, changes, alerts and credentials.

Plain mutable dataclasses: a test or a scenario builds them, changes them, and the next request shows the change.
Instants are aware datetimes; the wire form is made when answering.
"""

import hashlib
import itertools
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from integrations.sandbox.clock import Clock


@dataclass(kw_only=True)
class Person:
    """An account on GitHub. `second_factor`: secure (app, key), insecure (SMS) or disabled."""

    login: str
    id: int
    name: str = ""
    email: str = ""
    second_factor: str = "secure"
    kind: str = "User"
    created_at: datetime


@dataclass(kw_only=True)
class Member:
    """A seat in the organization. `role`: admin (owner) or member; `status`: active or pending."""

    login: str
    role: str = "member"
    status: str = "active"


@dataclass(kw_only=True)
class Team:
    """A team; `members` maps login to member or maintainer, `repositories` repository name to permission."""

    id: int
    slug: str
    name: str
    description: str = ""
    privacy: str = "closed"
    members: dict[str, str] = field(default_factory=dict)
    repositories: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class BranchProtection:
    """Classic protection of one branch. `reviews` None means no review is required; `contexts` None no status checks."""

    reviews: int | None = 1
    dismiss_stale: bool = True
    code_owners: bool = False
    last_push_approval: bool = False
    enforce_admins: bool = True
    allow_force_pushes: bool = False
    allow_deletions: bool = False
    contexts: list[str] | None = None
    strict: bool = False
    linear_history: bool = False
    conversation_resolution: bool = False
    signatures: bool = False
    bypass_logins: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Ruleset:
    """A ruleset of the organization or of a repository. `rules` are GitHub's own objects ({type, parameters}).

    `branches` are ref patterns (`~DEFAULT_BRANCH`, `~ALL`, `refs/heads/main`); `repositories` name patterns (`~ALL`), used by
    rulesets of the organization; `bypass_actors` GitHub's own objects ({actor_id, actor_type, bypass_mode})."""

    id: int
    name: str
    rules: list[dict[str, Any]]
    enforcement: str = "active"
    target: str = "branch"
    branches: list[str] = field(default_factory=lambda: ["~DEFAULT_BRANCH"])
    branches_excluded: list[str] = field(default_factory=list)
    repositories: list[str] = field(default_factory=lambda: ["~ALL"])
    repositories_excluded: list[str] = field(default_factory=list)
    bypass_actors: list[dict[str, Any]] = field(default_factory=list)
    created_at: datetime
    updated_at: datetime


@dataclass(kw_only=True)
class Commit:
    """A commit. `author` and `committer` are logins, None when the e-mail belongs to no account."""

    sha: str
    message: str
    author: str | None
    at: datetime
    author_name: str = ""
    author_email: str = ""
    committer: str | None = None
    parents: list[str] = field(default_factory=list)
    co_authors: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Review:
    """A review: APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING, on the commit `commit`."""

    id: int
    author: str | None
    state: str
    submitted_at: datetime
    commit: str
    body: str = ""


@dataclass(kw_only=True)
class CheckRun:
    """A check run on a commit."""

    id: int
    name: str
    sha: str
    status: str = "completed"
    conclusion: str | None = "success"
    started_at: datetime
    completed_at: datetime | None = None


@dataclass(kw_only=True)
class PullRequest:
    """A pull request; merged when `merged_at` is set. `commits` are those of its branch, oldest first."""

    id: int
    number: int
    title: str
    author: str
    created_at: datetime
    body: str = ""
    branch: str = "change"
    base: str = "main"
    commits: list[Commit] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    merged_at: datetime | None = None
    merged_by: str | None = None
    merge_sha: str | None = None
    closed_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def head(self) -> str:
        """The sha of the branch's last commit."""
        return self.commits[-1].sha if self.commits else sha_of(f"head of {self.id}")

    @property
    def changed_at(self) -> datetime:
        """When it was last touched."""
        instants = [self.created_at, self.merged_at, self.closed_at, self.updated_at, *(each.submitted_at for each in self.reviews)]
        return max(each for each in instants if each is not None)


@dataclass(kw_only=True)
class DeployKey:
    """An SSH key of a repository."""

    id: int
    title: str
    created_at: datetime
    read_only: bool = True
    last_used: datetime | None = None
    added_by: str | None = None


@dataclass(kw_only=True)
class DependabotAlert:
    """A vulnerable dependency: open, fixed, dismissed or auto_dismissed."""

    number: int
    package: str
    severity: str
    created_at: datetime
    ecosystem: str = "pip"
    manifest: str = "requirements.txt"
    summary: str = "A vulnerable dependency"
    state: str = "open"
    fixed_at: datetime | None = None
    dismissed_at: datetime | None = None
    dismissed_by: str | None = None
    dismissed_reason: str | None = None
    dismissed_comment: str | None = None
    auto_dismissed_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(kw_only=True)
class CodeScanningAlert:
    """A finding of static analysis: open, fixed or dismissed."""

    number: int
    rule: str
    created_at: datetime
    severity: str | None = "high"
    description: str = "A finding"
    tool: str = "CodeQL"
    state: str = "open"
    fixed_at: datetime | None = None
    dismissed_at: datetime | None = None
    dismissed_by: str | None = None
    dismissed_reason: str | None = None
    updated_at: datetime | None = None


@dataclass(kw_only=True)
class SecretAlert:
    """A secret found in the code: open or resolved."""

    number: int
    secret_type: str
    created_at: datetime
    state: str = "open"
    resolution: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    push_protection_bypassed: bool = False
    validity: str = "unknown"
    publicly_leaked: bool = False
    updated_at: datetime | None = None


@dataclass(kw_only=True)
class Environment:
    """A deployment environment; `reviewers` are logins that must approve."""

    id: int
    name: str
    created_at: datetime
    reviewers: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Repository:
    """A repository. `commits` are those of the default branch, oldest first. `security` maps a feature of
    security_and_analysis to enabled or disabled. `collaborators` maps login to role (pull, triage, push, maintain, admin)."""

    id: int
    name: str
    created_at: datetime
    visibility: str = "private"
    default_branch: str = "main"
    archived: bool = False
    disabled: bool = False
    fork: bool = False
    description: str | None = None
    language: str | None = "Python"
    topics: list[str] = field(default_factory=list)
    security: dict[str, str] = field(default_factory=dict)
    vulnerability_alerts: bool = True
    code_scanning: bool = True
    protections: dict[str, BranchProtection] = field(default_factory=dict)
    rulesets: list[Ruleset] = field(default_factory=list)
    pulls: list[PullRequest] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    check_runs: dict[str, list[CheckRun]] = field(default_factory=dict)
    deploy_keys: list[DeployKey] = field(default_factory=list)
    dependabot: list[DependabotAlert] = field(default_factory=list)
    code_alerts: list[CodeScanningAlert] = field(default_factory=list)
    secret_alerts: list[SecretAlert] = field(default_factory=list)
    environments: list[Environment] = field(default_factory=list)
    collaborators: dict[str, str] = field(default_factory=dict)

    @property
    def private(self) -> bool:
        """Not public: private or internal."""
        return self.visibility != "public"


@dataclass(kw_only=True)
class Installation:
    """A GitHub App installed in the organization."""

    id: int
    app_id: int
    app_slug: str
    permissions: dict[str, str]
    created_at: datetime
    repository_selection: str = "all"
    repositories: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    suspended_at: datetime | None = None


@dataclass(kw_only=True)
class App:
    """A GitHub App that may sign in: its `public_key` (PEM) proves its JWTs."""

    id: int
    slug: str
    name: str
    public_key: str
    created_at: datetime


@dataclass(kw_only=True)
class Token:
    """A bearer token. `kind`: classic (ghp_, `scopes`), fine_grained (github_pat_, `permissions`) or installation (ghs_).

    `login` is whose it is (empty for installations). `repositories` None means all."""

    text: str
    kind: str
    login: str = ""
    scopes: set[str] = field(default_factory=set)
    permissions: dict[str, str] = field(default_factory=dict)
    repositories: set[str] | None = None
    installation: int | None = None
    expires_at: datetime | None = None
    revoked: bool = False


@dataclass(kw_only=True)
class PersonalAccessToken:
    """A fine-grained token that a member was granted on the organization's resources, as owners see it."""

    id: int
    token_id: int
    name: str
    owner: str
    granted_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    repository_selection: str = "all"
    permissions: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(kw_only=True)
class AuditEvent:
    """An event of the organization's audit log (Enterprise Cloud only)."""

    id: str
    action: str
    actor: str
    at: datetime
    repository: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Hook:
    """A webhook of the organization."""

    id: int
    url: str
    events: list[str]
    created_at: datetime
    active: bool = True
    insecure_ssl: str = "0"
    has_secret: bool = True


@dataclass(kw_only=True)
class Settings:
    """The organization's own settings, named as GitHub names them."""

    two_factor_requirement_enabled: bool | None = True
    default_repository_permission: str = "read"
    members_can_create_repositories: bool = True
    members_can_create_public_repositories: bool = False
    members_can_create_private_repositories: bool = True
    members_can_create_internal_repositories: bool = False
    members_can_delete_repositories: bool = False
    members_can_change_repo_visibility: bool = False
    members_can_invite_outside_collaborators: bool = False
    members_can_fork_private_repositories: bool = False
    members_can_create_teams: bool = False
    web_commit_signoff_required: bool = False
    advanced_security_enabled_for_new_repositories: bool = True
    dependabot_alerts_enabled_for_new_repositories: bool = True
    dependabot_security_updates_enabled_for_new_repositories: bool = True
    dependency_graph_enabled_for_new_repositories: bool = True
    secret_scanning_enabled_for_new_repositories: bool = True
    secret_scanning_push_protection_enabled_for_new_repositories: bool = True
    plan: str = "team"
    # Actions
    enabled_repositories: str = "all"
    allowed_actions: str = "selected"
    github_owned_allowed: bool = True
    verified_allowed: bool = True
    patterns_allowed: list[str] = field(default_factory=list)
    sha_pinning_required: bool | None = False
    default_workflow_permissions: str = "read"
    can_approve_pull_request_reviews: bool = False


@dataclass(kw_only=True)
class State:
    """One GitHub with one organization. Take `lock` when changing several things that one request must see together."""

    login: str
    clock: Clock
    id: int = 9000
    name: str = ""
    description: str | None = None
    email: str | None = None
    created_at: datetime
    updated_at: datetime | None = None
    html_url: str = "https://github.example"
    settings: Settings = field(default_factory=Settings)
    people: dict[str, Person] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    collaborators: dict[str, None] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    rulesets: list[Ruleset] = field(default_factory=list)
    installations: list[Installation] = field(default_factory=list)
    apps: dict[int, App] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    personal_access_tokens: list[PersonalAccessToken] = field(default_factory=list)
    audit_log: list[AuditEvent] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    saml: dict[str, str] | None = None  # login -> NameID; None: single sign-on is not configured
    saml_issuer: str = "https://sso.example/saml"
    limits: dict[str, int] = field(default_factory=lambda: {"core": 5000, "graphql": 5000, "search": 30, "audit_log": 1750})
    apps_see_second_factor: bool = True  # GitHub does not say whether an app with members: read is shown it
    former_names: dict[str, int] = field(default_factory=dict)  # of renamed repositories, with their id
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)
    numbers: Any = field(default_factory=lambda: itertools.count(100_000), repr=False, compare=False)

    def number(self) -> int:
        """A fresh id."""
        return next(self.numbers)

    # Seeding: each returns what it made, so that a test can keep it.

    def add_person(self, login: str, *, name: str = "", email: str = "", second_factor: str = "secure", kind: str = "User") -> Person:
        """An account without a seat."""
        number = int.from_bytes(hashlib.sha256(login.encode()).digest()[:4]) // 2 + 1000
        person = Person(
            login=login, id=number, name=name or login, email=email, second_factor=second_factor, kind=kind, created_at=self.created_at
        )
        self.people[login] = person
        return person

    def add_member(self, login: str, *, role: str = "member", name: str = "", email: str = "", second_factor: str = "secure") -> Member:
        """A person with a seat; creates the account if needed."""
        if login not in self.people:
            self.add_person(login, name=name, email=email, second_factor=second_factor)
        self.members[login] = Member(login=login, role=role)
        self.collaborators.pop(login, None)
        return self.members[login]

    def remove_member(self, login: str) -> None:
        """The person loses seat and teams; the account stays. Raises KeyError when there is no such member."""
        del self.members[login]
        for team in self.teams.values():
            team.members.pop(login, None)
        if self.saml is not None:
            self.saml.pop(login, None)

    def add_team(self, slug: str, members: list[str], *, maintainers: tuple[str, ...] = (), name: str = "") -> Team:
        """A team of members."""
        roles = {login: "maintainer" if login in maintainers else "member" for login in members}
        self.teams[slug] = Team(id=self.number(), slug=slug, name=name or slug.replace("-", " ").title(), members=roles)
        return self.teams[slug]

    def add_outside_collaborator(self, login: str, repository: str, role: str = "push", **person: str) -> None:
        """Someone without a seat who may reach one repository."""
        if login not in self.people:
            self.add_person(login, **person)
        self.collaborators[login] = None
        self.repositories[repository].collaborators[login] = role

    def add_repository(self, name: str, **fields: Any) -> Repository:
        """A repository with one commit on its default branch. `fields` as in Repository."""
        fields.setdefault("created_at", self.created_at)
        fields.setdefault("security", default_security())
        repository = Repository(id=self.number(), name=name, **fields)
        first = Commit(sha=sha_of(f"{name} first"), message="First commit", author=None, author_name="Setup", at=repository.created_at)
        repository.commits.append(first)
        self.repositories[name] = repository
        return repository

    def add_ruleset(self, name: str, rules: list[dict[str, Any]], repository: str | None = None, **fields: Any) -> Ruleset:
        """A ruleset of the organization, or of `repository`."""
        now = self.clock.now()
        ruleset = Ruleset(id=self.number(), name=name, rules=rules, created_at=now, updated_at=now, **fields)
        (self.rulesets if repository is None else self.repositories[repository].rulesets).append(ruleset)
        return ruleset

    def open_pull(
        self,
        repository: str,
        author: str,
        title: str,
        *,
        at: datetime | None = None,
        number: int | None = None,
        commits: int = 1,
        commit_authors: tuple[str, ...] = (),
        **fields: Any,
    ) -> PullRequest:
        """An open pull request with `commits` commits, by `commit_authors` in turn (the author if empty)."""
        at = at or self.clock.now()
        home = self.repositories[repository]
        number = number if number is not None else max((each.number for each in home.pulls), default=0) + 1
        pull = PullRequest(
            id=home.id * 10_000 + number, number=number, title=title, author=author, created_at=at, base=home.default_branch, **fields
        )
        for index in range(commits):
            self.push_to(repository, pull, (commit_authors or (author,))[index % len(commit_authors or (author,))], at=at)
        home.pulls.append(pull)
        return pull

    def push_to(self, repository: str, pull: PullRequest, author: str, *, at: datetime | None = None, message: str = "") -> Commit:
        """One more commit on the branch of a pull request, with green checks (`checks` of the repository's rules)."""
        at = at or self.clock.now()
        parent = pull.commits[-1].sha if pull.commits else sha_of(f"base of {pull.id}")
        commit = self._commit(
            f"{pull.id} commit {len(pull.commits)}", message or f"{pull.title} ({len(pull.commits) + 1})", author, at, [parent]
        )
        pull.commits.append(commit)
        pull.updated_at = at
        return commit

    def review(self, pull: PullRequest, author: str, state: str = "APPROVED", *, at: datetime | None = None, body: str = "") -> Review:
        """A review on the current head."""
        review = Review(
            id=pull.id * 100 + len(pull.reviews),
            author=author,
            state=state,
            submitted_at=at or self.clock.now(),
            commit=pull.head,
            body=body,
        )
        pull.reviews.append(review)
        return review

    def check(
        self, repository: str, sha: str, name: str = "ci", conclusion: str | None = "success", *, at: datetime | None = None
    ) -> CheckRun:
        """A check run on a commit; `conclusion` None leaves it in progress."""
        at = at or self.clock.now()
        runs = self.repositories[repository].check_runs.setdefault(sha, [])
        number = int(hashlib.sha256(f"{repository} {sha} {name} {len(runs)}".encode()).hexdigest()[:10], 16)
        run = CheckRun(
            id=number,
            name=name,
            sha=sha,
            conclusion=conclusion,
            started_at=at - timedelta(minutes=4),
            status="completed" if conclusion else "in_progress",
            completed_at=at if conclusion else None,
        )
        runs.append(run)
        return run

    def merge(self, repository: str, pull: PullRequest, by: str, *, at: datetime | None = None, squash: bool = True) -> Commit:
        """Merge: one squashed commit, or the branch's commits and a merge commit, on the default branch."""
        at = at or self.clock.now()
        home = self.repositories[repository]
        tip = home.commits[-1].sha
        if squash:
            merged = self._commit(f"{pull.id} squash", f"{pull.title} (#{pull.number})", pull.author, at, [tip], committer="web-flow")
            merged.co_authors = sorted({each.author for each in pull.commits if each.author and each.author != pull.author})
        else:
            home.commits.extend(pull.commits)
            message = f"Merge pull request #{pull.number} from {self.login}/{pull.branch}"
            merged = self._commit(f"{pull.id} merge", message, by, at, [tip, pull.head], committer="web-flow")
        home.commits.append(merged)
        pull.merged_at = pull.closed_at = pull.updated_at = at
        pull.merged_by, pull.merge_sha = by, merged.sha
        return merged

    def push_directly(self, repository: str, author: str | None, message: str, *, at: datetime | None = None) -> Commit:
        """A commit on the default branch that belongs to no pull request."""
        at = at or self.clock.now()
        home = self.repositories[repository]
        commit = self._commit(
            f"{repository} direct {message} {at.isoformat()}", message, author, at, [home.commits[-1].sha], committer=author
        )
        home.commits.append(commit)
        return commit

    def add_token(self, text: str, kind: str = "classic", login: str = "", **fields: Any) -> Token:
        """A credential; `fields` as in Token."""
        self.tokens[text] = Token(text=text, kind=kind, login=login, **fields)
        return self.tokens[text]

    def install_app(
        self, public_key: str, permissions: dict[str, str], *, slug: str = "plumbline", app_id: int = 4711, **fields: Any
    ) -> Installation:
        """Register a GitHub App with its public key (PEM) and install it."""
        now = self.clock.now()
        self.apps[app_id] = App(id=app_id, slug=slug, name=slug.title(), public_key=public_key, created_at=now)
        installation = Installation(id=self.number(), app_id=app_id, app_slug=slug, permissions=permissions, created_at=now, **fields)
        self.installations.append(installation)
        return installation

    def _commit(
        self, seed: str, message: str, author: str | None, at: datetime, parents: list[str], committer: str | None = None
    ) -> Commit:
        person = self.people.get(author or "")
        return Commit(
            sha=sha_of(seed),
            message=message,
            author=author,
            at=at,
            parents=parents,
            committer=committer or author,
            author_name=person.name if person else "Unknown",
            author_email=person.email if person else "unknown@example.org",
        )


def sha_of(text: str) -> str:
    """A stable 40-digit sha for a text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def default_security() -> dict[str, str]:
    """security_and_analysis of a well-kept repository."""
    return dict.fromkeys(("dependabot_security_updates", "secret_scanning", "secret_scanning_push_protection"), "enabled") | {
        "advanced_security": "disabled",
        "secret_scanning_non_provider_patterns": "disabled",
    }
