"""The sandboxes beside AWS, each served on its port with its story: opened at the beginning, moved on by whoever holds the clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from integrations.sandbox.bamboohr import scenario as bamboohr
from integrations.sandbox.bamboohr.server import running as bamboohr_running
from integrations.sandbox.clock import Clock
from integrations.sandbox.github import scenario as github
from integrations.sandbox.github import story as github_story
from integrations.sandbox.github.server import running as github_running
from integrations.sandbox.jira import cast as jira_cast
from integrations.sandbox.jira import scenario as jira
from integrations.sandbox.jira import story as jira_story
from integrations.sandbox.jira.server import running as jira_running
from integrations.sandbox.okta import scenario as okta
from integrations.sandbox.okta import story as okta_story
from integrations.sandbox.okta.server import running as okta_running


@dataclass(frozen=True, slots=True)
class Twin:
    """A running sandbox. `play` applies what happens after the first instant and not after the second, and says what that was;
    `follow` lets its clock run with the machine's."""

    vendor: str
    url: str
    play: Callable[[datetime, datetime], list[str]]
    follow: Callable[[], None]


@contextmanager
def github_twin(start: datetime, port: int, key: str | None = None) -> Iterator[Twin]:
    """GitHub; `key` is the public key of the GitHub App, in PEM."""
    with github_running(github.fernhill(Clock(start), key), port) as twin:

        def play(since: datetime, until: datetime) -> list[str]:
            return [_told(step) for step in github_story.play(twin.state, github.steps(since, until), until=until)]

        yield Twin("github", twin.url, play, twin.state.clock.follow_machine)


@contextmanager
def okta_twin(start: datetime, port: int) -> Iterator[Twin]:
    """Okta."""
    with okta_running(okta.fernhill(Clock(start)), port) as twin:

        def play(since: datetime, until: datetime) -> list[str]:
            return [_told(step) for step in okta_story.play(twin.state, okta.steps(start, until, since), until=until)]

        yield Twin("okta", twin.url, play, twin.state.clock.follow_machine)


@contextmanager
def bamboohr_twin(start: datetime, port: int) -> Iterator[Twin]:
    """BambooHR."""
    with bamboohr_running(bamboohr.fernhill(Clock(start)), port) as twin:

        def play(since: datetime, until: datetime) -> list[str]:
            return [_told(step) for step in bamboohr.play(twin.state, bamboohr.steps(start, since, until), until)]

        yield Twin("bamboohr", twin.url, play, twin.state.clock.follow_machine)


@contextmanager
def jira_twin(start: datetime, port: int) -> Iterator[Twin]:
    """Jira; whoever is sent to its sign-in comes back as the reader."""
    with jira_running(jira.fernhill(Clock(start)), port, consents=jira_cast.READER) as twin:

        def play(since: datetime, until: datetime) -> list[str]:
            return [_told(step) for step in jira_story.play(twin.state, jira.steps(start, until, since), until=until)]

        yield Twin("jira", twin.url, play, twin.state.clock.follow_machine)


TWINS = {"github": github_twin, "okta": okta_twin, "bamboohr": bamboohr_twin, "jira": jira_twin}


def _told(step: object) -> str:
    return f"{step.at.isoformat()} {step.title}"
