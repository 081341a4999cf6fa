"""A small Okta: Jonas and Marta administer it, Tom has no second factor, Ola has left; apps, policies and a log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.sandbox.clock import Clock
from integrations.sandbox.okta.estate import furnish
from integrations.sandbox.okta.server import Running, running
from integrations.sandbox.okta.state import State
from integrations.vendors.okta.permissions import all_scopes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "00martaReadsEverything"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def small(clock: Clock | None = None) -> State:
    """The organization as of the clock, at noon unless said."""
    made = State(subdomain="fernhill", clock=clock or Clock(NOON), created=datetime(2024, 1, 8, tzinfo=UTC))
    lately = made.clock.now() - timedelta(days=3)
    marta = made.add_user("marta", "Marta Lindqvist", roles=["SUPER_ADMIN"], factors=("push", "webauthn"), last_login=lately)
    jonas = made.add_user("jonas", "Jonas Weber", through=["SUPER_ADMIN"], employee_number="E0056", last_login=lately)
    tom = made.add_user("tom", "Tom Okafor", factors=(), last_login=lately, user_type="Employee")
    made.add_user("ola", "Ola Nord", status="DEPROVISIONED", factors=(), last_login=lately - timedelta(days=97))
    made.add_group("platform", [tom, jonas])
    made.add_group("it", [jonas])
    furnish(made)
    made.add_ssws(TOKEN, "Reader", marta)
    return made


@pytest.fixture
def state() -> State:
    return small()


@pytest.fixture
def twin(state: State) -> Iterator[Running]:
    with running(state) as served:
        yield served


def as_app(twin: Running, *without: str) -> dict:
    """Settings and secrets of a service app that was granted all scopes but some."""
    client = twin.state.add_client("Plumbline", PUBLIC, set(all_scopes()) - set(without))
    return {"settings": {"client_id": client.id}, "secrets": {"private_key": PEM}}
