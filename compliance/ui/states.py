"""The words, icons and classes of every state that a page may show.

Five states of a control over time, and the outcomes of a check. A state is always said with icon, word and colour
together; only what was observed and found in order is green.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """How one state is shown. ``css`` is the ending of the classes ``health--…`` and ``s-…``."""

    name: str
    css: str
    icon: str
    now: str
    past: str

    def counted(self, *, past: bool) -> str:
        """The word beside a figure, where the comma of *failed, waived* would be read as one between figures."""
        return "waived" if self.name == "waived" else (self.past if past else self.now).lower()


PRECEDENCE: tuple[str, ...] = ("failed", "not_observed", "waived", "met", "no_occurrence")
"""First state of this order that a stretch of time contains is the one that is shown for it."""

FIGURES: tuple[str, ...] = ("met", "failed", "waived", "not_observed", "no_occurrence")
"""Order in which figures are listed; together they add up to the period."""

_ALL = (
    State("met", "met", "met", "Met", "Met"),
    State("failed", "failed", "failed", "Failing", "Failed"),
    State("waived", "waived", "waived", "Failing, waived", "Failed, waived"),
    State("not_observed", "unobserved", "unobserved", "Not observed", "Not observed"),
    State("no_occurrence", "no-occurrence", "no-occurrence", "No occurrence", "No occurrence"),
    State("pass", "met", "met", "Passing", "Passed"),
    State("fail", "failed", "failed", "Failing", "Failed"),
    State("not_applicable", "no-occurrence", "not-applicable", "Not applicable", "Not applicable"),
    State("error", "unobserved", "error", "Error", "Error"),
    State("stale", "unobserved", "stale", "Stale", "Stale"),
    State("no_data", "unobserved", "nodata", "No data", "No data"),
    State("no_population", "unobserved", "nopopulation", "No population", "No population"),
)
_BY_NAME = {state.name: state for state in _ALL}
NAMES: tuple[str, ...] = tuple(_BY_NAME)


def state_of(name: object) -> State:
    """The state called ``name``: any case, also an enum member or its value. Raises ``ValueError`` for an unknown one."""
    if type(name) is str and name in _BY_NAME:  # as it nearly always is
        return _BY_NAME[name]
    key = str(getattr(name, "value", name)).strip().lower().replace(" ", "_").replace("-", "_")
    try:
        return _BY_NAME[key]
    except KeyError:
        raise ValueError(f"Unknown state {key!r}; use one of {', '.join(NAMES)}.") from None
