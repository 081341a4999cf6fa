"""Reads repositories, the effective rules of their default branches, and deploy keys.

Rules take one call per repository (GitHub adds up the rulesets of repository and organization there) and one per ruleset; classic
protection is looked for in bulk first, so that only repositories that have one cost a further call.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from integrations.errors import Fault, PermissionMissing, SchemaDrift
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.github.client import GithubPage
from integrations.vendors.github.collectors.repositories import v1 as collector
from integrations.vendors.github.collectors.values import flag, inner, nodes, number, repository_subject, text, word
from integrations.vendors.github.errors import Hidden, Vanished
from integrations.vendors.github.reading import PER_PAGE, Listed, Reader, Reading, Row, rows_of

Result = TypeVar("Result")

REPOSITORIES = "GET /orgs/{org}/repos"
SECURITY = "GET /orgs/{org}/repos security_and_analysis"  # a field of that answer, which needs a right of its own
REPOSITORY = "GET /repos/{owner}/{repo}"
KEYS = "GET /repos/{owner}/{repo}/keys"
PROTECTION = "GET /repos/{owner}/{repo}/branches/{branch}/protection"
RULES = "GET /repos/{owner}/{repo}/rules/branches/{branch}"
RULESET = "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}"
UNPROTECTED = ("branch not protected", "branch not found")

STREAMS = (
    Stream(
        kind="repository",
        title="Repositories",
        operations=(REPOSITORIES, SECURITY),
        completeness=Completeness.DOUBLE_PASS,
        never="No file, no content and no history of content is read.",
    ),
    Stream(
        kind="branch_rules",
        title="Rules of default branches",
        operations=(REPOSITORIES, RULES, PROTECTION, RULESET),
        completeness=Completeness.DOUBLE_PASS,
        partition="repository",
    ),
    Stream(
        kind="deploy_key",
        title="Deploy keys",
        operations=(REPOSITORIES, KEYS),
        completeness=Completeness.DOUBLE_PASS,
        partition="repository",
        never="Public keys are in GitHub's answer and are not used.",
    ),
)

PROTECTED_DOCUMENT = """
query ($org: String!, $after: String) {
  organization(login: $org) {
    repositories(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { databaseId defaultBranchRef { name branchProtectionRule { id } } }
    }
  }
}
"""
PROTECTED = "POST /graphql repository.defaultBranchRef.branchProtectionRule"


def repositories(reading: Reading) -> Listed:
    """All repositories of the organization that we see, once a run."""

    def still_there(row: Row) -> bool:
        return _still_there(reading, row)

    query = {"type": "all", "sort": "full_name"}
    path = {"org": reading.organization}
    return reading.memo(
        "repositories",
        lambda: reading.listed(REPOSITORIES, kind="repository", path=path, query=query, key=lambda row: row["id"], still_there=still_there),
    )


def _repositories(reading: Reading) -> Iterator[Observation]:
    listed = repositories(reading)
    reading.context.achieved("repository", listed.completeness.value)
    _tell_hidden_settings(reading, listed)
    yield from reading.facts("repository", listed.rows, collector.repository)


def _tell_hidden_settings(reading: Reading, listed: Listed) -> None:
    hidden = [word(row, "full_name") for row, _page in listed.rows if "security_and_analysis" not in row]
    if hidden:
        said = f"GitHub leaves security_and_analysis out for {len(hidden)} repositories; it needs their administration (read)"
        reading.client.report_once("repository", PermissionMissing(said, operation=SECURITY))


def _of_present(reading: Reading, home: Row, read: Callable[[], Result]) -> Result:
    """What `read` answers. Raises Vanished instead of a refusal when the repository is no longer there."""
    try:
        return read()
    except Hidden as fault:
        if _still_there(reading, home):
            raise
        raise Vanished(f"{word(home, 'full_name')} was listed and is no longer there", operation=fault.operation) from fault


def _still_there(reading: Reading, home: Row) -> bool:
    path = {"owner": reading.organization, "repo": word(home, "name")}
    return not reading.client.one(operation=REPOSITORY, path=path, kind="repository", absent=("not found",)).absent


# -- branch rules --------------------------------------------------------------------------------------------------------


def _branch_rules(reading: Reading) -> Iterator[Observation]:
    kind = "branch_rules"
    listed = repositories(reading)
    reading.context.achieved(kind, listed.completeness.value)
    wanted = _wanted(reading, kind, listed)
    protected, told = _protected(reading) if len(wanted) > 1 else (None, [])
    for (home, page), answers in reading.for_each(wanted, lambda each: _rules_of(reading, each[0], protected)):
        if isinstance(answers, Vanished):
            continue
        if isinstance(answers, Fault):
            _partial(reading, kind, home, answers)
            continue
        yield from reading.facts(kind, [(home, page)], lambda row, held=answers: _made(row, held), also=[*answers.pages(), *told])


class _Answers:
    """All that was asked about one default branch."""

    def __init__(
        self, classic: GithubPage | None, known: bool, rules: Sequence[GithubPage] | None, rulesets: dict[int, GithubPage | None]
    ) -> None:
        self.classic, self.known, self.rules, self.rulesets = classic, known, rules, rulesets

    def pages(self) -> list[str]:
        held = [self.classic, *(self.rules or ()), *self.rulesets.values()]
        return [each.digest for each in held if each is not None]


def _made(home: Row, held: _Answers):
    rules = None if held.rules is None else [row for page in held.rules for row in rows_of(page)]
    classic = held.classic.data if held.classic is not None and not held.classic.absent else None
    rulesets = {of: page.data if page is not None else None for of, page in held.rulesets.items()}
    return collector.branch_rules(home, classic=classic, classic_known=held.known, rules=rules, rulesets=rulesets)


def _protected(reading: Reading) -> tuple[dict[int, bool] | None, list[str]]:
    """By repository id, with the pages that told: whether the default branch has a classic protection. GitHub shows none to those who do not administer, so
    that `False` counts only beside a proof that we do. None when GraphQL cannot be asked."""
    found: dict[int, bool] = {}
    told: list[str] = []
    after = None
    while True:
        given = {"org": reading.organization, "after": after}
        try:
            page = reading.client.graph(operation=PROTECTED, document=PROTECTED_DOCUMENT, variables=given, kind="branch_rules")
        except PermissionMissing:  # each repository is then asked by itself
            return None, []
        told.append(page.digest)
        held = inner(inner(page.data["data"], "organization"), "repositories")
        for row in nodes(inner(page.data["data"], "organization"), "repositories"):
            found[number(row, "databaseId") or 0] = bool(inner(inner(row, "defaultBranchRef"), "branchProtectionRule"))
        following = inner(held, "pageInfo")
        if following.get("hasNextPage") is not True or following.get("endCursor") in (None, after):
            return found, told
        after = following["endCursor"]


def _rules_of(reading: Reading, home: Row, protected: dict[int, bool] | None) -> _Answers:
    kind, branch = "branch_rules", text(home, "default_branch")
    if not branch:
        raise SchemaDrift("a repository without the name of its default branch", operation=REPOSITORIES)
    path = {"owner": reading.organization, "repo": word(home, "name"), "branch": branch}
    ask = {"operation": RULES, "path": path, "query": {"per_page": PER_PAGE}, "kind": kind, "partition": word(home, "full_name")}
    rules = reading.part(kind, RULES, lambda: _of_present(reading, home, lambda: list(reading.client.rest(**ask))))
    classic, known = _classic(reading, home, path, protected)
    rulesets = {of: _ruleset(reading, home, row) for page in rules or () for row in rows_of(page) if (of := number(row, "ruleset_id"))}
    return _Answers(classic, known, rules, rulesets)


def _classic(reading: Reading, home: Row, path: dict[str, object], protected: dict[int, bool] | None) -> tuple[GithubPage | None, bool]:
    """The page of the classic protection (None when there is none), and whether that is certain."""
    administers = "security_and_analysis" in home  # shown to those only who may see protections too
    if administers and protected is not None and protected.get(number(home, "id") or 0) is False:
        return None, True
    ask = {"operation": PROTECTION, "path": path, "kind": "branch_rules", "absent": UNPROTECTED, "partition": word(home, "full_name")}
    page = reading.part("branch_rules", PROTECTION, lambda: reading.client.one(**ask))
    return page, page is not None


def _ruleset(reading: Reading, home: Row, rule: Row) -> GithubPage | None:
    """A ruleset as the repository shows it. Those of the organization are shown there too; their own address demands the right to
    write them."""
    of = number(rule, "ruleset_id")
    path = {"owner": reading.organization, "repo": word(home, "name"), "ruleset_id": of}

    def ask() -> GithubPage | None:
        return reading.part("branch_rules", RULESET, lambda: reading.client.one(operation=RULESET, path=path, kind="branch_rules"))

    return reading.memo(("ruleset", of), ask)


# -- deploy keys ---------------------------------------------------------------------------------------------------------


def _deploy_keys(reading: Reading) -> Iterator[Observation]:
    kind = "deploy_key"
    listed = repositories(reading)
    reading.context.achieved(kind, listed.completeness.value)
    homes = [each for each in listed.rows if flag(each[0], "disabled") is not True]
    denied = 0
    for (home, page), answer in reading.for_each(homes, lambda each: _keys_of(reading, each[0])):
        if isinstance(answer, Vanished):
            continue
        if isinstance(answer, PermissionMissing):
            denied += 1
            if denied == len(homes):
                raise answer
        if isinstance(answer, Fault):
            _partial(reading, kind, home, answer)
            continue
        yield from reading.facts(kind, answer.rows, lambda row, held=home: collector.deploy_key(held, row), also=(page.digest,))


def _keys_of(reading: Reading, home: Row) -> Listed:
    path = {"owner": reading.organization, "repo": word(home, "name")}
    return _of_present(reading, home, lambda: reading.listed(KEYS, kind="deploy_key", path=path, key=lambda row: row["id"]))


def _wanted(reading: Reading, kind: str, listed: Listed) -> list[tuple[Row, GithubPage]]:
    only = reading.context.only.get(kind)
    return [each for each in listed.rows if only is None or repository_subject(number(each[0], "id") or 0) in only]


def _partial(reading: Reading, kind: str, home: Row, fault: Fault) -> None:
    fault.partition = word(home, "full_name") or "a repository"
    reading.context.fault(kind, fault)


READERS: dict[str, Reader] = {"repository": _repositories, "branch_rules": _branch_rules, "deploy_key": _deploy_keys}
