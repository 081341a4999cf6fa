"""Who calls and what they may: tokens, GitHub App JWTs, and the right each operation needs.

The rights and the status of a refusal follow GitHub's reference pages ("Permissions required for GitHub Apps", "Permissions
required for fine-grained personal access tokens"). Where the pages are silent, the assumption is listed in README.md.
"""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

import jwt

from integrations.sandbox.github.answers import Refused, not_found
from integrations.sandbox.github.state import App, Installation, Repository, State, Token

LIFE_OF_INSTALLATION_TOKEN = timedelta(hours=1)
RANKS = ("none", "pull", "triage", "push", "maintain", "admin")
LEVELS = {"read": 1, "write": 2, "admin": 3}
IMPLIED_SCOPES = {
    "admin:org": {"admin:org", "write:org", "read:org"},
    "write:org": {"write:org", "read:org"},
    "repo": {"repo", "repo:status", "public_repo", "security_events"},
    "user": {"user", "read:user", "user:email"},
    "admin:org_hook": {"admin:org_hook"},
}


@dataclass(frozen=True, kw_only=True)
class Need:
    """What an operation demands. `permission` is the App or fine-grained permission (organization or repository level),
    `scopes` any of which a classic token must carry, `owner` that a person must own the organization, `admin` that a person
    must administer the repository; `denied` is the status a person's token gets when refused."""

    permission: str = "metadata"
    level: str = "read"
    scopes: tuple[str, ...] = ()
    owner: bool = False
    admin: bool = False
    member: bool = False
    denied: int = 404
    apps: bool = True

    @property
    def accepted(self) -> str:
        """As GitHub writes it in x-accepted-github-permissions."""
        return f"{self.permission}={self.level}"


@dataclass(kw_only=True)
class Viewer:
    """The caller of one request."""

    state: State
    token: Token | None = None
    app: App | None = None
    scopes: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """classic, fine_grained, installation, app or anonymous."""
        if self.app is not None:
            return "app"
        return self.token.kind if self.token else "anonymous"

    @property
    def login(self) -> str:
        """Whose token it is; empty for apps."""
        return self.token.login if self.token else ""

    @property
    def key(self) -> str:
        """What quota is counted by: the person, the installation, or the address."""
        if self.token is None:
            return self.kind
        return f"installation {self.token.installation}" if self.token.installation else f"user {self.login}"

    @property
    def is_owner(self) -> bool:
        """A person with the role admin in the organization (an app never is)."""
        seat = self.state.members.get(self.login)
        return seat is not None and seat.role == "admin" and seat.status == "active"

    @property
    def is_member(self) -> bool:
        """A person with a seat."""
        return self.login in self.state.members

    def has(self, permission: str, level: str = "read") -> bool:
        """Whether a fine-grained or installation token carries the permission."""
        held = (self.token.permissions if self.token else {}).get(permission, "")
        return LEVELS.get(held, 0) >= LEVELS[level] or (permission == "metadata" and self.kind in ("fine_grained", "installation"))

    def owner_view(self, permission: str = "organization_administration", level: str = "read", scope: str = "admin:org") -> bool:
        """Whether fields kept for owners are shown: an owner with a fitting scope or permission, or an app with the permission."""
        if self.kind == "classic":
            return self.is_owner and scope in self.scopes
        if self.kind == "fine_grained":
            return self.is_owner and self.has(permission, level)
        return self.has(permission, level)

    @property
    def sees_second_factor(self) -> bool:
        """Whether members' second factor is shown: to owners, and to apps with members: read unless the state says otherwise."""
        if self.kind == "installation" and not self.state.apps_see_second_factor:
            return False
        return self.owner_view("members", scope="read:org")

    def sees(self, repository: Repository) -> bool:
        """Whether the repository exists for this caller."""
        if not repository.private:
            return True
        token = self.token
        if token is None or (token.repositories is not None and repository.name not in token.repositories):
            return False
        if token.kind == "installation":
            return True
        if token.kind == "classic" and "repo" not in self.scopes:
            return False
        base = self.state.settings.default_repository_permission
        return self.is_owner or self.role_in(repository) != "none" or (self.is_member and base != "none")

    def role_in(self, repository: Repository) -> str:
        """The caller's highest role in a repository: admin, maintain, push, triage, pull or none."""
        return role_of(self.state, self.login, repository)

    def demand(self, need: Need, repository: Repository | None = None) -> None:
        """Raise Refused unless the caller may."""
        if self.kind in ("fine_grained", "installation"):
            if self.kind == "installation" and not need.apps:
                raise Refused(403, "Resource not accessible by integration", x_accepted_github_permissions=need.accepted)
            open_to_all = need.permission in ("metadata", "pull_requests", "contents") and repository is not None and not repository.private
            if not self.has(need.permission, need.level) and not open_to_all:
                who = "integration" if self.kind == "installation" else "personal access token"
                raise Refused(403, f"Resource not accessible by {who}", x_accepted_github_permissions=need.accepted)
        if (
            self.kind == "classic"
            and need.scopes
            and not self.scopes & set(need.scopes)
            and (repository is None or repository.private or need.admin)
        ):
            raise self._denied(need)
        if self.kind in ("classic", "fine_grained"):
            if (need.owner and not self.is_owner) or (need.member and not self.is_member):
                raise self._denied(need)
            if need.admin and (repository is None or self.role_in(repository) != "admin"):
                raise self._denied(need)

    def _denied(self, need: Need) -> Refused:
        return not_found() if need.denied == 404 else Refused(need.denied, "You do not have permission to perform this action.")


def role_of(state: State, login: str, repository: Repository) -> str:
    """A person's highest role in a repository: admin, maintain, push, triage, pull or none."""
    seat = state.members.get(login)
    if seat is not None and seat.role == "admin" and seat.status == "active":
        return "admin"
    roles = [repository.collaborators.get(login, "none")]
    if seat is not None:
        base = state.settings.default_repository_permission
        roles.append({"read": "pull", "write": "push"}.get(base, base))
        roles += [team.repositories.get(repository.name, "none") for team in state.teams.values() if login in team.members]
    return max(roles, key=RANKS.index)


def viewer_of(state: State, authorization: str) -> Viewer:
    """The caller of an Authorization header. Raises Refused(401) for unknown, expired and revoked credentials."""
    scheme, _, text = authorization.partition(" ")
    text = text.strip()
    if not authorization:
        return Viewer(state=state)
    if scheme.lower() not in ("bearer", "token"):
        raise Refused(401, "Bad credentials")
    if text.count(".") == 2:
        return Viewer(state=state, app=_app_of(state, text))
    token = state.tokens.get(text)
    if token is None or token.revoked or (token.expires_at is not None and state.clock.now() >= token.expires_at):
        raise Refused(401, "Bad credentials")
    if token.installation is not None:
        installation = next((each for each in state.installations if each.id == token.installation), None)
        if installation is None:
            raise Refused(401, "Bad credentials")
        if installation.suspended_at is not None:
            raise Refused(403, "This installation has been suspended")
    scopes: set[str] = set().union(*(IMPLIED_SCOPES.get(each, {each}) for each in token.scopes))
    return Viewer(state=state, token=token, scopes=scopes)


def _app_of(state: State, text: str) -> App:
    """The app whose key signed the JWT; GitHub demands RS256, iat in the past and exp at most ten minutes ahead."""
    now = state.clock.now().timestamp()
    try:
        issuer = str(jwt.decode(text, options={"verify_signature": False})["iss"])
        app = state.apps[int(issuer)]
        claims = jwt.decode(
            text, app.public_key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False, "require": ["iat", "exp", "iss"]}
        )
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise Refused(401, "A JSON web token could not be decoded") from error
    if claims["exp"] <= now:
        raise Refused(
            401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
        )
    if claims["exp"] > now + 600:
        raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
    if claims["iat"] > now + 60:
        raise Refused(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
    return app


def installation_token(
    state: State, installation: Installation, permissions: dict[str, str] | None, repositories: list[str] | None
) -> Token:
    """A new token of one hour. Raises Refused(422) when more is asked than was granted."""
    granted = dict(installation.permissions)
    for name, level in (permissions or {}).items():
        if LEVELS.get(level, 9) > LEVELS.get(granted.get(name, ""), 0):
            raise Refused(422, "The permissions requested are not granted to this installation.")
    unknown = [each for each in repositories or [] if each not in state.repositories]
    if unknown:
        raise Refused(422, "There is at least one repository that does not exist or is not accessible to the parent installation.")
    reach = (
        set(repositories) if repositories else (set(installation.repositories) if installation.repository_selection == "selected" else None)
    )
    return state.add_token(
        "ghs_" + secrets.token_hex(18),
        "installation",
        installation=installation.id,
        permissions=permissions or granted,
        repositories=reach,
        expires_at=(state.clock.now() + LIFE_OF_INSTALLATION_TOKEN).replace(microsecond=0),
    )
