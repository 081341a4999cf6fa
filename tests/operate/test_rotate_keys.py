"""After `rotate_keys` the old key can go: everything opens with the new one alone, and a second run finds nothing to do."""

import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from compliance.members.adapter import SecondFactorAdapter
from compliance.members.models import User
from compliance.operate.scale.history import PAGE, PAGE_DIGEST, look
from compliance.operate.scale.population import Population
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import OPERATOR
from compliance.trail.models import Entry
from compliance.vault.encryption import CannotDecrypt, decrypt
from compliance.vault.models import LogKey
from compliance.vault.selectors.blobs import read_blob
from compliance.vault.services.blobs import _keep_blobs
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.streams import store_file
from compliance.vault.store import blob_name, open_store
from integrations.models import Credential
from integrations.registry import load_connector
from integrations.services.connections import create_connection
from integrations.services.credentials import reveal_secrets

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OLD, NEW = "old key of forty characters 0123456789ab", "new key of forty characters ba9876543210"
TOKEN = "ghp_" + "x" * 36


@pytest.fixture
def keys(settings):
    before = settings.CONFIGURATION.secret_keys

    def use(*secret_keys):
        object.__setattr__(settings.CONFIGURATION, "secret_keys", secret_keys)

    yield use
    use(*before)


@pytest.fixture
def furnished(keys):
    """Fernhill with a credential, a raw page, a log and Marta's second factor, all under the old key."""
    keys(OLD)
    organization = Organization.objects.create(name="Fernhill", slug="fernhill", time_zone="Europe/Berlin")
    with scope(organization.pk):
        connection = create_connection(
            actor=OPERATOR, vendor="github", name="GitHub", vendor_settings=load_connector("github").SETTINGS,
            given={"organization": "fernhill", "token": TOKEN}, external_id="", now=NOW,
        )  # fmt: skip
        look(Population(3, NOW), uuid.uuid4(), NOW + timedelta(hours=1), evaluate=False)
        seal_pending(now=NOW + timedelta(hours=2))
    marta = User.objects.create_user("marta@fernhill.example", "a long enough password", name="Marta Lindqvist")
    Authenticator.objects.create(user=marta, type="totp", data={"secret": SecondFactorAdapter().encrypt("JBSWY3DP")})
    return organization, connection


def rotate():
    said = io.StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def opens(organization, connection):
    with scope(organization.pk):
        assert reveal_secrets(connection)["token"] == TOKEN
        assert read_blob(PAGE_DIGEST) == PAGE
        assert decrypt(organization.pk, "log key", bytes(LogKey.objects.get().ciphertext)).startswith(b"PRIVATE+KEY+")
    assert SecondFactorAdapter().decrypt(Authenticator.objects.get().data["secret"]) == "JBSWY3DP"


def test_after_turning_everything_opens_with_the_new_key_alone(furnished, keys):
    keys(NEW, OLD)
    said = rotate()
    for what in ("1 credentials", "1 log keys", "1 raw responses and files", "1 second factors"):
        assert what in said
    keys(NEW)
    opens(*furnished)
    with scope(furnished[0].pk):
        entry = Entry.objects.get(name="organization.keys_rotated")
        assert (entry.detail["credentials"], entry.detail["raw responses and files"]) == (1, 1)
        assert TOKEN not in json.dumps(entry.detail)


def test_a_second_run_finds_nothing_to_do_and_says_nothing_on_the_trail(furnished, keys):
    keys(NEW, OLD)
    rotate()
    assert rotate().startswith("0 sealed anew")
    with scope(furnished[0].pk):
        assert Entry.objects.filter(name="organization.keys_rotated").count() == 1


def test_without_the_old_key_it_stops_and_goes_on_when_the_key_is_back(furnished, keys):
    organization, connection = furnished
    keys(NEW)
    with pytest.raises(CommandError, match="can be started again"):
        rotate()
    with scope(organization.pk), pytest.raises(CannotDecrypt):
        decrypt(organization.pk, "credential", bytes(Credential.objects.get().ciphertext))
    keys(NEW, OLD)
    rotate()
    keys(NEW)
    opens(organization, connection)


def test_a_large_file_is_sealed_anew_in_its_pieces(furnished, keys, arrange):
    organization, _connection = furnished
    report = b"Penetration test of March, page by page.\n" * 30_000
    with scope(organization.pk):
        stored = store_file(io.BytesIO(report), limit=len(report))
    with arrange(organization):
        _keep_blobs({stored.digest: stored.size}, "application/pdf")
    keys(NEW, OLD)
    assert "2 raw responses and files sealed anew" in rotate()
    assert rotate().startswith("0 sealed anew")
    keys(NEW)
    with scope(organization.pk):
        assert read_blob(stored.digest) == report
    lying = open_store().get(blob_name(organization.pk, bytes.fromhex(stored.digest)))
    assert lying.startswith(b"PL2")
