"""Judging again at another time gives the same row, unless the outcome has turned at the instant that was announced."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.facts.certificate.v1 import Certificate
from evidence.facts.database.v1 import Database
from evidence.facts.fact import Fact
from evidence.facts.function.v1 import Function
from tests.controls.checks.judging import judged

START = datetime(2020, 1, 1, tzinfo=UTC)
FACTS: dict[str, Fact] = {
    "aws.acm.cert_30d": Certificate(subject="c", in_use=True, expires="2026-05-03T23:59:59Z"),
    "aws.lambda.runtime_supported": Function(subject="f", package="Zip", runtime="python3.12"),
    "aws.rds.backup_7d": Database(subject="d", form="instance", backup_days=7, restorable_until="2026-03-01T12:00:00Z"),
    "aws.rds.minor_upgrades": Database(subject="d", form="instance", engine="mysql", engine_version="8.4.3", minor_upgrades=True),
}


@pytest.mark.parametrize("check", sorted(FACTS))
@settings(deadline=None)
@given(hours=st.integers(0, 24 * 365 * 12))
def test_the_row_changes_only_at_the_instant_that_was_announced(check, hours):
    now = START + timedelta(hours=hours)
    first = judged(check, FACTS[check], now=START)
    assert first.holds_until is not None
    then = judged(check, FACTS[check], now=now)
    if now < first.holds_until:
        assert then == first
    else:
        assert then == judged(check, FACTS[check], now=first.holds_until)
        assert then.outcome != first.outcome
        assert then.holds_until is None
