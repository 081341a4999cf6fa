"""Reads Dependabot, code scanning and secret scanning alerts of the whole organization. Fixed alerts are not asked for: an alert that
is no longer open or dismissed is gone, and its history stays in the records."""

from collections.abc import Callable, Iterator

from evidence.facts.fact import Fact
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.github.collectors.alerts import v1 as collector
from integrations.vendors.github.reading import PER_PAGE, Reader, Reading, Row, rows_of

DEPENDABOT = "GET /orgs/{org}/dependabot/alerts"
CODE = "GET /orgs/{org}/code-scanning/alerts"
SECRET = "GET /orgs/{org}/secret-scanning/alerts"
CODE_STATES = ("open", "dismissed")

STREAMS = (
    Stream(
        kind="dependency_alert",
        title="Dependabot alerts",
        operations=(DEPENDABOT,),
        completeness=Completeness.LAST_PAGE,
        never="No file is read; the path of the manifest in GitHub's answer is not used.",
    ),
    Stream(kind="code_alert", title="Code scanning alerts", operations=(CODE,), completeness=Completeness.DOUBLE_PASS),
    Stream(
        kind="secret_alert",
        title="Secret scanning alerts",
        operations=(SECRET,),
        completeness=Completeness.LAST_PAGE,
        never="The secret is asked to be hidden, and emptied before anything is kept should GitHub send it all the same.",
    ),
)


def _by_cursor(reading: Reading, kind: str, operation: str, query: dict[str, object], make: Callable[[Row], Fact]) -> Iterator[Observation]:
    given = {"per_page": PER_PAGE, "sort": "created", "direction": "asc", **query}
    path = {"org": reading.organization}
    for page in reading.client.rest(operation=operation, path=path, query=given, kind=kind):
        yield from reading.facts(kind, [(row, page) for row in rows_of(page)], make)


def _dependency_alerts(reading: Reading) -> Iterator[Observation]:
    query = {"state": "open,dismissed,auto_dismissed"}
    yield from _by_cursor(reading, "dependency_alert", DEPENDABOT, query, collector.dependency_alert)


def _code_alerts(reading: Reading) -> Iterator[Observation]:
    worst = Completeness.CONSISTENT_READ
    for state in CODE_STATES:
        query = {"state": state, "sort": "created", "direction": "asc"}
        path = {"org": reading.organization}
        listed = reading.listed(CODE, kind="code_alert", path=path, query=query, key=lambda row: (row["repository"]["id"], row["number"]))
        worst = listed.completeness if listed.completeness is not Completeness.CONSISTENT_READ else worst
        yield from reading.facts("code_alert", listed.rows, collector.code_alert)
    reading.context.achieved("code_alert", worst.value)


def _secret_alerts(reading: Reading) -> Iterator[Observation]:
    # An empty `after` asks for paging by cursor from the start, which no new alert can shift.
    yield from _by_cursor(reading, "secret_alert", SECRET, {"state": "open", "hide_secret": "true", "after": ""}, collector.secret_alert)


READERS: dict[str, Reader] = {"dependency_alert": _dependency_alerts, "code_alert": _code_alerts, "secret_alert": _secret_alerts}
