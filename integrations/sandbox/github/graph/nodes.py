"""Nodes of the graph: thin views of the state whose method names are GraphQL's field names.

A field without right answers null with an error of type FORBIDDEN, as at GitHub."""

from typing import Any

from graphql import GraphQLResolveInfo

from integrations.sandbox.github.access import Viewer, role_of
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.graph.connections import Connection, GraphFault
from integrations.sandbox.github.quotas import Window
from integrations.sandbox.github.rendering.addresses import node_id
from integrations.sandbox.github.rendering.changes import pull_state
from integrations.sandbox.github.rendering.protection import rules_of_branch
from integrations.sandbox.github.search import find_pulls
from integrations.sandbox.github.state import (
    BranchProtection,
    CheckRun,
    Commit,
    Person,
    PullRequest,
    Repository,
    Review,
    State,
    Team,
    sha_of,
)

Info = GraphQLResolveInfo


class Scope:
    """One GraphQL request."""

    def __init__(self, state: State, viewer: Viewer, window: Window, cost: int, nodes: int) -> None:
        self.state, self.viewer, self.window, self.cost, self.nodes = state, viewer, window, cost, nodes
        self.html = state.html_url.rstrip("/")

    def demand(self, permission: str, scopes: set[str]) -> None:
        """Raise FORBIDDEN unless the token carries the permission, or a classic one of the scopes."""
        viewer = self.viewer
        if viewer.kind == "classic" and scopes and not viewer.scopes & scopes:
            raise GraphFault(
                "INSUFFICIENT_SCOPES",
                f"Your token has not been granted the required scopes to execute this query. It requires one of: {sorted(scopes)}.",
            )
        if viewer.kind in ("fine_grained", "installation") and not viewer.has(permission):
            who = "integration" if viewer.kind == "installation" else "personal access token"
            raise GraphFault("FORBIDDEN", f"Resource not accessible by {who}")

    def actor(self, login: str | None) -> "ActorNode | None":
        """The account of a login, None when it is gone."""
        if login == "web-flow":
            return ActorNode(self, Person(login="web-flow", id=19864447, created_at=self.state.created_at))
        return ActorNode(self, self.state.people[login]) if login in self.state.people else None


def _connect(name: str, rows: Any, arguments: dict[str, Any], key: Any, edge: Any = None) -> Connection:
    held = {bound: arguments.get(bound) for bound in ("first", "last", "after", "before")}
    return Connection(rows, **held, key=key, edge=edge, name=name)


class ActorNode:
    """A User or a Bot."""

    def __init__(self, scope: Scope, person: Person) -> None:
        self._scope, self.person = scope, person
        self.TYPE = "Bot" if person.kind == "Bot" else "User"
        self.login, self.databaseId, self.name = person.login, person.id, person.name
        self.id, self.createdAt = node_id("User", person.id), stamp(person.created_at)
        self.resourcePath, self.url = f"/{person.login}", f"{scope.html}/{person.login}"

    def email(self, info: Info) -> str:
        """The address the person shows in public; a classic token needs a scope for it."""
        viewer = self._scope.viewer
        if viewer.kind == "classic" and not viewer.scopes & {"read:user", "user:email"}:
            raise GraphFault(
                "INSUFFICIENT_SCOPES",
                "Your token has not been granted the required scopes: the 'email' field requires one of ['user:email', 'read:user'].",
            )
        return self.person.email

    def avatarUrl(self, info: Info, size: int | None = None) -> str:
        """The picture."""
        return f"{self._scope.html}/avatars/u/{self.databaseId}?v=4"


class OrganizationNode:
    """The organization."""

    TYPE = "Organization"

    def __init__(self, scope: Scope) -> None:
        self._scope, state = scope, scope.state
        self.id, self.databaseId, self.login, self.name = (
            node_id("Organization", state.id),
            state.id,
            state.login,
            state.name or state.login,
        )
        self.description, self.email = state.description, state.email
        self.url, self.resourcePath = f"{scope.html}/{state.login}", f"/{state.login}"
        self.createdAt, self.updatedAt = stamp(state.created_at), stamp(state.updated_at or state.created_at)
        self.viewerCanAdminister = scope.viewer.is_owner
        self.requiresTwoFactorAuthentication = state.settings.two_factor_requirement_enabled if scope.viewer.owner_view() else None

    def avatarUrl(self, info: Info, size: int | None = None) -> str:
        """The picture."""
        return f"{self._scope.html}/avatars/u/{self.databaseId}?v=4"

    def membersWithRole(self, info: Info, **arguments: Any) -> Connection:
        """Members by id; the second factor is shown to owners only."""
        scope = self._scope
        scope.demand("members", {"read:org"})
        shown = scope.viewer.sees_second_factor
        rows = sorted(
            (scope.state.people[each.login] for each in scope.state.members.values() if each.status == "active"), key=lambda each: each.id
        )

        def edge(node: ActorNode) -> dict[str, Any]:
            factor = node.person.second_factor != "disabled" if shown else None
            return {"role": scope.state.members[node.login].role.upper(), "hasTwoFactorEnabled": factor}

        return _connect("membersWithRole", [ActorNode(scope, each) for each in rows], arguments, lambda each: each.databaseId, edge)

    def teams(self, info: Info, **arguments: Any) -> Connection:
        """Teams by name."""
        self._scope.demand("members", {"read:org"})
        rows = sorted(self._scope.state.teams.values(), key=lambda each: each.slug)
        return _connect("teams", [TeamNode(self._scope, each) for each in rows], arguments, lambda each: each.databaseId)

    def repositories(self, info: Info, **arguments: Any) -> Connection:
        """Repositories the caller sees, by id; isArchived and visibility filter."""
        rows = [each for each in self._scope.state.repositories.values() if self._scope.viewer.sees(each)]
        if arguments.get("isArchived") is not None:
            rows = [each for each in rows if each.archived == arguments["isArchived"]]
        if arguments.get("visibility"):
            rows = [each for each in rows if each.visibility.upper() == arguments["visibility"]]
        if arguments.get("privacy"):
            rows = [each for each in rows if each.private == (arguments["privacy"] == "PRIVATE")]
        rows.sort(key=lambda each: each.id)
        return _connect("repositories", [RepositoryNode(self._scope, each) for each in rows], arguments, lambda each: each.databaseId)

    def repository(self, info: Info, name: str, followRenames: bool = True) -> "RepositoryNode":
        """One by name."""
        return repository_node(self._scope, name)

    def samlIdentityProvider(self, info: Info) -> "IdentityProviderNode | None":
        """Null when single sign-on is not set up, or the caller is no owner."""
        scope = self._scope
        if scope.state.saml is None or not scope.viewer.owner_view(level="read"):
            return None
        return IdentityProviderNode(scope)


class IdentityProviderNode:
    """SAML single sign-on."""

    TYPE = "OrganizationIdentityProvider"

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.id, self.issuer, self.ssoUrl = (
            node_id("IdentityProvider", scope.state.id),
            scope.state.saml_issuer,
            f"{scope.state.saml_issuer}/sso",
        )

    def externalIdentities(self, info: Info, login: str | None = None, **arguments: Any) -> Connection:
        """Identities by login."""
        held = self._scope.state.saml or {}
        rows = [
            {
                "id": node_id("ExternalIdentity", own),
                "guid": sha_of(f"guid {own}")[:32],
                "user": self._scope.actor(own),
                "scimIdentity": None,
                "samlIdentity": {"nameId": name, "username": name, "givenName": None, "familyName": None},
            }
            for own, name in sorted(held.items())
            if login in (None, own)
        ]
        return _connect("externalIdentities", rows, arguments, lambda each: each["guid"])


class TeamNode:
    """A team."""

    TYPE = "Team"

    def __init__(self, scope: Scope, team: Team) -> None:
        self._scope, self._team = scope, team
        self.id, self.databaseId, self.name, self.slug = node_id("Team", team.id), team.id, team.name, team.slug
        self.description, self.privacy = team.description or None, "VISIBLE" if team.privacy == "closed" else "SECRET"

    def members(self, info: Info, **arguments: Any) -> Connection:
        """Members by id."""
        rows = sorted((each for login in self._team.members if (each := self._scope.actor(login))), key=lambda each: each.databaseId)
        return _connect(
            "members", rows, arguments, lambda each: each.databaseId, lambda each: {"role": self._team.members[each.login].upper()}
        )


class RepositoryNode:
    """A repository."""

    TYPE = "Repository"

    def __init__(self, scope: Scope, repository: Repository) -> None:
        self._scope, self.repository = scope, repository
        self.id, self.databaseId, self.name = node_id("Repository", repository.id), repository.id, repository.name
        self.nameWithOwner = f"{scope.state.login}/{repository.name}"
        self.isPrivate, self.isArchived, self.isDisabled, self.isFork = (
            repository.private,
            repository.archived,
            repository.disabled,
            repository.fork,
        )
        self.visibility, self.description = repository.visibility.upper(), repository.description
        self.url = f"{scope.html}/{self.nameWithOwner}"
        self.createdAt = self.updatedAt = stamp(repository.created_at)
        self.pushedAt = stamp(repository.commits[-1].at) if repository.commits else None
        self.hasVulnerabilityAlertsEnabled = repository.vulnerability_alerts

    def owner(self, info: Info) -> OrganizationNode:
        """The organization."""
        return OrganizationNode(self._scope)

    def defaultBranchRef(self, info: Info) -> "RefNode | None":
        """Null for an empty repository."""
        return RefNode(self, self.repository.default_branch) if self.repository.commits else None

    def ref(self, info: Info, qualifiedName: str) -> "RefNode | None":
        """The default branch; others are not kept."""
        name = qualifiedName.removeprefix("refs/heads/")
        return RefNode(self, name) if name == self.repository.default_branch else None

    def pullRequest(self, info: Info, number: int) -> "PullNode":
        """One by number."""
        self._scope.demand("pull_requests", {"repo"} if self.isPrivate else set())
        found = next((each for each in self.repository.pulls if each.number == number), None)
        if found is None:
            raise GraphFault("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return PullNode(self, found)

    def pullRequests(
        self,
        info: Info,
        states: list[str] | None = None,
        orderBy: dict[str, str] | None = None,
        labels: list[str] | None = None,
        baseRefName: str | None = None,
        headRefName: str | None = None,
        **arguments: Any,
    ) -> Connection:
        """Pull requests, oldest created first unless ordered otherwise."""
        self._scope.demand("pull_requests", {"repo"} if self.isPrivate else set())
        rows = [
            each
            for each in self.repository.pulls
            if baseRefName in (None, each.base)
            and headRefName in (None, each.branch)
            and (not labels or set(labels) & set(each.labels))
            and (not states or _pull_state(each) in states)
        ]
        order = orderBy or {"field": "CREATED_AT", "direction": "ASC"}
        rows.sort(
            key=lambda each: (each.changed_at if order["field"] == "UPDATED_AT" else each.created_at, each.number),
            reverse=order["direction"] == "DESC",
        )
        return _connect("pullRequests", [PullNode(self, each) for each in rows], arguments, lambda each: each.number)

    def branchProtectionRules(self, info: Info, **arguments: Any) -> Connection:
        """Classic protection; needs administration, else the list is empty, as at GitHub."""
        viewer = self._scope.viewer
        allowed = viewer.has("administration") if viewer.kind != "classic" else viewer.role_in(self.repository) == "admin"
        rows = [protection_rule(self, name, rule) for name, rule in sorted(self.repository.protections.items())] if allowed else []
        return _connect("branchProtectionRules", rows, arguments, lambda each: each["pattern"])


def protection_rule(home: RepositoryNode, pattern: str, rule: BranchProtection) -> dict[str, Any]:
    """A classic protection rule."""
    number = home.databaseId * 10
    return {
        "id": node_id("BranchProtectionRule", f"{number}{pattern}"),
        "databaseId": number,
        "pattern": pattern,
        "requiresApprovingReviews": rule.reviews is not None,
        "requiredApprovingReviewCount": rule.reviews,
        "dismissesStaleReviews": rule.dismiss_stale,
        "isAdminEnforced": rule.enforce_admins,
        "allowsForcePushes": rule.allow_force_pushes,
        "allowsDeletions": rule.allow_deletions,
        "requiresStatusChecks": rule.contexts is not None,
        "requiresStrictStatusChecks": rule.strict,
        "requiredStatusCheckContexts": list(rule.contexts or []),
        "requireLastPushApproval": rule.last_push_approval,
        "requiresCodeOwnerReviews": rule.code_owners,
        "requiresConversationResolution": rule.conversation_resolution,
        "requiresLinearHistory": rule.linear_history,
        "requiresCommitSignatures": rule.signatures,
        "lockBranch": False,
    }


class RefNode:
    """A branch."""

    TYPE = "Ref"

    def __init__(self, home: RepositoryNode, name: str) -> None:
        self.repository, self.name, self.prefix = home, name, "refs/heads/"
        self.id = node_id("Ref", f"{home.databaseId}:{name}")

    def target(self, info: Info) -> "CommitNode":
        """Its tip."""
        self.repository._scope.demand("contents", {"repo"} if self.repository.isPrivate else set())
        return CommitNode(self.repository, self.repository.repository.commits[-1])

    def branchProtectionRule(self, info: Info) -> dict[str, Any] | None:
        """Classic protection of it; null when there is none or the caller does not administer."""
        rules = self.repository.branchProtectionRules(info, first=100).nodes
        return next((each for each in rules if each["pattern"] == self.name), None)


class CommitNode:
    """A commit."""

    TYPE = "Commit"

    def __init__(self, home: RepositoryNode, commit: Commit) -> None:
        self.repository, self._commit = home, commit
        self.id, self.oid, self.abbreviatedOid = node_id("Commit", commit.sha), commit.sha, commit.sha[:7]
        self.message, self.messageHeadline = commit.message, commit.message.splitlines()[0] if commit.message else ""
        self.committedDate = self.authoredDate = stamp(commit.at)
        self.url = self.commitUrl = f"{home.url}/commit/{commit.sha}"
        self.commitResourcePath = f"/{home.nameWithOwner}/commit/{commit.sha}"
        self.committedViaWeb, self.additions, self.deletions = commit.committer == "web-flow", 10, 1

    def _git_actor(self, login: str | None, name: str, email: str) -> dict[str, Any]:
        actor = self.repository._scope.actor(login)
        user = actor if actor is not None and actor.TYPE == "User" else None
        return {"name": name, "email": email, "date": self.committedDate, "user": user}

    def author(self, info: Info) -> dict[str, Any]:
        """Who wrote it; user is null when the e-mail belongs to no account."""
        return self._git_actor(self._commit.author, self._commit.author_name, self._commit.author_email)

    def committer(self, info: Info) -> dict[str, Any]:
        """Who committed it: GitHub itself for a merge on the site."""
        if self.committedViaWeb:
            return self._git_actor(None, "GitHub", "noreply@github.com")
        return self._git_actor(self._commit.committer, self._commit.author_name, self._commit.author_email)

    def authors(self, info: Info, **arguments: Any) -> Connection:
        """Author and co-authors."""
        people = self.repository._scope.state.people
        rows = [
            self.author(info),
            *(self._git_actor(each, people[each].name, people[each].email) for each in self._commit.co_authors if each in people),
        ]
        return _connect("authors", rows, arguments, lambda each: each["email"])

    def parents(self, info: Info, **arguments: Any) -> Connection:
        """Parents that are known here."""
        known = {each.sha: each for each in self.repository.repository.commits}
        rows = [CommitNode(self.repository, known[sha]) for sha in self._commit.parents if sha in known]
        return _connect("parents", rows, arguments, lambda each: each.oid)

    def history(self, info: Info, since: str | None = None, until: str | None = None, **arguments: Any) -> Connection:
        """This commit and those before it on the default branch, newest first."""
        commits = self.repository.repository.commits
        place = next((index for index, each in enumerate(commits) if each.sha == self.oid), len(commits) - 1)
        low, high = (since or "").replace("+00:00", "Z"), (until or "~").replace("+00:00", "Z")
        rows = [CommitNode(self.repository, each) for each in reversed(commits[: place + 1]) if low <= str(stamp(each.at)) <= high]
        return _connect("history", rows, arguments, lambda each: each.oid)

    def associatedPullRequests(self, info: Info, orderBy: dict[str, str] | None = None, **arguments: Any) -> Connection:
        """Pull requests that brought it; empty for a direct push."""
        self.repository._scope.demand("pull_requests", {"repo"} if self.repository.isPrivate else set())
        rows = [
            PullNode(self.repository, each)
            for each in self.repository.repository.pulls
            if each.merge_sha == self.oid or any(own.sha == self.oid for own in each.commits)
        ]
        return _connect("associatedPullRequests", rows, arguments, lambda each: each.number)

    def statusCheckRollup(self, info: Info) -> "RollupNode | None":
        """Null when nothing ever ran on it."""
        self.repository._scope.demand("checks", {"repo"} if self.repository.isPrivate else set())
        runs = list({each.name: each for each in self.repository.repository.check_runs.get(self.oid, [])}.values())
        return RollupNode(self.repository, self.oid, runs) if runs else None


class RollupNode:
    """All checks of a commit."""

    TYPE = "StatusCheckRollup"

    def __init__(self, home: RepositoryNode, sha: str, runs: list[CheckRun]) -> None:
        self._home, self._runs, self.id = home, runs, node_id("StatusCheckRollup", sha)
        if any(each.conclusion not in (None, "success", "neutral", "skipped") for each in runs):
            self.state = "FAILURE"
        else:
            self.state = "PENDING" if any(each.status != "completed" for each in runs) else "SUCCESS"

    def contexts(self, info: Info, **arguments: Any) -> Connection:
        """The check runs."""
        found = _connect("contexts", [CheckRunNode(self._home, each) for each in self._runs], arguments, lambda each: each.databaseId)
        found.checkRunCount, found.statusContextCount = len(self._runs), 0  # type: ignore[attr-defined]
        return found


class CheckRunNode:
    """A check run."""

    TYPE = "CheckRun"

    def __init__(self, home: RepositoryNode, run: CheckRun) -> None:
        self._home = home
        self.id, self.databaseId, self.name = node_id("CheckRun", run.id), run.id % 2**31, run.name
        self.status, self.conclusion = run.status.upper(), run.conclusion.upper() if run.conclusion else None
        self.startedAt, self.completedAt, self.url = stamp(run.started_at), stamp(run.completed_at), f"{home.url}/runs/{run.id}"

    def isRequired(self, info: Info, pullRequestId: str | None = None, pullRequestNumber: int | None = None) -> bool:
        """Whether the default branch demands it."""
        home, state = self._home.repository, self._home._scope.state
        classic = home.protections.get(home.default_branch)
        wanted = set(classic.contexts or []) if classic else set()
        for rule in rules_of_branch(state, home, home.default_branch):
            if rule["type"] == "required_status_checks":
                wanted |= {one["context"] for one in rule["parameters"]["required_status_checks"]}
        return self.name in wanted


class PullNode:
    """A pull request."""

    TYPE = "PullRequest"

    def __init__(self, home: RepositoryNode, pull: PullRequest) -> None:
        self.repository, self._pull = home, pull
        self.id, self.databaseId, self.fullDatabaseId = node_id("PullRequest", pull.id), pull.id if pull.id < 2**31 else None, str(pull.id)
        self.number, self.title, self.body, self.state = pull.number, pull.title, pull.body, _pull_state(pull)
        self.url = self.permalink = f"{home.url}/pull/{pull.number}"
        self.createdAt, self.updatedAt, self.mergedAt = stamp(pull.created_at), stamp(pull.changed_at), stamp(pull.merged_at)
        self.closedAt, self.merged, self.closed, self.isDraft = (
            stamp(pull.closed_at),
            pull.merged_at is not None,
            self.state != "OPEN",
            False,
        )
        self.headRefName, self.headRefOid, self.baseRefName = pull.branch, pull.head, pull.base
        self.baseRefOid = pull.commits[0].parents[0] if pull.commits and pull.commits[0].parents else sha_of(f"base of {pull.id}")
        self.additions, self.deletions, self.changedFiles = 10 * len(pull.commits), len(pull.commits), len(pull.commits)
        self.isCrossRepository, self.authorAssociation = False, "MEMBER"

    def author(self, info: Info) -> ActorNode | None:
        """Who opened it."""
        return self.repository._scope.actor(self._pull.author)

    def mergedBy(self, info: Info) -> ActorNode | None:
        """Who merged it."""
        return self.repository._scope.actor(self._pull.merged_by)

    def mergeCommit(self, info: Info) -> CommitNode | None:
        """What it became on the base branch."""
        found = next((each for each in self.repository.repository.commits if each.sha == self._pull.merge_sha), None)
        return CommitNode(self.repository, found) if found else None

    def labels(self, info: Info, orderBy: dict[str, str] | None = None, **arguments: Any) -> Connection:
        """Its labels."""
        rows = [
            {
                "id": node_id("Label", f"{self.repository.databaseId}{name}"),
                "name": name,
                "color": "ededed",
                "description": "",
                "isDefault": False,
            }
            for name in self._pull.labels
        ]
        return _connect("labels", rows, arguments, lambda each: each["name"])

    def reviews(self, info: Info, states: list[str] | None = None, author: str | None = None, **arguments: Any) -> Connection:
        """Reviews, oldest first."""
        login = self.repository._scope.viewer.login
        rows = [
            ReviewNode(self, each)
            for each in self._pull.reviews
            if (not states or each.state in states) and author in (None, each.author) and (each.state != "PENDING" or each.author == login)
        ]
        return _connect("reviews", rows, arguments, lambda each: each.databaseId)

    def latestReviews(self, info: Info, **arguments: Any) -> Connection:
        """The last review of each person."""
        rows = [ReviewNode(self, each) for each in {each.author: each for each in self._pull.reviews if each.state != "PENDING"}.values()]
        return _connect("latestReviews", rows, arguments, lambda each: each.databaseId)

    def commits(self, info: Info, **arguments: Any) -> Connection:
        """Commits of its branch, oldest first."""
        rows = [
            {
                "id": node_id("PullRequestCommit", each.sha),
                "commit": CommitNode(self.repository, each),
                "url": f"{self.url}/commits/{each.sha}",
            }
            for each in self._pull.commits
        ]
        return _connect("commits", rows, arguments, lambda each: each["id"])

    def reviewDecision(self, info: Info) -> str | None:
        """From the last review of each person."""
        last = {each.author: each.state for each in self._pull.reviews if each.state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")}
        if "CHANGES_REQUESTED" in last.values():
            return "CHANGES_REQUESTED"
        return "APPROVED" if "APPROVED" in last.values() else "REVIEW_REQUIRED"

    def statusCheckRollup(self, info: Info) -> RollupNode | None:
        """Of the head commit."""
        return CommitNode(self.repository, self._pull.commits[-1]).statusCheckRollup(info) if self._pull.commits else None


class ReviewNode:
    """A review."""

    TYPE = "PullRequestReview"

    def __init__(self, pull: PullNode, review: Review) -> None:
        self._pull, self._review = pull, review
        self.id, self.fullDatabaseId = node_id("PullRequestReview", review.id), str(review.id)
        self.databaseId = review.id if review.id < 2**31 else None
        self.state, self.body = review.state, review.body
        self.submittedAt = stamp(review.submitted_at) if review.state != "PENDING" else None
        self.createdAt = self.updatedAt = stamp(review.submitted_at)
        self.url, self.authorAssociation = f"{pull.url}#pullrequestreview-{review.id}", "MEMBER"

    def author(self, info: Info) -> ActorNode | None:
        """Who reviewed; null for an account that is gone."""
        return self._pull.repository._scope.actor(self._review.author)

    def authorCanPushToRepository(self, info: Info) -> bool:
        """Whether the reviewer may write there."""
        scope = self._pull.repository._scope
        return role_of(scope.state, self._review.author or "", self._pull.repository.repository) in ("push", "maintain", "admin")

    def commit(self, info: Info) -> CommitNode | None:
        """The commit it was made on."""
        home = self._pull.repository
        everywhere = [*self._pull._pull.commits, *home.repository.commits]
        found = next((each for each in everywhere if each.sha == self._review.commit), None)
        return CommitNode(home, found) if found else None


class QueryNode:
    """The root."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def organization(self, info: Info, login: str) -> OrganizationNode:
        """By login."""
        if login.lower() != self._scope.state.login.lower():
            raise GraphFault("NOT_FOUND", f"Could not resolve to an Organization with the login of '{login}'.")
        return OrganizationNode(self._scope)

    def repository(self, info: Info, owner: str, name: str, followRenames: bool = True) -> RepositoryNode:
        """By owner and name."""
        if owner.lower() != self._scope.state.login.lower():
            raise GraphFault("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return repository_node(self._scope, name)

    def viewer(self, info: Info) -> ActorNode | None:
        """Who calls; a bot account for an installation."""
        scope = self._scope
        return scope.actor(scope.viewer.login) or ActorNode(scope, Person(login="app[bot]", id=1, created_at=scope.state.created_at))

    def rateLimit(self, info: Info, dryRun: bool = False) -> dict[str, Any]:
        """The window after this request's cost."""
        window = self._scope.window
        return {
            "cost": self._scope.cost,
            "limit": window.limit,
            "nodeCount": self._scope.nodes,
            "remaining": window.remaining,
            "used": window.used,
            "resetAt": stamp(window.ends),
        }

    def search(self, info: Info, query: str, type: str, **arguments: Any) -> Connection:
        """Only ISSUE (pull requests); at most 1000 results are reachable, issueCount tells all."""
        self._scope.demand("pull_requests", set())
        found = find_pulls(self._scope.state, self._scope.viewer, query) if type == "ISSUE" else []
        rows = [PullNode(RepositoryNode(self._scope, home), pull) for home, pull in found[:1000]]
        page = _connect("search", rows, arguments, lambda each: each.fullDatabaseId)
        page.issueCount, page.repositoryCount, page.userCount = len(found), 0, 0  # type: ignore[attr-defined]
        return page


def repository_node(scope: Scope, name: str) -> RepositoryNode:
    """The repository of a name. Raises NOT_FOUND when absent or hidden."""
    found = next((each for each in scope.state.repositories.values() if each.name.lower() == name.lower()), None)
    if found is None or not scope.viewer.sees(found):
        raise GraphFault("NOT_FOUND", f"Could not resolve to a Repository with the name '{scope.state.login}/{name}'.")
    return RepositoryNode(scope, found)


def _pull_state(pull: PullRequest) -> str:
    return "MERGED" if pull.merged_at is not None else pull_state(pull).upper()
