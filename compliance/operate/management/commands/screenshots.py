"""`manage.py screenshots`: pictures of the running demo's pages, into docs/screenshots."""

import re
import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

try:
    from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
except ImportError:  # installed for development only
    sync_playwright = None

ROOT = Path(__file__).resolve().parents[4]
VIEWER = "priya@fernhill.example"
HOME = "/fernhill/"
CHECK = "/fernhill/checks/aws.iam.console_user_mfa/"
PAGES = {
    "overview": HOME,
    "controls": "/fernhill/controls/",
    "control": "/fernhill/controls/AC-07/",
    "check": CHECK,
    "criteria": "/fernhill/criteria/",
    "connections": "/fernhill/connections/",
    "period": "/fernhill/period/",
    "work": "/fernhill/work/",
    "evidence": "/fernhill/evidence/",
    "populations": "/fernhill/populations/",
    "people": "/fernhill/people/",
}
MODES = (("light", 1440, 900), ("dark", 1440, 900), ("phone", 390, 844))
IN_EACH_MODE = ("overview", "controls", "control", "check", "period")
LIMIT = 150_000  # bytes of a picture
QUALITIES = (88, 80, 70, 60, 50)


class Command(BaseCommand):
    """Needs the demo running (make demo), the packages for development and a Chromium."""

    help = "Take pictures of the running demo's pages, wide in both themes and on a phone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the demo is and where the pictures go."""
        parser.add_argument("--address", default="", help="of the demo; without it, what the running demo wrote down")
        parser.add_argument("--output", default=str(ROOT / "docs" / "screenshots"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign in once, then one picture after the other."""
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if sync_playwright is None or chromium is None:
            raise CommandError("Pictures need Chromium and the packages for development: make install-dev, then bin/ensure-chromium.")
        address, password = options["address"] or _address(), _password()
        output = Path(options["output"])
        output.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            try:
                for name, size in _pictures(browser, address, password, output):
                    self.stdout.write(f"  {name}: {size // 1000} kB")
            except Error as error:
                raise CommandError(
                    f"The demo at {address} did not answer as expected: {error}. Is it running? make demo starts it."
                ) from error
            finally:
                browser.close()


def _pictures(browser: "Browser", address: str, password: str, output: Path) -> Iterator[tuple[str, int]]:
    state = _signed_in(browser, address, password)
    for mode, width, height in MODES:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, color_scheme="dark" if mode == "dark" else "light",
            reduced_motion="reduce", storage_state=state,
        )  # fmt: skip
        page = context.new_page()
        for name, path in {**PAGES, **_found(page)}.items():
            if mode == "light" or name in IN_EACH_MODE:
                page.goto(path)
                target = output / f"{name}-{mode}.jpg"
                yield target.name, _taken(page, target)
        context.close()


def _signed_in(browser: "Browser", address: str, password: str) -> Any:
    context: BrowserContext = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", VIEWER)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{HOME}")
    state = context.storage_state()
    context.close()
    return state


def _found(page: "Page") -> dict[str, str]:
    """Pages whose addresses the demo knows: a subject that fails, a connection."""
    found = {}
    for name, where, link in (("subject", CHECK, "td a, th a[href*='/subjects/']"), ("connection", "/fernhill/connections/", "tbody th a")):
        page.goto(where)
        first = page.query_selector(link)
        if first is not None:
            found[name] = first.get_attribute("href")
    return found


def _taken(page: "Page", target: Path) -> int:
    for quality in QUALITIES:
        picture = page.screenshot(type="jpeg", quality=quality)
        if len(picture) <= LIMIT:
            break
    target.write_bytes(picture)
    return len(picture)


def _address() -> str:
    written = settings.CONFIGURATION.var_dir / "address"
    if not written.is_file():
        raise CommandError("No demo is running here: start it with make demo, or name it with --address.")
    return re.sub(r"/$", "", written.read_text().strip())


def _password() -> str:
    logins = settings.CONFIGURATION.var_dir / "logins.txt"
    said = re.search(r"password: (.+)", logins.read_text()) if logins.is_file() else None
    if said is None:
        raise CommandError(f"{logins} is missing: pictures are taken of the demo, which writes it; start it with make demo.")
    return said[1].strip()
