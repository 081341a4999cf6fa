"""How a person works the pages: with the mouse, or with the keys alone; and what happens meanwhile behind them."""

from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Locator, Page

from compliance.pipeline import refresh
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.vault.services.sealing import seal_pending
from evidence.models import Run
from integrations.models import Connection
from integrations.services.probing import probe_connection

PASSWORD = "a long enough password"
TABS = 500


class Mouse:
    """Points and clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        """A button or a link."""
        target.click()

    def pick(self, box: Locator) -> None:
        """A check box."""
        box.check()

    def write(self, field: Locator, text: str) -> None:
        """Replace what a field holds."""
        field.fill(text)

    def date(self, field: Locator, day: str) -> None:
        """A day, as 2026-03-31."""
        field.fill(day)


class Keys(Mouse):
    """Never touches the mouse: goes to each thing with Tab."""

    def _go(self, target: Locator) -> None:
        target.wait_for()
        for _ in range(TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} is not reached by {TABS} presses of Tab")

    def press(self, target: Locator) -> None:
        """Enter on it."""
        self._go(target)
        self.page.keyboard.press("Enter")

    def pick(self, box: Locator) -> None:
        """Space on it."""
        self._go(box)
        self.page.keyboard.press("Space")

    def write(self, field: Locator, text: str) -> None:
        """Select all, type."""
        self._go(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def date(self, field: Locator, day: str) -> None:
        """In the order of the browser's language (English of the United States)."""
        self._go(field)
        year, month, of_month = day.split("-")
        self.page.keyboard.type(f"{month}{of_month}{year}")


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def signed_in(hand: Mouse, email: str) -> None:
    """Through the form."""
    hand.page.goto("/accounts/login/")
    hand.write(hand.page.get_by_label("E-mail address"), email)
    hand.write(hand.page.get_by_label("Password"), PASSWORD)
    hand.press(hand.page.get_by_role("button", name="Sign in"))
    hand.page.wait_for_url(lambda url: "/accounts/login" not in url)


def proven(slug: str) -> dict[str, Any]:
    """What a worker does when a draft is saved."""
    with scope(Organization.objects.get(slug=slug).pk):
        return probe_connection(Connection.objects.get().pk)


def observed(slug: str) -> Run | None:
    """What a worker does when a connection is due; the log is sealed too."""
    with scope(Organization.objects.get(slug=slug).pk):
        run = refresh(Connection.objects.get().pk, beat=False)
        seal_pending(now=now())
        return run


def person_with_console(iam: Any, name: str, *, second_factor: bool) -> None:
    """Someone who can sign in to the account."""
    iam.create_user(UserName=name)
    iam.create_login_profile(UserName=name, Password="a Long 1 password!")
    if second_factor:
        give_second_factor(iam, name)


def give_second_factor(iam: Any, name: str) -> None:
    """Enrol a device."""
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName=name, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")


def lose_second_factor(iam: Any, name: str) -> None:
    """Deactivate the device."""
    for device in iam.list_mfa_devices(UserName=name)["MFADevices"]:
        iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
