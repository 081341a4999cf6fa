"""pytest plugin of the kit: `pytest -p integrations.kit.plugin`. Explains failed clauses, and ends with what was proven of whom."""

from collections import Counter, defaultdict

import pytest

pytest.register_assert_rewrite("integrations.kit.suite")
_TALLY: dict[str, Counter[str]] = defaultdict(Counter)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the clauses of each connector."""
    connector = dict(report.user_properties).get("connector")
    if connector and (report.when == "call" or report.skipped):
        _TALLY[str(connector)][report.outcome] += 1


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note which connector a clause is about."""
    bed = getattr(getattr(item, "cls", None), "bed", None)
    if bed is not None:
        item.user_properties.append(("connector", f"{bed.connector.KEY} {bed.connector.VERSION}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a connector."""
    for connector, outcomes in sorted(_TALLY.items()):
        said = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
        terminalreporter.write_line(f"contract of {connector}: {said}")
