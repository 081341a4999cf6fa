"""Reads the organization's own settings, Actions settings, tokens of its people, and who bypassed or changed branch rules."""

from collections.abc import Iterator
from datetime import timedelta

from evidence.facts import instants
from integrations.errors import NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.contract import Completeness, Mode, Observation, Stream
from integrations.vendors.github.client import GithubPage
from integrations.vendors.github.collectors.organization import v1 as collector
from integrations.vendors.github.collectors.values import inner, text
from integrations.vendors.github.errors import Hidden
from integrations.vendors.github.reading import PER_PAGE, Reader, Reading, Row, rows_of

ORGANIZATION = "GET /orgs/{org}"
PLAN = "GET /orgs/{org} plan"  # a field of that answer, which needs a right of its own
MEMBERS = "GET /orgs/{org}/members"
ACTIONS = "GET /orgs/{org}/actions/permissions"
WORKFLOW = "GET /orgs/{org}/actions/permissions/workflow"
TOKENS = "GET /orgs/{org}/personal-access-tokens"
AUDIT = "GET /orgs/{org}/audit-log"
RULE_ACTIONS = ("protected_branch", "repository_ruleset")
OVERLAP = timedelta(hours=1)  # events may reach the log late
LOOK_BACK = timedelta(days=180)  # how far GitHub keeps the log

STREAMS = (
    Stream(
        kind="code_organization",
        title="Organization settings",
        operations=(ORGANIZATION, MEMBERS),
        completeness=Completeness.CONSISTENT_READ,
        never="No billing data is used.",
    ),
    Stream(
        kind="pipeline_settings",
        title="GitHub Actions settings",
        operations=(ORGANIZATION, ACTIONS, WORKFLOW),
        completeness=Completeness.CONSISTENT_READ,
        never="No secret, variable or log of a workflow is read.",
    ),
    Stream(
        kind="access_token",
        title="Fine-grained access tokens of members",
        operations=(TOKENS,),
        completeness=Completeness.DOUBLE_PASS,
        never="GitHub never shows a token itself; classic tokens are not listed at all.",
    ),
    Stream(
        kind="rule_event",
        title="Bypasses and changes of branch rules",
        operations=(AUDIT, PLAN),
        completeness=Completeness.LAST_PAGE,
        mode=Mode.INCREMENTAL,
        keeps="180 days; only with GitHub Enterprise Cloud",
        never="Of the audit log only events about branch rules are asked for.",
    ),
)


def organization_page(reading: Reading) -> GithubPage:
    """`GET /orgs/{org}`, once a run. Raises SchemaDrift when it is no object."""

    def ask() -> GithubPage:
        page = reading.client.one(operation=ORGANIZATION, path={"org": reading.organization})
        if not isinstance(page.data, dict):
            raise SchemaDrift("the organization is no object", operation=ORGANIZATION)
        return page

    return reading.memo("organization", ask)


def plan(reading: Reading) -> str | None:
    """What was bought, in GitHub's word; None when not shown."""
    return text(inner(organization_page(reading).data, "plan"), "name")


def _organization(reading: Reading) -> Iterator[Observation]:
    page, kind = organization_page(reading), "code_organization"
    if page.data.get("two_factor_requirement_enabled") is None:
        said = "GitHub leaves the organization's settings out for this credential"
        reading.client.report_once(kind, PermissionMissing(said, operation=ORGANIZATION))
    lacking = reading.part(kind, MEMBERS, lambda: _without_second_factor(reading, kind))
    rows = None if lacking is None else [row for row, _page in lacking]
    also = () if lacking is None else [each.digest for _row, each in lacking]
    yield from reading.facts(kind, [(page.data, page)], lambda row: collector.organization(row, rows), also)


def _without_second_factor(reading: Reading, kind: str) -> list[tuple[Row, GithubPage]]:
    query = {"filter": "2fa_disabled", "per_page": PER_PAGE}
    try:
        pages = list(reading.client.rest(operation=MEMBERS, path={"org": reading.organization}, query=query, kind=kind))
    except SchemaDrift as fault:  # GitHub's 422: only owners may filter
        raise PermissionMissing(fault.detail, operation=MEMBERS) from fault
    return [(row, page) for page in pages for row in rows_of(page)]


def _pipeline_settings(reading: Reading) -> Iterator[Observation]:
    organization, kind = organization_page(reading), "pipeline_settings"
    page = reading.client.one(operation=ACTIONS, path={"org": reading.organization}, kind=kind)
    ask = {"operation": WORKFLOW, "path": {"org": reading.organization}, "kind": kind}
    workflow = reading.part(kind, WORKFLOW, lambda: reading.client.one(**ask))
    also = (organization.digest, workflow.digest) if workflow is not None else (organization.digest,)
    held = workflow.data if workflow is not None else None
    yield from reading.facts(kind, [(page.data, page)], lambda row: collector.pipeline_settings(organization.data, row, held), also)


def _access_tokens(reading: Reading) -> Iterator[Observation]:
    kind = "access_token"
    listed = reading.listed(TOKENS, kind=kind, path={"org": reading.organization}, key=lambda row: row["id"])
    reading.context.achieved(kind, listed.completeness.value)
    yield from reading.facts(kind, listed.rows, collector.access_token)


def _rule_events(reading: Reading) -> Iterator[Observation]:
    kind, now = "rule_event", reading.context.now()
    cursor = reading.context.cursor(kind).get("until")
    start = instants.from_text(cursor) - OVERLAP if cursor else reading.context.since or now - LOOK_BACK
    for action in RULE_ACTIONS:
        phrase = f"action:{action} created:>={instants.to_text(start)}"
        query = {"phrase": phrase, "include": "all", "order": "asc", "per_page": PER_PAGE}
        for page in _log(reading, query):
            yield from reading.facts(kind, [(row, page) for row in rows_of(page)], collector.rule_event)
    reading.context.advance(kind, {"until": str(instants.to_text(now))})


def _log(reading: Reading, query: dict[str, object]) -> Iterator[GithubPage]:
    try:
        yield from reading.client.rest(operation=AUDIT, path={"org": reading.organization}, query=query, kind="rule_event")
    except Hidden as fault:
        bought = plan(reading)
        if bought is not None and bought != "enterprise":
            raise NotLicensed(
                f"the audit log comes with GitHub Enterprise Cloud; this organization has the plan {bought}", operation=AUDIT
            ) from fault
        raise


READERS: dict[str, Reader] = {
    "code_organization": _organization,
    "pipeline_settings": _pipeline_settings,
    "access_token": _access_tokens,
    "rule_event": _rule_events,
}
