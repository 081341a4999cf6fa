"""Settings are read once, completely, and a wrong one is answered with a sentence that says what to set."""

import os
import threading
from pathlib import Path

import pytest

from compliance.configuration import (
    CHECKOUT,
    SETTING_NAMES,
    SOCKET_PATH_LIMIT,
    Configuration,
    ConfigurationError,
    default_var_dir,
    parse_database_url,
    stored_secret,
)

KEY = "k" * 32
WITNESS = "witness.example/w1+7e136b5c+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
AUTHORITY = """-----BEGIN CERTIFICATE-----
MIIBXTCCAQSgAwIBAgIUXHWfx+jNjR/obAyT9sxTjClo73AwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCQ0EwHhcNMjYxMTI0MjI0NjI0WhcNMjYxMjI0MjI0NjI0WjAN
MQswCQYDVQQDDAJDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABL6sPcZAVFNJ
MD7Dddv3bc6AcGL/OLsw+qwv/8dUVEV+5Otcpr1FMCxdD59NrJsCQhNoZ2fqCbqe
RzSKSVJuST6jQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMB0G
A1UdDgQWBBSgB6Q3q8QNcshxqpaD8piauQdQGzAKBggqhkjOPQQDAgNHADBEAiAW
4lE4s1ExKhTrRxgSQv8D9C4KLPCi6QhCSqgaKQQ1iQIgMB6QY+BxQbQ5cQonj1I1
uhR9VjXPAnL2kGViTEofUFs=
-----END CERTIFICATE-----"""
OWN_SERVERS = {
    "DATABASE_URL": "postgresql://plumbline_app:pa%40ss@db.fernhill.example:5433/soc2?sslmode=require",
    "DATABASE_ADMIN_URL": "postgresql://plumbline_owner:secret@db.fernhill.example:5433/soc2",
    "REDIS_URL": "rediss://:secret@redis.fernhill.example:6380/2",
    "BLOB_STORE_URL": "s3://fernhill-evidence/plumbline",
    "SECRET_KEYS": KEY,
    "PUBLIC_URL": "https://soc2.fernhill.example",
}


def own(tmp_path: Path, **changes: str | None) -> Configuration:
    environ = OWN_SERVERS | {"VAR_DIR": str(tmp_path)} | changes
    return Configuration.from_environment({name: value for name, value in environ.items() if value is not None})


def test_an_empty_environment_means_embedded_servers_under_var(tmp_path):
    configuration = Configuration.from_environment({"VAR_DIR": str(tmp_path)})
    assert configuration.embedded_database and configuration.embedded_redis
    assert configuration.database.user == "plumbline_app"
    assert configuration.database.host == str(tmp_path / "run")
    assert configuration.database_owner.user == "plumbline_owner"
    assert configuration.redis_url == f"unix://{tmp_path}/run/redis.sock?db=0"
    assert configuration.broker_url == f"redis+socket://{tmp_path}/run/redis.sock?virtual_host=0"
    assert configuration.blob_store_url == f"file://{tmp_path}/blobs"
    assert configuration.public_url == "http://127.0.0.1:8000"
    assert configuration.allowed_hosts == ("127.0.0.1", "localhost", "[::1]")
    assert configuration.mail_directory == tmp_path / "mail"
    assert configuration.who_may_create_organizations == "operator"
    assert configuration.debug is False


def test_generated_secrets_are_kept_private_and_stay_the_same(tmp_path):
    first = Configuration.from_environment({"VAR_DIR": str(tmp_path)})
    second = Configuration.from_environment({"VAR_DIR": str(tmp_path)})
    assert first == second
    assert len(first.secret_keys[0]) == 64
    assert first.database.password != first.database_owner.password
    files = list((tmp_path / "secrets").iterdir())
    assert {file.name for file in files} == {"plumbline_app", "plumbline_owner", "secret_keys"}
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
    assert oct((tmp_path / "secrets").stat().st_mode & 0o777) == "0o700"


def test_processes_that_ask_for_a_secret_at_once_get_the_same_one(tmp_path):
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(stored_secret(tmp_path, "shared"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 1
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["shared"]


def test_a_path_too_long_for_a_socket_falls_back_to_loopback(tmp_path):
    deep = tmp_path / ("d" * SOCKET_PATH_LIMIT)
    (deep / "run").mkdir(parents=True)
    (deep / "run" / "postgres.port").write_text("40001\n")
    (deep / "run" / "redis.port").write_text("40002\n")
    configuration = Configuration.from_environment({"VAR_DIR": str(deep)})
    assert (configuration.database.host, configuration.database.port) == ("127.0.0.1", 40001)
    assert configuration.redis_url.endswith("@127.0.0.1:40002/0")
    assert configuration.broker_url == configuration.redis_url


def test_own_servers_are_taken_as_given(tmp_path):
    configuration = own(tmp_path)
    assert not configuration.embedded_database and not configuration.embedded_redis
    assert configuration.database.as_django() == {
        "NAME": "soc2",
        "USER": "plumbline_app",
        "PASSWORD": "pa@ss",
        "HOST": "db.fernhill.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    assert configuration.database_owner.user == "plumbline_owner"
    assert configuration.allowed_hosts == ("soc2.fernhill.example",)
    assert configuration.mail_from == "Plumbline <plumbline@soc2.fernhill.example>"
    assert not (tmp_path / "secrets").exists()


def test_every_setting_can_come_from_a_file(tmp_path):
    given = OWN_SERVERS | {
        "S3_ENDPOINT_URL": "https://s3.fernhill.example",
        "S3_REGION": "eu-central-1",
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "CLAMD_URL": "unix:///run/clamav/clamd.ctl",
        "TSA_URL": "https://tsa.fernhill.example/",
        "TSA_CA": AUTHORITY,
        "TSA_EVERY_MINUTES": "15",
        "WITNESS_URLS": "https://witness.example/w1",
        "WITNESS_KEYS": WITNESS,
        "SMTP_URL": "smtps://user:pass@mail.fernhill.example:465",
        "MAIL_FROM": "SOC 2 <soc2@fernhill.example>",
        "PORT": "8443",
        "ALLOWED_HOSTS": "soc2.fernhill.example",
        "WHO_MAY_CREATE_ORGANIZATIONS": "anyone",
        "OUTGOING_ALLOW": "10.20.0.0/16,ghes.fernhill.example",
        "CONNECTORS_ALLOWED": "acme,lumen==1.2.0",
        "SANDBOX_URLS": "aws=http://127.0.0.1:9000,github=http://127.0.0.1:9001",
        "DEBUG": "yes",
        "VAR_DIR": str(tmp_path / "var"),
    }
    assert set(given) == set(SETTING_NAMES)
    files = {}
    for name, value in given.items():
        (tmp_path / name).write_text(value + "\n")
        files[f"{name}_FILE"] = str(tmp_path / name)
    assert Configuration.from_environment(files) == Configuration.from_environment(given)


def test_a_child_gets_the_same_settings_and_the_owner_only_when_asked(tmp_path):
    configuration = own(tmp_path, SMTP_URL="smtp://mail.fernhill.example", OUTGOING_ALLOW="127.0.0.1", S3_REGION="eu-central-1")
    child = Configuration.from_environment(configuration.environment(owner=True))
    assert (child.database_url, child.database_admin_url) == (configuration.database_url, configuration.database_admin_url)
    assert child.outgoing_allow == ("127.0.0.1",)
    assert child.secret_keys == configuration.secret_keys
    assert "DATABASE_ADMIN_URL" not in configuration.environment(owner=False)
    assert Configuration.from_environment(configuration.environment(owner=False)).database_owner is None


def test_a_child_of_an_embedded_start_cannot_fall_back_to_the_owners_login(tmp_path):
    configuration = Configuration.from_environment({"VAR_DIR": str(tmp_path)})
    child = Configuration.from_environment(configuration.environment(owner=False))
    assert child.database_url == configuration.database_url
    assert child.database_owner is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DATABASE_URL": "mysql://u:p@h/d"}, "DATABASE_URL has the wrong kind of address: set it to postgres://… or postgresql://…."),
        ({"DATABASE_URL": "postgresql://u:p@h:notaport/d"}, "DATABASE_URL has a wrong port: set a number from 1 to 65535."),
        (
            {"DATABASE_URL": "postgresql://u:p@h/"},
            "DATABASE_URL names no database: set it to postgresql://user:password@host:5432/database.",
        ),
        ({"DATABASE_URL": "postgresql://h/d"}, "DATABASE_URL names no user: set it to postgresql://user:password@host:5432/database."),
        ({"DATABASE_URL": None}, "DATABASE_ADMIN_URL is set but DATABASE_URL is not: set both, or neither to use the embedded server."),
        (
            {"DATABASE_ADMIN_URL": "postgresql://plumbline_owner:x@db/other"},
            "DATABASE_ADMIN_URL names the database other and DATABASE_URL names soc2: set both to the same database.",
        ),
        (
            {"DATABASE_ADMIN_URL": "postgresql://plumbline_app:x@db/soc2"},
            "DATABASE_URL and DATABASE_ADMIN_URL both log in as plumbline_app: set DATABASE_URL to a role that owns nothing.",
        ),
        ({"REDIS_URL": "http://redis"}, "REDIS_URL has the wrong kind of address: set it to redis://… or rediss://… or unix://…."),
        ({"REDIS_URL": "redis://"}, "REDIS_URL names no host: set it to redis://… or rediss://… or unix://…."),
        ({"BLOB_STORE_URL": None}, "BLOB_STORE_URL is missing: set it to file:///a/folder/that/is/backed/up or s3://bucket/prefix."),
        ({"BLOB_STORE_URL": "file://blobs"}, "BLOB_STORE_URL names no folder: set it to file:/// and an absolute path."),
        (
            {"BLOB_STORE_URL": "file:///srv/blobs?lock=governance"},
            "BLOB_STORE_URL has options, which a folder does not know: set it to file:/// and an absolute path.",
        ),
        (
            {"BLOB_STORE_URL": "s3://bucket/p?lock=forever&retain_days=9"},
            "BLOB_STORE_URL has a wrong lock: set lock=governance or lock=compliance, or leave lock and retain_days out.",
        ),
        (
            {"BLOB_STORE_URL": "s3://bucket/p?lock=compliance"},
            "BLOB_STORE_URL has a wrong retain_days: set a number from 1 to 36,500 (2555 are seven years).",
        ),
        (
            {"BLOB_STORE_URL": "s3://bucket/p?lok=compliance"},
            "BLOB_STORE_URL has the unknown option 'lok': set lock and retain_days, or none.",
        ),
        ({"CLAMD_URL": "http://scanner:3310"}, "CLAMD_URL has the wrong kind of address: set it to tcp://… or unix://…."),
        ({"TSA_URL": "tsa.example"}, "TSA_URL has the wrong kind of address: set it to https://… or http://…."),
        (
            {"TSA_URL": "https://tsa.example", "TSA_CA": "x"},
            "TSA_CA holds no certificate: set TSA_CA_FILE to a PEM file of the authority's root.",
        ),
        (
            {"TSA_CA": AUTHORITY},
            "TSA_CA is set but TSA_URL is not: set the address of the time-stamping authority, or remove TSA_CA.",
        ),
        (
            {"TSA_URL": "https://tsa.example", "TSA_EVERY_MINUTES": "0"},
            "TSA_EVERY_MINUTES is '0': set it to a number from 1 to 10080.",
        ),
        (
            {"WITNESS_URLS": "https://w.example"},
            "WITNESS_KEYS has 0 and WITNESS_URLS 1 entries: set one key for each address, in the same order.",
        ),
        (
            {"WITNESS_URLS": "https://w.example", "WITNESS_KEYS": WITNESS.replace("+", "x+", 1)},
            "WITNESS_KEYS has a wrong key (the id in the witness key is not that of the key: it has been damaged or renamed): "
            "set keys as the witness publishes them, name+id+base64.",
        ),
        ({"BLOB_STORE_URL": "gs://bucket"}, "BLOB_STORE_URL has the wrong kind of address: set it to file://… or s3://…."),
        ({"SMTP_URL": "mail.fernhill.example"}, "SMTP_URL has the wrong kind of address: set it to smtp://… or smtps://…."),
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM is 'nobody': set it to an e-mail address such as plumbline@example.com."),
        ({"SECRET_KEYS": f"{KEY},short"}, "Key 2 of SECRET_KEYS has 5 characters: set keys of at least 32."),
        ({"SECRET_KEYS": f"{KEY},{KEY}"}, "SECRET_KEYS names the same key twice: keep each key once, the current one first."),
        ({"PUBLIC_URL": None}, "PUBLIC_URL is missing: set it to the address people type, such as https://plumbline.example.com."),
        (
            {"PUBLIC_URL": "https://fernhill.example/soc2"},
            "PUBLIC_URL has more than scheme, host and port: set it to something like https://plumbline.example.com.",
        ),
        ({"PORT": "http"}, "PORT is 'http': set it to a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT is '70000': set it to a number from 1 to 65535."),
        (
            {"ALLOWED_HOSTS": "https://soc2.fernhill.example/"},
            "ALLOWED_HOSTS has 'https://soc2.fernhill.example/': set host names without scheme or path, separated by commas.",
        ),
        ({"WHO_MAY_CREATE_ORGANIZATIONS": "me"}, "WHO_MAY_CREATE_ORGANIZATIONS is 'me': set it to operator or anyone."),
        (
            {"OUTGOING_ALLOW": "10.0.0.0/8,http://x"},
            "OUTGOING_ALLOW has 'http://x': set host names, addresses or networks such as 10.20.0.0/16, separated by commas.",
        ),
        (
            {"CONNECTORS_ALLOWED": "acme,../evil"},
            "CONNECTORS_ALLOWED has '../evil': set connectors as acme or acme==1.2.0, separated by commas.",
        ),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps': set it to 1 or 0."),
        ({"SECRET_KEYS_FILE": "/nowhere"}, "Both SECRET_KEYS and SECRET_KEYS_FILE are set: keep one of them."),
        (
            {"SECRET_KEYS": None, "SECRET_KEYS_FILE": "/nowhere"},
            "SECRET_KEYS_FILE names /nowhere, which cannot be read: set it to a readable text file.",
        ),
    ],
)
def test_a_wrong_setting_is_answered_with_one_sentence(tmp_path, changes, sentence):
    with pytest.raises(ConfigurationError) as told:
        own(tmp_path, **changes)
    assert str(told.value) == sentence


def test_missing_secret_keys_say_how_to_make_one(tmp_path):
    with pytest.raises(ConfigurationError, match=r"^SECRET_KEYS is missing: .*token_hex\(32\)"):
        own(tmp_path, SECRET_KEYS=None)


def test_an_empty_file_is_not_an_empty_value(tmp_path):
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigurationError, match="which is empty: write the value of REDIS_URL into it"):
        own(tmp_path, REDIS_URL=None, REDIS_URL_FILE=str(tmp_path / "empty"))


def test_an_error_never_repeats_a_password(tmp_path):
    for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "SMTP_URL", "BLOB_STORE_URL"):
        with pytest.raises(ConfigurationError) as told:
            own(tmp_path, **{name: "nonsense://user:hunter2@host:x/"})
        assert "hunter2" not in str(told.value)


def test_a_socket_address_is_written_as_in_libpq():
    address = parse_database_url("postgresql://plumbline_app:p@/soc2?host=%2Frun%2Fpostgres&port=5434")
    assert (address.host, address.port, address.name) == ("/run/postgres", 5434, "soc2")
    assert address.as_libpq() == {"dbname": "soc2", "user": "plumbline_app", "password": "p", "host": "/run/postgres", "port": 5434}


def test_var_stays_in_the_checkout_where_everyone_may_pass():
    assert default_var_dir(Path("/usr")) == Path("/usr/var")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes into another user for the servers")
def test_root_with_a_closed_checkout_keeps_var_elsewhere(tmp_path):
    closed = tmp_path / "home" / "plumbline"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    place = default_var_dir(closed)
    assert place.parent == Path("/var/lib")
    assert place == default_var_dir(closed)
    assert place != default_var_dir(closed.parent)


def test_the_operators_page_names_every_setting():
    page = (CHECKOUT / "docs" / "operator" / "configuration.md").read_text()
    assert [name for name in SETTING_NAMES if f"`{name}`" not in page] == []
