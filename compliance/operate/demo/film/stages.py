"""Where the film is shot: each vendor's sandbox as it stands at the beginning, what happens there, and how a connector gets in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from integrations.sandbox.aws.history import steps as aws_steps
from integrations.sandbox.aws.scenario import populate
from integrations.sandbox.aws.server import running as aws_running
from integrations.sandbox.bamboohr import scenario as bamboohr
from integrations.sandbox.bamboohr.server import running as bamboohr_running
from integrations.sandbox.clock import Clock
from integrations.sandbox.company.fernhill import load
from integrations.sandbox.github.scenario import OWNER_TOKEN, fernhill
from integrations.sandbox.github.scenario import steps as github_steps
from integrations.sandbox.github.server import running as github_running
from integrations.sandbox.github.story import story
from integrations.sandbox.jira import scenario as jira
from integrations.sandbox.jira.server import running as jira_running
from integrations.sandbox.jira.story import story as jira_story
from integrations.sandbox.okta import scenario as okta
from integrations.sandbox.okta.server import running as okta_running

ROUTINE = ("rotate", "sign in", "joins", "left,")  # daily life: the next scheduled look is soon enough
DAILY_AT_OKTA = frozenset({"identity", "identity_event"})
DAILY_AT_JIRA = frozenset({"ticket"})
DAILY_AT_GITHUB = frozenset({"change", "mainline_commit"})
SHORTEST, LONGEST = timedelta(hours=2), timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens. `apply` does it and returns the services involved (None: any). `kinds`: the fact kinds that can differ
    afterwards, where that is known (empty: any). `seen_at_once`: it is undone so soon that the vendor's own notice makes us look."""

    at: datetime
    title: str
    apply: Callable[[], set[str] | None]
    seen_at_once: bool = False
    kinds: frozenset[str] = frozenset()


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


@contextmanager
def okta_stage(start: datetime, end: datetime) -> Iterator[Stage]:
    """The identity provider."""
    with okta_running(okta.fernhill(Clock(start))) as twin:
        yield Stage(
            name="Okta fernhill",
            settings={"org_url": twin.url},
            secrets={"token": okta.API_TOKEN},
            events=[_step(step, twin, DAILY_AT_OKTA if "signs in" in step.title else frozenset()) for step in okta.steps(start, end)],
            set_clock=twin.clock.set,
            minute=30,
        )


@contextmanager
def bamboohr_stage(start: datetime, end: datetime) -> Iterator[Stage]:
    """The personnel system."""
    with bamboohr_running(bamboohr.fernhill(Clock(start))) as twin:
        yield Stage(
            name="BambooHR fernhill",
            settings={
                "company": "fernhill",
                "base_url": twin.url,
                "time_zones": "\n".join(f"{place} = {zone}" for place, zone in load()["locations"].items()),
                "former_emails_field": bamboohr.FORMER_EMAILS,
                "contract_end_field": bamboohr.CONTRACT_END,
            },
            secrets={"api_key": bamboohr.API_KEY},
            events=[_step(step, twin) for step in bamboohr.steps(start, start, end)],
            set_clock=twin.clock.set,
            minute=5,
        )


@contextmanager
def jira_stage(start: datetime, end: datetime) -> Iterator[Stage]:
    """The tracker."""
    told = {(each.at, each.title) for each in jira_story(start)}
    with jira_running(jira.fernhill(Clock(start))) as twin:
        yield Stage(
            name="Jira fernhill",
            settings={"site_url": twin.url, "email": jira.READER_EMAIL},
            secrets={"api_token": jira.READER_TOKEN},
            events=[_step(step, twin, frozenset() if (step.at, step.title) in told else DAILY_AT_JIRA) for step in jira.steps(start, end)],
            set_clock=twin.clock.set,
            minute=40,
        )


STAGES = {"bamboohr": bamboohr_stage, "aws": aws_stage, "github": github_stage, "okta": okta_stage, "jira": jira_stage}


def _step(step: object, twin: object, kinds: frozenset[str] = frozenset()) -> Event:
    def apply() -> None:
        with twin.state.lock:
            twin.clock.set(step.at)
            step.apply(twin.state)

    return Event(step.at, "" if kinds else step.title, apply, kinds=kinds)


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

        is_event = (step.at, step.title) in told
        yield Event(step.at, step.title if is_event else "", apply, kinds=frozenset() if is_event else DAILY_AT_GITHUB)
