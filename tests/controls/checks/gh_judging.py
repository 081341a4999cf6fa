"""Judging one GitHub fact as the engine would: published defaults, changed by name."""

from collections.abc import Sequence
from datetime import UTC, datetime

from controls.judging import judge
from controls.outcomes import Judgement
from controls.registry import definition
from evidence.facts.fact import Fact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def judged(check_id: str, fact: Fact, *, now: datetime = NOW, others: Sequence[Fact] = (), **parameters: object) -> Judgement:
    """The judgement of a check's current logic. `others` are grouped by kind."""
    known = definition(check_id)
    by_kind = {each.KIND: [one for one in others if one.KIND == each.KIND] for each in known.others}
    unknown = parameters.keys() - known.defaults.keys()
    assert not unknown, unknown
    return judge(known.module, fact, {**known.defaults, **parameters}, now, by_kind)
