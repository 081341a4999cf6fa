"""The cast: Fernhill, whose programme this is, and Brackwater, the rival who must never see it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from compliance.members.models import Membership, User
from compliance.members.roles import Role
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor, ActorKind
from compliance.trail.names import ActionName


@contextmanager
def arranging(organization: Organization) -> Iterator[None]:
    """Scope and action for arranging data that no service makes."""
    with scope(organization.pk), action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        yield


@pytest.fixture
def arrange() -> Callable[[Organization], AbstractContextManager[None]]:
    """`with arrange(fernhill): …`"""
    return arranging


@pytest.fixture
def fernhill(db: None) -> Organization:
    """The service organization of the tests."""
    return Organization.objects.create(name="Fernhill", slug="fernhill", time_zone="Europe/Berlin", is_demo=True)


@pytest.fixture
def brackwater(db: None) -> Organization:
    """The rival."""
    return Organization.objects.create(name="Brackwater", slug="brackwater", is_demo=True)


def member(organization: Organization, name: str, role: Role) -> User:
    """A user with that role."""
    user = User.objects.create_user(f"{name.split()[0].lower()}@{organization.slug}.example", "a long enough password", name=name)
    with arranging(organization):
        Membership.objects.create(user=user, role=role)
    return user


@pytest.fixture
def marta(fernhill: Organization) -> User:
    """Admin of Fernhill."""
    return member(fernhill, "Marta Lindqvist", Role.ADMIN)


@pytest.fixture
def priya(fernhill: Organization) -> User:
    """Compliance manager of Fernhill."""
    return member(fernhill, "Priya Natarajan", Role.COMPLIANCE_MANAGER)


@pytest.fixture
def tom(fernhill: Organization) -> User:
    """Control owner of Fernhill."""
    return member(fernhill, "Tom Okafor", Role.CONTROL_OWNER)


@pytest.fixture
def vera(fernhill: Organization) -> User:
    """Viewer of Fernhill."""
    return member(fernhill, "Vera Holm", Role.VIEWER)


@pytest.fixture
def rival(brackwater: Organization) -> User:
    """Admin of Brackwater."""
    return member(brackwater, "Ruth Brack", Role.ADMIN)


def actor_of(user: User) -> Actor:
    """The actor that a request of that user carries."""
    return Actor(ActorKind.USER, user.name, user.pk)


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """A signed-in test client."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of the session: Playwright keeps a running loop in this thread, and a second one beside it is refused.

    The same thread asks the database, which Django would refuse beside a running loop.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("these tests look at the product in a browser: run bin/ensure-chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


SLOW_SECONDS = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests get more time than the others, unless they say how much."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))
