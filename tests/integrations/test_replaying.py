"""Each fact that the twins of the demo company give comes again, byte for byte, out of the raw pages that it names and nothing else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType

import pytest

from integrations.sandbox.aws import scenario as aws_scenario
from integrations.sandbox.aws.server import running as aws_running
from integrations.sandbox.bamboohr import scenario as bamboohr_scenario
from integrations.sandbox.bamboohr.server import running as bamboohr_running
from integrations.sandbox.clock import Clock
from integrations.sandbox.github import scenario as github_scenario
from integrations.sandbox.github.server import running as github_running
from integrations.sandbox.jira import scenario as jira_scenario
from integrations.sandbox.jira.server import running as jira_running
from integrations.sandbox.okta import scenario as okta_scenario
from integrations.sandbox.okta.server import running as okta_running
from integrations.transport.closing import closed_afterwards
from integrations.transport.context import Context
from integrations.transport.replaying import UnknownVersion, bound_to, collectors_of
from integrations.transport.spool import Spool
from integrations.vendors.aws.connector import AwsConnector
from integrations.vendors.bamboohr import people
from integrations.vendors.bamboohr.connector import BamboohrConnector
from integrations.vendors.bamboohr.replay import LIMITS
from integrations.vendors.github.connector import GithubConnector
from integrations.vendors.jira.connector import JiraConnector
from integrations.vendors.okta.connector import OktaConnector
from tests.integrations.bamboohr.scanning import SETTINGS
from tests.integrations.replaying import made_again, read_all, same

START = datetime(2026, 3, 25, 8, tzinfo=UTC)
SAMPLED = 2


@contextmanager
def bamboohr() -> Iterator[tuple]:
    with bamboohr_running(bamboohr_scenario.fernhill(Clock(START))) as twin:
        yield BamboohrConnector(), {**SETTINGS, "base_url": twin.url}, {"api_key": bamboohr_scenario.API_KEY}


@contextmanager
def jira() -> Iterator[tuple]:
    with jira_running(jira_scenario.fernhill(Clock(START))) as twin:
        yield JiraConnector(), {"site_url": twin.url, "email": jira_scenario.READER_EMAIL}, {"api_token": jira_scenario.READER_TOKEN}


@contextmanager
def okta() -> Iterator[tuple]:
    with okta_running(okta_scenario.fernhill(Clock(START))) as twin:
        yield OktaConnector(), {"org_url": twin.url}, {"token": okta_scenario.API_TOKEN}


@contextmanager
def github() -> Iterator[tuple]:
    state = github_scenario.fernhill(Clock(START))
    with github_running(state) as twin:
        yield GithubConnector(), {"organization": "fernhill", "base_url": twin.url}, {"token": next(iter(state.tokens))}


@contextmanager
def aws() -> Iterator[tuple]:
    with aws_running() as sandbox:
        sandbox.clock.set(START)
        site = aws_scenario.populate(sandbox)
        settings = {"region": "eu-central-1", "regions": " ".join(site.plan["regions"]), "endpoint_url": sandbox.url}
        yield AwsConnector(), settings, {"access_key_id": "AKIAFERNHILLTEST0001", "secret_access_key": "not-a-real-secret"}
        sandbox.clock.set(None)


@contextmanager
def read_once(twin) -> Iterator[tuple]:
    """A run over a twin: its context, settings, identity and observations by kind."""
    with twin() as (connector, settings, secrets), Spool() as spool, closed_afterwards(connector):
        kinds = frozenset(stream.kind for stream in connector.STREAMS)
        context = Context(settings=settings, secrets=secrets, kinds=kinds, spool=spool, allow=("127.0.0.0/8",), clock=lambda: START)
        identity, found = read_all(connector, context)
        yield context, settings, identity, found


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("twin", "least"), [(bamboohr, 2), (jira, 4), pytest.param(okta, 13, marks=SLOW), pytest.param(github, 9, marks=SLOW), pytest.param(aws, 44, marks=SLOW)]
)  # fmt: skip
def test_a_fact_comes_again_from_the_pages_that_it_names(twin, least) -> None:
    with read_once(twin) as (context, settings, identity, found):
        different = [
            (kind, each.fact.subject)
            for kind, observations in found.items()
            if not (twin is bamboohr and kind in LIMITS)
            for each in observations[:: max(1, len(observations) // SAMPLED)][:SAMPLED]
            if not same(made_again(twin.__name__, context, settings=settings, identity=identity, kind=kind, each=each)[0], each)
        ]
        assert different == []
        assert len(found) >= least


def test_without_its_page_the_fact_does_not_come_and_the_page_is_named() -> None:
    with read_once(bamboohr) as (context, settings, identity, found):
        each = found["person_change"][0]
        again, answers = made_again("bamboohr", context, identity, settings, "person_change", each, keep=lambda _digest: False)
        assert again is None
        assert set(answers.unkept) == set(each.pages)


def test_what_no_page_holds_is_said_by_name() -> None:
    assert set(LIMITS) == {"roster"}
    assert "a week before" in LIMITS["roster"]


def test_an_old_version_of_a_collector_is_used_where_the_run_was_read_with_it(monkeypatch) -> None:
    newer = ModuleType("integrations.vendors.bamboohr.collectors.people.v2")
    vars(newer).update({name: value for name, value in vars(people.collector).items() if not name.startswith("__")})
    monkeypatch.setitem(sys.modules, newer.__name__, newer)
    bound = bound_to(people, {"people": 2})
    assert bound.collector is newer and people.collector is not newer
    assert bound_to(people, {}) is people
    with pytest.raises(UnknownVersion, match=r"people/v7\.py is missing"):
        bound_to(people, {"people": 7})


def test_the_files_of_a_kinds_collectors_are_known() -> None:
    assert "integrations/vendors/bamboohr/collectors/people/v1.py" in collectors_of(people)
