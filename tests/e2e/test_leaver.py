"""A leaver is found in four systems, and each is seen to be mended: the pages of a person, with sandboxes of five vendors behind them."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Locator, Page, expect

from compliance.pipeline import refresh
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.services.adoption import adopt_controls, library
from integrations.models import Connection
from integrations.registry import load_connector
from integrations.sandbox.bamboohr import scenario as bamboohr
from integrations.sandbox.bamboohr.server import running as bamboohr_running
from integrations.sandbox.clock import Clock
from integrations.sandbox.github import scenario as github
from integrations.sandbox.github.server import running as github_running
from integrations.sandbox.jira import scenario as jira
from integrations.sandbox.jira.server import running as jira_running
from integrations.sandbox.okta import scenario as okta
from integrations.sandbox.okta.server import running as okta_running
from integrations.services.connections import create_connection, start_connection
from people.models import Person
from tests.e2e.hands import PASSWORD, Mouse, person_with_console, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WHO = "Ines Moreau"
NUMBER, USER, LOGIN, EMAIL = "E0002", "ines.moreau", "ines-moreau", "ines.moreau@fernhill.example"
JOINS = ("x.term.idp_active", "x.term.app_active", "x.term.tokens_revoked")


@dataclass
class Systems:
    """Where each vendor listens, and who reads it."""

    organization: Organization
    urls: dict[str, str]
    connections: dict[str, Connection]

    def act(self, vendor: str, action: str, **given: Any) -> None:
        """What an administrator of that vendor does, by the sandbox's control address."""
        answer = httpx.post(f"{self.urls[vendor]}/_sandbox/actions", json={"action": action, **given})
        assert answer.status_code == 200, answer.text

    def read(self, *vendors: str) -> None:
        """What a worker does when these are due."""
        with scope(self.organization.pk):
            for vendor in vendors or self.connections:
                run = refresh(self.connections[vendor].pk, beat=False)
                assert run is not None and run.outcome == "complete", (vendor, run and run.fault)

    def page_of(self, name: str) -> str:
        """The address of somebody's page."""
        with scope(self.organization.pk):
            return f"/{self.organization.slug}/people/{Person.objects.get(name=name).pk}/"


@pytest.fixture
def systems(fernhill, marta, aws, iam) -> Iterator[Systems]:
    marta.password = make_password(PASSWORD)
    marta.save(update_fields=["password"])
    for user in ("tom.okafor", USER):
        person_with_console(iam, user, second_factor=True)
    iam.create_access_key(UserName=USER)
    with ExitStack() as stack:
        urls = {
            "bamboohr": stack.enter_context(bamboohr_running(bamboohr.fernhill(Clock(datetime.now(UTC))))).url,
            "okta": stack.enter_context(okta_running(okta.fernhill(Clock(datetime.now(UTC))))).url,
            "aws": aws.url,
            "github": stack.enter_context(github_running(github.fernhill(Clock(datetime.now(UTC))))).url,
            "jira": stack.enter_context(jira_running(jira.fernhill(Clock(datetime.now(UTC))))).url,
        }
        with scope(fernhill.pk):
            now = datetime.now(UTC)
            adopt_controls(actor=SYSTEM, codes=_controls_of(*JOINS), now=now)
            yield Systems(fernhill, urls, {vendor: _connected(vendor, urls[vendor], now) for vendor in urls})


GIVEN = {
    "bamboohr": lambda url: {"company": "fernhill", "base_url": url, "api_key": bamboohr.API_KEY, "time_zones": "Berlin = Europe/Berlin"},
    "okta": lambda url: {"org_url": url, "token": okta.API_TOKEN},
    "aws": lambda url: {"endpoint_url": url, "access_key_id": "AKIATEST", "secret_access_key": "test", "regions": "us-east-1"},
    "github": lambda url: {"organization": "fernhill", "base_url": url, "token": github.OWNER_TOKEN},
    "jira": lambda url: {"site_url": url, "email": jira.READER_EMAIL, "api_token": jira.READER_TOKEN},
}


def _connected(vendor: str, url: str, now: datetime) -> Connection:
    made = create_connection(
        actor=SYSTEM, vendor=vendor, name=vendor, vendor_settings=load_connector(vendor).SETTINGS, given=GIVEN[vendor](url), external_id="",
        now=now,
    )  # fmt: skip
    start_connection(actor=SYSTEM, connection=made, now=now)
    return made


def _controls_of(*checks: str) -> list[str]:
    return [code for code, control in library().items() if {link.id for link in control.checks} & set(checks)]


def row(page: Page, table: str, words: str) -> Locator:
    """A row of one of the person's tables."""
    return page.locator(f"section[aria-labelledby={table}] tbody tr").filter(has_text=words)


def verdict_of(page: Page, check: str) -> Locator:
    """What a check says now of the person."""
    return (
        page.locator("section[aria-labelledby=verdicts] tbody tr").filter(has=page.locator(f'a[href*="{check}"]')).filter(has_text="lasts")
    )


def test_a_leaver_is_found_in_four_systems_and_seen_to_be_mended_one_by_one(page, systems, iam):
    signed_in(Mouse(page), "marta@fernhill.example")
    systems.read()
    address = systems.page_of(WHO)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(WHO)
    expect(page.locator("section[aria-labelledby=accounts] tbody tr")).to_have_count(4)

    last_day = datetime.now(UTC) - timedelta(days=3)
    systems.act("bamboohr", "terminate", number=NUMBER, day=f"{last_day:%Y-%m-%d}")
    systems.read("bamboohr")
    page.goto("/fernhill/people/?show=open")
    page.get_by_role("link", name=WHO).click()
    page.wait_for_url(f"**{address}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{WHO}: 4 checks fail")
    expect(row(page, "accounts", "open")).to_have_count(4)
    expect(verdict_of(page, "x.term.idp_active")).to_contain_text(f"{EMAIL} (okta) enabled")
    expect(verdict_of(page, "x.term.app_active")).to_contain_text(f"{LOGIN} (github), {USER} (aws), {EMAIL} (jira) enabled")
    expect(verdict_of(page, "x.term.tokens_revoked")).to_contain_text("still active")
    expect(verdict_of(page, "x.term.activity_after")).to_contain_text("used after the end")

    systems.act("okta", "deactivate", user=USER)
    systems.read("okta")
    page.reload()
    expect(row(page, "accounts", "okta")).to_contain_text("disabled")
    expect(row(page, "accounts", "open")).to_have_count(3)
    # it was too late, which stays to be seen; who did it, and when, is from Okta's own log
    expect(verdict_of(page, "x.term.idp_active")).to_contain_text(re.compile(rf"Fail.*{re.escape(EMAIL)} was disabled 20"))
    expect(verdict_of(page, "x.term.app_active")).to_contain_text(f"{LOGIN} (github), {USER} (aws), {EMAIL} (jira) enabled")

    systems.act("github", "remove_member", login=LOGIN)
    systems.read("github")
    page.reload()
    expect(row(page, "accounts", "github")).to_have_count(0)
    expect(verdict_of(page, "x.term.app_active")).to_contain_text(f"{USER} (aws), {EMAIL} (jira) enabled")
    expect(verdict_of(page, "x.term.app_active")).not_to_contain_text("github")

    systems.act("jira", "deactivate", user=USER)
    systems.read("jira")
    page.reload()
    expect(row(page, "accounts", "jira")).to_contain_text("disabled")
    expect(verdict_of(page, "x.term.app_active")).to_contain_text(f"{USER} (aws) enabled")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{WHO}: 4 checks fail")

    for key in iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
    systems.read("aws")
    page.reload()
    expect(verdict_of(page, "x.term.tokens_revoked")).to_contain_text(re.compile("Pass.*no active key or token"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{WHO}: 3 checks fail")

    iam.delete_login_profile(UserName=USER)
    systems.read("aws")
    page.reload()
    expect(verdict_of(page, "x.term.app_active")).to_contain_text(re.compile("Pass.*no account can be used any more"))
    # what stays is past and cannot be mended: the identity was disabled too late, and it was used after the end
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{WHO}: 2 checks fail")
    expect(verdict_of(page, "x.term.activity_after")).to_contain_text("used after the end")
    expect(row(page, "accounts", "open")).to_have_count(0)
