"""The demo company at all vendors at once: one start, one history, one clock; `python -m integrations.sandbox` serves it.

Whoever seeds a demo moves it on over HTTP at AWS's port: `POST /_sandbox/advance {"until": "2026-04-01T08:00:00+00:00"}` applies what
happens until then at every vendor, `{"until": null}` applies the rest up to now and lets the clocks run. Started again with the
same start, the sandbox replays to now by itself and ends with the same account, identifiers included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrations.sandbox.aws import history, scenario
from integrations.sandbox.aws.server import Sandbox
from integrations.sandbox.twins import Twin


class Backwards(ValueError):
    """The clock was to be set to an instant before the sandbox's own; a history only goes forward."""


@dataclass
class Demonstration:
    """All vendors under one clock. `start` is when the history begins; the clocks stand there at first."""

    aws: Sandbox
    twins: Sequence[Twin]
    start: datetime
    _replay: history.Replay = field(init=False)

    def __post_init__(self) -> None:
        self.aws.clock.set(self.start)
        site = scenario.populate(self.aws)
        self._replay = history.Replay(site, history.steps(self.start))
        self._told: datetime = self.start

    def advance(self, until: datetime | None) -> list[str]:
        """Move on to `until`, or to the present and let the clocks run (None). Returns what happened. Raises Backwards."""
        instant = until or datetime.now(UTC)
        if instant < self._told:
            raise Backwards(f"the sandbox is already at {self._told.isoformat()}; start it anew to go back")
        happened = [f"{step.at.isoformat()} aws: {step.title}" for step in self._replay.advance(instant)]
        for twin in self.twins:
            happened += [f"{told[:25]} {twin.vendor}:{told[25:]}" for told in twin.play(self._told, instant)]
        self._told = instant
        if until is None:
            self.aws.clock.set(None)
            for twin in self.twins:
                twin.follow()
        return sorted(happened)

    def control(self, path: str, method: str, document: Mapping[str, Any]) -> Any:
        """Answers under `/_sandbox/`: GET state, POST advance, POST grant."""
        if (method, path) == ("GET", "state"):
            return {"now": self.aws.clock.now().isoformat(), "start": self.start.isoformat(), "steps_left": len(self._replay.left)}
        if (method, path) == ("POST", "advance"):
            until = document["until"]
            return {"happened": self.advance(instant(until) if until is not None else None), "now": self.aws.clock.now().isoformat()}
        if (method, path) == ("POST", "grant"):
            return {"role_arn": scenario.grant(self.aws, str(document["external_id"]))}
        return None


def instant(text: str) -> datetime:
    """An ISO instant; without a zone it is UTC. Raises ValueError."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
