"""A list of five thousand rows, three of them bad, from the file to a renewed list: with the mouse, with the keys, and without scripts."""

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from compliance.members.services.operators import create_operator
from compliance.pipeline import finish_recorded
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from evidence.models import Stream, Subject
from tests.e2e.hands import PASSWORD, Keys, Mouse, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = 5000
BAD = {17: "3rd of May", 2040: "", 4999: '=HYPERLINK("http://evil.example")'}


def roster(bad=BAD):
    lines = ["Employee ID;Name;E-Mail;Hire Date;Last Day;Status"]
    for number in range(2, ROWS + 2):
        key, hired = f"E{number:05}", "01.02.2024"
        if number in bad:
            key, hired = (key, bad[number]) if bad[number] else ("", hired)
        lines.append(f"{key};Jörg {number};p{number}@fernhill.example;{hired};;Active")
    return ("\n".join(lines) + "\n").encode("windows-1252")


def file_of(name, data):
    return {"name": name, "mimeType": "text/csv", "buffer": data}


def at_home(page, fernhill_slug="fernhill"):
    create_operator(email="priya@fernhill.example", name="Priya Natarajan", password=PASSWORD)
    hand = Mouse(page)
    signed_in(hand, "priya@fernhill.example")
    hand.press(page.get_by_role("link", name="Create an organization"))
    hand.write(page.get_by_label("Name"), "Fernhill")
    hand.write(page.locator("#id_slug"), fernhill_slug)
    hand.press(page.get_by_role("button", name="Create it"))
    page.wait_for_url("**/fernhill/**")


def people():
    with scope(Organization.objects.get(slug="fernhill").pk):
        finish_recorded(datetime.now(UTC))
        return Subject.objects.filter(gone_at=None, stream__vendor="file").count()


def take_the_good_rows(hand):
    """Radios are one stop of Tab: with the keys, the arrow goes from one to the next."""
    if isinstance(hand, Keys):
        hand.pick(hand.page.get_by_label("Take nothing unless every row is good", exact=False))
        hand.page.keyboard.press("ArrowDown")
    else:
        hand.pick(hand.page.get_by_label("Take the good rows, leave the others out", exact=False))


@pytest.mark.parametrize("means", [Mouse, Keys])
def test_a_list_of_five_thousand_with_three_bad_rows(page, means):
    at_home(page)
    hand = means(page)
    page.goto("/fernhill/imports/")
    expect(page.get_by_role("heading", level=1)).to_have_text("No file was imported and nothing was pushed yet")
    hand.press(page.get_by_role("link", name="Bring a file"))
    page.locator("#id_file").set_input_files(file_of("roster.csv", roster()))
    hand.write(page.locator("#id_name"), "Payroll export")
    page.locator("#id_kind").select_option("person")
    hand.press(page.get_by_role("button", name="Bring it"))

    expect(page.get_by_role("heading", level=1)).to_have_text("What are the columns of roster.csv?")
    expect(page.get_by_text("the encoding is a guess")).to_be_visible()
    expect(page.get_by_text("Jörg 2", exact=False).first).to_be_visible()
    expect(page.get_by_label("Column for subject")).to_have_value("Employee ID")
    expect(page.get_by_label("Column for hired")).to_have_value("Hire Date")
    expect(page.get_by_label("How hired is written")).to_have_value("iso")  # three kinds of value stand there: nothing is suggested
    page.get_by_label("How hired is written").select_option("dmy.")
    page.get_by_label("What an empty last day means").select_option("none")
    hand.write(page.get_by_label("Keep this mapping as"), "Payroll")
    hand.press(page.get_by_role("button", name="Look at what comes of it"))

    expect(page.get_by_role("heading", level=1)).to_have_text("4,997 of 5,000 rows can be taken, 3 cannot")
    refused = page.locator("section[aria-labelledby=refused]")
    expect(refused.locator("tbody tr")).to_have_count(3)
    expect(refused.get_by_text("3rd of May")).to_be_visible()
    expect(refused.get_by_text("is empty; each row needs the key", exact=False)).to_be_visible()
    hand.press(page.get_by_role("button", name="Record as chosen"))
    expect(page.get_by_text("you chose to take all or nothing", exact=False).first).to_be_visible()
    assert people() == 0

    with page.expect_download() as saved:
        page.get_by_role("link", name="all as CSV").click()
    assert "'=HYPERLINK" in saved.value.path().read_text()

    take_the_good_rows(hand)
    hand.press(page.get_by_role("button", name="Record as chosen"))
    expect(page.get_by_role("heading", level=1)).to_have_text("4,997 rows recorded, 3 left out")
    assert people() == 4997
    hand.press(page.get_by_role("link", name="The list"))
    expect(page.get_by_text("Never whole")).to_be_visible()

    hand.press(page.get_by_role("link", name="Bring the next file"))
    expect(page.locator("#id_source option:checked")).to_have_text("Payroll export (Person)")
    page.locator("#id_file").set_input_files(file_of("roster.csv", roster({})))
    page.locator("#id_mapping").select_option(label="Payroll (Person)")
    hand.press(page.get_by_role("button", name="Bring it"))
    expect(page.get_by_label("How hired is written")).to_have_value("dmy.")
    hand.press(page.get_by_role("button", name="Look at what comes of it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("All 5,000 rows can be taken")
    hand.press(page.get_by_role("button", name="Record 5,000 rows"))
    expect(page.get_by_role("heading", level=1)).to_have_text("5,000 rows recorded")
    assert people() == 5000
    with scope(Organization.objects.get(slug="fernhill").pk):
        assert Stream.objects.get(vendor="file").observed_until is not None


def test_a_file_is_imported_without_scripts(browser, live_server, django_db_setup):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    at_home(page)
    page.goto("/fernhill/imports/new/")
    page.locator("#id_file").set_input_files(file_of("flaws.cdx.json", _bom()))
    page.locator("#id_name").fill("Scanner")
    page.locator("#id_kind").select_option("vulnerability")
    page.get_by_role("button", name="Bring it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All 1 rows can be taken")
    page.get_by_role("button", name="Record 1 rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 rows recorded")
    context.close()
    assert people() == 1


def _bom():
    flaw = {"id": "CVE-2026-1", "ratings": [{"severity": "high"}], "affects": [{"ref": "pkg:pypi/libfoo@1.2"}]}
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": [flaw]}).encode()
