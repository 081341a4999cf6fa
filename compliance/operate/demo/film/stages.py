"""Where the film is shot: each vendor's sandbox as it stands at the beginning, what happens there, and how a connector gets in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from integrations.sandbox.aws.history import steps as aws_steps
from integrations.sandbox.aws.scenario import populate
from integrations.sandbox.aws.server import running as aws_running
from integrations.sandbox.github.clock import Clock
from integrations.sandbox.github.scenario import OWNER_TOKEN, fernhill
from integrations.sandbox.github.scenario import steps as github_steps
from integrations.sandbox.github.server import running as github_running
from integrations.sandbox.github.story import story

ROUTINE = ("rotate", "sign in", "joins", "left,")  # daily life: the next scheduled look is soon enough
SHORTEST, LONGEST = timedelta(hours=2), timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens. `apply` does it and returns the services involved (None: any). `seen_at_once`: it is undone so soon that
    the vendor's own notice makes us look."""

    at: datetime
    title: str
    apply: Callable[[], set[str] | None]
    seen_at_once: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A running sandbox at its beginning."""

    name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    events: list[Event]
    set_clock: Callable[[datetime], None]
    minute: int = 0  # of the daily look

    @property
    def given(self) -> dict[str, str]:
        """What the connect form is filled with."""
        return {**self.settings, **self.secrets}


@contextmanager
def aws_stage(start: datetime, end: datetime) -> Iterator[Stage]:
    """The AWS account."""
    with aws_running() as sandbox:
        sandbox.clock.set(start)
        site = populate(sandbox)
        yield Stage(
            name="AWS production",
            settings={"endpoint_url": sandbox.url},
            secrets={"access_key_id": "AKIAFERNHILLDEMO0001", "secret_access_key": "of the sandbox"},
            events=list(_cloud_events(site, start, end)),
            set_clock=sandbox.clock.set,
            minute=10,
        )


@contextmanager
def github_stage(start: datetime, end: datetime) -> Iterator[Stage]:
    """The GitHub organization."""
    with github_running(fernhill(Clock(start))) as twin:
        yield Stage(
            name="GitHub fernhill", settings={"organization": "fernhill", "base_url": twin.url}, secrets={"token": OWNER_TOKEN},
            events=list(_code_events(twin, start, end)), set_clock=twin.state.clock.set, minute=20,
        )  # fmt: skip


STAGES = {"aws": aws_stage, "github": github_stage}


def _cloud_events(site: object, start: datetime, end: datetime) -> Iterator[Event]:
    for step, following in pairwise([*aws_steps(start, end), None]):

        def apply(step: object = step) -> set[str]:
            before = len(site.sandbox.requests)
            step.apply(site)
            return {each.operation.split(":")[0] for each in site.sandbox.requests[before:]}

        routine = any(word in step.title for word in ROUTINE)
        soon = not routine and following is not None and SHORTEST < following.at - step.at < LONGEST
        yield Event(step.at, step.title, apply, soon)


def _code_events(twin: object, start: datetime, end: datetime) -> Iterator[Event]:
    told = {(each.at, each.title) for each in story(start)}
    for step in github_steps(start, end):

        def apply(step: object = step) -> None:
            with twin.state.lock:
                twin.state.clock.set(step.at)
                step.apply(twin.state)

        yield Event(step.at, step.title if (step.at, step.title) in told else "", apply)
