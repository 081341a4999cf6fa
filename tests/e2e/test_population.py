"""From a draft to a frozen population to its sheet on paper, in a browser."""

import os
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.hashers import make_password

from compliance.tenancy.clock import now
from compliance.tenancy.scope import scope
from compliance.vault.services.sealing import seal_pending
from evidence.services.populations import freeze_due
from tests.e2e.hands import PASSWORD, Mouse, signed_in
from tests.evidence.looking import identity, look, member, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("POPULATION_PICTURES", "")


def shot(page, name):
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def sound(page):
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [each["id"] for each in found] == []


def test_a_manager_freezes_leavers_and_takes_the_sheet_home(fernhill, priya, page):
    priya.password = make_password(PASSWORD)
    priya.save(update_fields=["password"])
    with scope(fernhill.pk):
        today = now().date()
        start = now() - timedelta(days=20)
        left = (now() - timedelta(days=10)).date().isoformat()
        look(
            person("ada", last_day=left), person("ben", last_day=left), person("cleo", last_day=""), at=start, vendor="bamboohr", expected=3
        )
        look(identity("ada", enabled=False), identity("ben"), at=start, vendor="okta")
        look(member("ada"), at=start, expected=1)
    hand = Mouse(page)
    signed_in(hand, priya.email)
    page.goto("/fernhill/populations/")
    sound(page)
    shot(page, "list")
    hand.press(page.get_by_role("link", name="Leavers"))
    hand.date(page.get_by_label("First day"), start.date().isoformat())
    hand.date(page.get_by_label("Last day"), today.isoformat())
    hand.press(page.get_by_role("button", name="Show the draft"))
    page.get_by_role("heading", name="2 rows: leavers").wait_for()
    page.get_by_text("1 have a disabled identity; 1 differ").wait_for()
    sound(page)
    shot(page, "draft")
    hand.press(page.get_by_role("button", name="Freeze this population"))
    page.get_by_text("Being frozen").wait_for()
    with scope(fernhill.pk):
        (population,) = freeze_due(now=now())
        seal_pending(now=now())
    page.wait_for_url(f"**/populations/{population.pk}/**")
    page.get_by_role("heading", name=population.title).wait_for()
    sound(page)
    shot(page, "frozen")
    hand.press(page.get_by_role("link", name="Evidence sheet", exact=True))
    page.get_by_role("heading", name="How it was obtained, and whether it is all").wait_for()
    sound(page)
    shot(page, "sheet")
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Download receipt").click()
    assert Path(receipt.value.path()).read_bytes().startswith(b"c2sp.org/tlog-proof")
    with page.expect_download() as paper:
        page.get_by_role("link", name="One page PDF").click()
    document = pypdfium2.PdfDocument(Path(paper.value.path()).read_bytes())
    assert len(document) == 1 and population.title in document[0].get_textpage().get_text_range()
    if PICTURES:
        document[0].render(scale=2).to_pil().save(Path(PICTURES) / "paper.png")
    page.goto("/fernhill/history/")
    page.get_by_role("link", name="person of bamboohr").click()
    page.get_by_role("heading", name="3 were there").wait_for()
    sound(page)
    shot(page, "then")
