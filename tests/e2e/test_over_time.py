"""What happens to a programme that runs: a connection breaks and recovers, a second factor is lost, and every page can look back."""

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.models import Problem
from controls.models import Check
from controls.services.adoption import adopt_controls
from evidence.models import Subject
from integrations.models import Connection
from integrations.registry import load_connector
from integrations.services.connections import create_connection, start_connection
from tests.e2e.hands import PASSWORD, Mouse, lose_second_factor, now, observed, person_with_console, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CHECK = "/fernhill/checks/aws.iam.console_user_mfa/"


@pytest.fixture
def hand(page, fernhill, priya, aws, iam):
    """Priya before a programme of AC-07 that has read the account of Ada and Ben once; both have a second factor."""
    priya.password = make_password(PASSWORD)
    priya.save(update_fields=["password"])
    for name in ("ada", "ben"):
        person_with_console(iam, name, second_factor=True)
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=now())
        connection = create_connection(
            actor=SYSTEM, vendor="aws", name="Production", vendor_settings=load_connector("aws").SETTINGS, external_id="", now=now(),
            given={"access_key_id": "AKIATEST", "secret_access_key": "test", "endpoint_url": aws.url, "regions": "us-east-1"},
        )  # fmt: skip
        start_connection(actor=SYSTEM, connection=connection, now=now())
    observed("fernhill")
    hand = Mouse(page)
    signed_in(hand, "priya@fernhill.example")
    return hand


def heading(page):
    return page.get_by_role("heading", level=1)


def test_a_connection_breaks_and_recovers(hand, page, aws, fernhill):
    page.goto("/fernhill/controls/AC-07/")
    expect(page.locator(".answer .health--met")).to_be_visible()

    aws.faults.add("sts:GetCallerIdentity", "expired", times=10)
    observed("fernhill")
    with scope(fernhill.pk):
        assert Problem.objects.filter(resolved_at=None).count() == 1
    page.goto("/fernhill/")
    problem = page.locator(".callout", has_text="Production cannot be read: the credential is refused")
    expect(problem).to_have_count(1)
    page.goto("/fernhill/connections/")
    expect(heading(page)).to_have_text("1 of 1 connections cannot be read")
    page.goto("/fernhill/controls/AC-07/")
    expect(page.locator(".answer")).not_to_contain_text("Failing")

    aws.faults.clear()
    page.goto("/fernhill/connections/")
    page.get_by_role("link", name="Production").click()
    expect(page.get_by_text("Production cannot be read: the credential is refused")).to_be_visible()
    page.get_by_label("Access key ID").fill("AKIANEW")
    page.get_by_label("Secret access key").fill("new")
    page.get_by_role("button", name="Save and try it").click()
    page.wait_for_load_state()
    observed("fernhill")
    with scope(fernhill.pk):
        assert Connection.objects.get().state == "active"
        assert not Problem.objects.filter(resolved_at=None).exists()
    page.goto("/fernhill/controls/AC-07/")
    expect(page.locator(".answer .health--met")).to_be_visible()
    page.goto("/fernhill/connections/")
    expect(heading(page)).to_have_text("1 connection, all readable")


def test_a_lost_permission_is_one_problem_that_names_how_many_checks_it_blinds_and_ends_by_itself(hand, page, aws, fernhill):
    for operation in ("iam:GenerateCredentialReport", "iam:GetCredentialReport"):
        aws.faults.add(operation, "denied", times=50)
    observed("fernhill")
    with scope(fernhill.pk):
        assert Problem.objects.filter(resolved_at=None).count() == 1
    page.goto("/fernhill/")
    problem = page.locator(".callout", has_text="Production lacks permissions")
    expect(problem).to_contain_text(re.compile(r"[1-9]\d* checks? cannot be relied upon"))
    page.goto("/fernhill/controls/AC-07/")
    expect(page.locator(".answer")).to_contain_text("Not observed")
    page.goto(CHECK)
    expect(page.locator(".answer")).to_contain_text("could not be read: iam:GenerateCredentialReport answered AccessDenied")
    expect(page.locator(".answer .health--met")).to_have_count(0)

    aws.faults.clear()
    observed("fernhill")
    page.goto("/fernhill/")
    expect(page.locator(".callout")).to_have_count(0)
    page.goto("/fernhill/controls/AC-07/")
    expect(page.locator(".answer .health--met")).to_be_visible()


def test_a_lost_second_factor_is_followed_to_its_proof_and_waived(hand, page, iam):
    lose_second_factor(iam, "ben")
    observed("fernhill")
    page.goto("/fernhill/controls/AC-07/")
    expect(page.locator(".answer .health--failed")).to_be_visible()
    expect(page.locator(".answer")).to_contain_text("“Every IAM user with a console password has a second factor” fails.")
    page.get_by_role("link", name="Open the check").click()
    expect(page.get_by_role("row", name=re.compile("ben"))).to_contain_text("can sign in to the console without a second factor")
    expect(page.locator("#subjects-section")).not_to_contain_text("ada")

    page.get_by_role("link", name="ben", exact=True).click()
    expect(heading(page)).to_have_text("ben")
    with page.expect_download() as proof:
        page.get_by_role("region", name="Where it comes from").get_by_role("link", name="Download receipt").click()
    assert proof.value.suggested_filename.endswith(".tlog-proof")
    assert "c2sp.org/tlog-proof" in proof.value.path().read_text()
    page.get_by_role("link", name=re.compile("Open the raw answer")).first.click()
    expect(heading(page)).to_contain_text("Raw answer behind ben")
    expect(page.locator("main")).to_contain_text("GetCredentialReportResponse")

    page.goto(CHECK)
    page.locator("#subject").select_option(label="ben")
    page.get_by_label("Waived until").fill(f"{now() + timedelta(days=20):%Y-%m-%d}")
    page.locator("#why").fill("Ben waits for the new key")
    page.get_by_role("button", name="Grant the waiver").click()
    expect(page.locator(".answer")).to_contain_text("Failing, waived")
    page.goto("/fernhill/controls/")
    expect(page.get_by_role("row", name=re.compile("AC-07"))).to_contain_text("waived")
    expect(page.locator(".answer")).to_contain_text("1 more fail under an approved waiver")


def test_every_page_shows_the_state_of_then(hand, page, iam, fernhill):
    healthy = now()
    time.sleep(1.1)  # the report says in whole seconds when it was made: one of the same second would lie before `healthy`
    lose_second_factor(iam, "ben")
    observed("fernhill")
    with scope(fernhill.pk):
        ben = Subject.objects.get(name="ben", stream__kind="account").pk
        assert Check.objects.get(check_id="aws.iam.console_user_mfa").failing == 1
    then = f"?at={healthy:%Y-%m-%dT%H:%M:%S.%fZ}"
    for path, present, past in (
        ("/fernhill/", "1 of 1 controls need you", "No control needs you"),
        ("/fernhill/controls/", "1 of 1 controls need you", "All 1 controls are met or have nothing due"),
        ("/fernhill/controls/AC-07/", "Failing", "Met"),
        (CHECK, "Failing", "Passing"),
    ):
        page.goto(path)
        expect(page.locator(".answer")).to_contain_text(present)
        page.goto(path + then)
        expect(page.locator(".answer")).to_contain_text(past)
        expect(page.get_by_text("Back to now")).to_be_visible()
    page.goto(f"/fernhill/subjects/{ben}/")
    expect(page.locator("pre").first).to_contain_text('"mfa": false')
    page.goto(f"/fernhill/subjects/{ben}/{then}")
    expect(page.locator("pre").first).to_contain_text('"mfa": true')
    expect(page.locator("main")).not_to_contain_text("without a second factor")
