"""From the first sign-in to the first control that is met, as a new user goes."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from compliance.members.services.operators import create_operator
from tests.e2e.hands import PASSWORD, Keys, Mouse, now, observed, person_with_console, proven, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("means", [Mouse, Keys])
def test_from_the_first_sign_in_to_the_first_green_control(page, aws, iam, means):
    person_with_console(iam, "ada", second_factor=True)
    create_operator(email="priya@fernhill.example", name="Priya Natarajan", password=PASSWORD)
    hand = means(page)
    signed_in(hand, "priya@fernhill.example")

    hand.press(page.get_by_role("link", name="Create an organization"))
    hand.write(page.get_by_label("Name"), "Fernhill")
    hand.write(page.get_by_label("Short name", exact=False).or_(page.locator("#id_slug")).first, "fernhill")
    hand.press(page.get_by_role("button", name="Create it"))
    page.wait_for_url(re.compile("/fernhill/"))
    page.goto("/fernhill/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Three steps to the first green control")

    hand.press(page.get_by_role("link", name="Choose days"))
    hand.write(page.get_by_label("Name"), "First year")
    hand.date(page.locator("#id_first_day"), f"{now() - timedelta(days=30):%Y-%m-%d}")
    hand.date(page.locator("#id_last_day"), f"{now() + timedelta(days=150):%Y-%m-%d}")
    hand.press(page.get_by_role("button", name="Add the period"))
    expect(page.get_by_role("heading", level=1)).to_have_text("1 observation period")

    page.goto("/fernhill/")
    hand.press(page.get_by_role("link", name="Open the library"))
    hand.pick(page.get_by_label("Pick AC-07"))
    hand.press(page.get_by_role("button", name="Adopt the selected").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 1 controls need you")

    page.goto("/fernhill/connections/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is connected, so nothing is observed")
    hand.press(page.get_by_role("link", name="Connect Amazon Web Services"))
    hand.write(page.get_by_label("Access key ID"), "AKIATEST")
    hand.write(page.get_by_label("Secret access key"), "test")
    hand.write(page.get_by_label("Regions to read"), "us-east-1")
    hand.write(page.get_by_label("Endpoint"), aws.url)
    hand.press(page.get_by_role("button", name="Save and prove it"))
    expect(page.get_by_role("heading", name="Proving the credential")).to_be_visible()
    expect(page.get_by_role("button", name="Start reading")).to_have_count(0)

    assert proven("fernhill")["state"] == "ok"
    expect(page.get_by_text("Proven", exact=True)).to_be_visible()
    hand.press(page.get_by_role("button", name="Start reading"))
    expect(page.get_by_role("button", name="Observe now")).to_be_visible()

    assert observed("fernhill").outcome == "complete"
    page.goto("/fernhill/controls/AC-07/")
    expect(page.locator(".answer .health--met")).to_be_visible()
    page.goto("/fernhill/controls/")
    expect(page.get_by_role("heading", level=1)).to_have_text("All 1 controls are met or have nothing due")
