"""A person brings evidence in a browser: dropped on a control, seen in the library, looked at, renewed, found."""

import base64

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect

from compliance.members.models import Membership
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.services.tasks import open_task
from controls.models import ItemLink
from controls.services.adoption import adopt_controls
from evidence.models import Item
from tests.e2e.hands import PASSWORD, Mouse, signed_in
from tests.evidence.library import brought, pdf, png

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DROP = """(target, files) => {
  const carried = new DataTransfer();
  for (const [name, type, data] of files) {
    carried.items.add(new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], name, { type }));
  }
  target.dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer: carried }));
  target.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: carried }));
}"""
PASTE = """(data) => {
  const carried = new DataTransfer();
  carried.items.add(new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], "image.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: carried }));
}"""


def carried(name, media_type, data):
    return [name, media_type, base64.b64encode(data).decode()]


@pytest.fixture
def home(fernhill, tom):
    tom.password = make_password(PASSWORD)
    tom.save(update_fields=["password"])
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=timezone.now())
    return fernhill


def test_files_are_dropped_on_a_control_seen_renewed_and_found(page, home):
    signed_in(Mouse(page), "tom@fernhill.example")
    page.goto("/fernhill/controls/AC-07/")
    zone = page.locator("#evidence-panel .drop__zone")
    expect(zone).to_be_visible()
    page.get_by_label("What they show there").fill("Minutes of the review")
    files = [
        carried("q2_access-review.pdf", "application/pdf", pdf("Reviewed by Okonkwo")),
        carried("shot.png", "image/png", b"no picture"),
        carried("big.txt", "text/plain", b"line\n" * 1_100_000),
    ]
    zone.evaluate(DROP, files)
    lines = page.locator("#evidence-panel [data-upload-files] li")
    expect(lines.nth(0)).to_contain_text("In the library")
    expect(lines.nth(1)).to_contain_text("The name says PNG picture, but the content is text")
    expect(lines.nth(2)).to_contain_text("In the library")
    expect(page.locator("#evidence-panel-rows tbody tr")).to_have_count(2)
    page.evaluate(PASTE, base64.b64encode(png()).decode())
    expect(page.locator("#evidence-panel-rows tbody tr")).to_have_count(3)
    zone.evaluate(DROP, files[:1])
    expect(lines.nth(4)).to_contain_text("The same file is in the library already, as “Q2 access review”")
    with scope(home.pk):
        assert set(Item.objects.values_list("title", flat=True)) >= {"Q2 access review", "Big"}
        assert ItemLink.objects.filter(reason="Minutes of the review").count() == 3
        assert Item.objects.get(title="Big").size == 5_500_000

    page.goto("/fernhill/evidence/")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 items, none overdue")
    page.get_by_label("Search evidence").fill("okonkwo")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#items tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Q2 access review").click()
    shown = page.locator(".seen__page")
    expect(shown).to_be_visible()
    assert shown.evaluate("each => each.complete && each.naturalWidth > 100") or shown.evaluate("each => each.decode().then(() => true)")

    page.get_by_text("Add a version").first.click()
    page.locator("#version-file").set_input_files({"name": "q3.pdf", "mimeType": "application/pdf", "buffer": pdf("Third quarter")})
    page.get_by_role("button", name="Add the version").click()
    expect(page.locator("section[aria-labelledby=versions] [data-upload-files]")).to_contain_text("In the library")
    page.reload()
    expect(page.locator("section[aria-labelledby=versions] tbody tr")).to_have_count(2)
    expect(page.locator(".answer__kicker")).to_contain_text("version 2 of 2")


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_on_pages_of_the_library(browser, live_server, home, theme, width):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
    )
    page = context.new_page()
    signed_in(Mouse(page), "tom@fernhill.example")
    page.goto("/fernhill/evidence/add/?control=AC-07")
    page.locator("#id_file").set_input_files({"name": "review.csv", "mimeType": "text/csv", "buffer": b"name,mfa\nada,=1+1\n"})
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("[data-upload-files]")).to_contain_text("In the library")
    found = []
    with scope(home.pk):
        item = Item.objects.get()
    for path in (
        "evidence/",
        "evidence/add/",
        "evidence/add/link/",
        "evidence/add/statement/",
        f"evidence/{item.pk}/",
        f"evidence/{item.pk}/edit/",
        "controls/AC-07/",
    ):
        page.goto(f"/fernhill/{path}")
        page.wait_for_load_state("networkidle")
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [(path, one["id"], one["nodes"][0]["html"][:200]) for one in violations]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "wider than the window", ""))
    context.close()
    assert found == []


def test_a_file_that_is_in_the_library_already_is_linked_to_a_task_where_it_was_dropped(page, home, tom):
    with scope(home.pk):
        brought("Renewed plan", b"renewed\n", "plan.txt")
        task = open_task(actor=SYSTEM, title="Renew the plan", owner=Membership.objects.get(user=tom), due_at=None, now=timezone.now())
    signed_in(Mouse(page), "tom@fernhill.example")
    page.goto(f"/fernhill/tasks/{task.pk}/")
    page.locator("#evidence-panel .drop__zone").evaluate(DROP, [carried("plan.txt", "text/plain", b"renewed\n")])
    page.get_by_role("button", name="Link it to this task").click()
    expect(page.locator("#evidence-panel-rows tbody tr")).to_have_count(1)
    with scope(home.pk):
        assert (ItemLink.objects.get().task_id, Item.objects.count()) == (task.pk, 1)
