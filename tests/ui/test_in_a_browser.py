"""The interface in a real Chromium: keys, focus, live regions, and axe in both themes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import interface_only

pytestmark = pytest.mark.slow

PAGES = ("styleguide", "list", "blank", "auth", "public", "plain", "audit", "error")


class Server(ThreadingMixIn, WSGIServer):
    """Loopback only, one thread per request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, *arguments: object) -> None:
        """Keep the test's output readable."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with interface_only():
        server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), Server, Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda message: troubles.append(message.text) if "Content Security Policy" in message.text else None)
    yield opened
    context.close()
    assert troubles == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
def test_axe_finds_nothing(browser, address, name, theme, width):
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    page.goto(f"/{name}/")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_out_of_the_page_at_any_width(page, name):
    page.goto(f"/{name}/")
    for width in (360, 390, 640, 768, 1024, 1280, 1440, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_palette_goes_to_a_control_by_keys_alone(page):
    page.goto("/list/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator(".palette__item")).to_have_count(3)
    page.keyboard.type("multi")
    expect(page.locator(".palette__item")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".palette__item")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reached/")


def test_the_palette_closes_on_escape_and_hostile_answers_stay_words(page):
    page.goto("/list/")
    page.locator("[data-palette]").click()
    hostile = page.locator(".palette__item", has_text="onerror")
    expect(hostile).to_be_visible()
    assert page.locator("#palette img").count() == 0
    assert hostile.get_attribute("href") == "#"
    page.keyboard.type("nothing like this")
    expect(page.locator(".palette__empty")).to_contain_text("nothing like this")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("[data-palette]")).to_be_focused()


def test_rows_are_walked_selected_and_acted_on_by_keys(page):
    page.goto("/list/")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("#row-1")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("2 selected")
    assert page.locator("[data-pick-all]").evaluate("box => box.indeterminate") is True
    page.keyboard.press("k")
    expect(page.locator("#row-1")).to_be_focused()
    page.locator("[data-bulk-clear]").click()
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()


def test_keys_do_nothing_while_one_types(page):
    page.goto("/list/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jkx?")
    expect(page.locator("#q")).to_have_value("jkx?")
    expect(page.locator("#help")).to_be_hidden()


def test_help_lists_the_keys(page):
    page.goto("/list/")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_an_act_with_consequences_is_done_only_after_yes(page):
    page.goto("/list/")
    page.locator("[data-pick]").first.check()
    page.locator("#waive").click()
    expect(page.locator("#confirm")).to_contain_text("They are shown as waived.")
    page.keyboard.press("Escape")
    assert page.url.endswith("/list/")
    page.locator("#waive").click()
    page.locator("[data-confirm-yes]").click()
    page.wait_for_url("**/done/")


def test_the_side_panel_opens_beside_the_list_and_gives_focus_back(page):
    page.goto("/list/")
    page.locator("#row-2").click()
    expect(page.locator("#side-panel")).to_be_visible()
    expect(page.locator("#side-panel")).to_contain_text("Multi-factor authentication")
    expect(page.locator("#side-panel")).to_be_focused()
    assert page.locator("tr.is-open #row-2").count() == 1
    page.keyboard.press("Escape")
    expect(page.locator("#side-panel")).to_be_hidden()
    expect(page.locator("#row-2")).to_be_focused()


def test_an_act_in_place_is_announced_and_can_be_undone(page):
    page.goto("/list/")
    page.locator("#assign").click()
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Assigned to Tom Okafor")
    with page.expect_request("**/undo/") as sent:
        toast.get_by_role("button", name="Undo").click()
    assert sent.value.method == "POST" and sent.value.headers["x-csrftoken"]


def test_a_broken_act_says_what_is_safe_and_carries_the_id(page):
    page.goto("/list/")
    page.locator("#break").click()
    expect(page.locator(".toast--failed")).to_contain_text("This step was not saved")
    expect(page.locator(".toast--failed")).to_contain_text("7F3A-19C2")


def test_a_refused_form_is_swapped_in_and_its_summary_takes_the_focus(page):
    page.goto("/list/")
    page.locator("#id_reason").fill("Phones")
    page.locator("#send").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_ends")).to_be_focused()


def test_the_theme_is_kept_from_the_first_paint(page):
    page.emulate_media(color_scheme="light")
    page.goto("/list/")
    page.locator("[data-theme-toggle]").click()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    dark = page.evaluate(ground)
    page.goto("/auth/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(ground) == dark
    page.locator("[data-theme-toggle]").click()
    page.locator("[data-theme-toggle]").click()
    assert page.evaluate("document.documentElement.dataset.theme ?? 'system'") == "system"


def test_menus_open_and_close_by_keys(page):
    page.goto("/list/")
    page.locator(".me__open").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Your account")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".me__open")).to_be_focused()
    expect(page.get_by_role("link", name="Your account")).to_be_hidden()


def test_without_script_everything_is_still_there(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto("/list/")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    expect(page.locator("[data-palette]")).to_be_hidden()
    page.locator(".me__open").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    context.close()


def test_today_stands_at_one_x_on_the_whole_page(page):
    page.goto("/list/")
    xs = page.locator(".today-line").evaluate_all("lines => lines.map(line => Math.round(line.getBoundingClientRect().left))")
    assert len(xs) == 2 and max(xs) - min(xs) <= 1
    scale, strip = (page.locator(css).first.bounding_box() for css in (".ruler__svg", ".td-strip .strip"))
    assert abs(scale["x"] - strip["x"]) <= 1 and abs(scale["width"] - strip["width"]) <= 1
