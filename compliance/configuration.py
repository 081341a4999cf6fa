"""Reading of the environment: every setting an operator can give, checked once, before anything starts.

Django-free on purpose: ``settings.py``, the engine that starts the embedded servers and ``doctor`` read the same object.
Each setting ``NAME`` can also be given as ``NAME_FILE``, the path of a file that holds the value (container secrets).
``docs/operator/configuration.md`` lists them for operators.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from compliance.seal.cosignature import CosignatureError, WitnessKey
from compliance.seal.timestamp import TimestampError, read_authorities
from compliance.vault.lock import LockRule, WrongLock

CHECKOUT = Path(__file__).resolve().parent.parent
DATABASE_NAME = "plumbline"
OWNER_ROLE = "plumbline_owner"
APPLICATION_ROLE = "plumbline_app"
DEFAULT_PORT = 8000
SECRET_LENGTH = 32
# sun_path holds 108 bytes on Linux and 104 on macOS, ending NUL included; the smaller one is safe on both.
SOCKET_PATH_LIMIT = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"
CREATORS = ("operator", "anyone")
HOST = re.compile(r"^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$")
CONNECTOR = re.compile(r"[a-z][a-z0-9_]{0,29}(==[A-Za-z0-9][A-Za-z0-9.+!_-]{0,39})?")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message is one sentence that says what to set."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A PostgreSQL address taken apart; ``host`` is empty or a folder for a Unix socket."""

    name: str
    user: str
    password: str
    host: str
    port: int | None
    options: tuple[tuple[str, str], ...] = ()

    def as_django(self) -> dict[str, object]:
        """The entries of Django's ``DATABASES`` that name server, database and login (without ENGINE)."""
        return {
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": str(self.port or ""),
            "OPTIONS": dict(self.options),
        }

    def as_libpq(self) -> dict[str, object]:
        """Keyword arguments for ``psycopg2.connect``."""
        given = {"dbname": self.name, "user": self.user, "password": self.password, "host": self.host, "port": self.port}
        return {key: value for key, value in given.items() if value} | dict(self.options)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the operator decides, read and checked. Build it with :meth:`from_environment`."""

    database_url: str
    database_admin_url: str | None
    redis_url: str
    blob_store_url: str
    s3_endpoint_url: str | None
    s3_region: str | None
    s3_access_key_id: str | None
    s3_secret_access_key: str | None
    clamd_url: str | None
    tsa_url: str | None
    tsa_ca: str | None
    tsa_every_minutes: int
    witness_urls: tuple[str, ...]
    witness_keys: tuple[str, ...]
    smtp_url: str | None
    mail_from: str
    secret_keys: tuple[str, ...]
    public_url: str
    port: int
    allowed_hosts: tuple[str, ...]
    who_may_create_organizations: str
    outgoing_allow: tuple[str, ...]
    connectors_allowed: tuple[str, ...]
    sandbox_urls: tuple[tuple[str, str], ...]
    debug: bool
    var_dir: Path
    embedded_database: bool
    embedded_redis: bool
    port_was_chosen: bool
    public_url_was_chosen: bool

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Configuration:
        """Read and check all settings.

        Where DATABASE_URL or REDIS_URL is absent, the address of the embedded server under VAR_DIR is filled in and its
        passwords are generated once (``VAR_DIR/secrets``, mode 0600).

        Raises :class:`ConfigurationError` at the first setting that is missing or wrong.
        """
        given = _Given(os.environ if environ is None else environ)
        var_dir = _var_dir(given)
        database, admin, redis = given.text("DATABASE_URL"), given.text("DATABASE_ADMIN_URL"), given.text("REDIS_URL")
        embedded_database, embedded_redis = database is None, redis is None
        _check_database_urls(database, admin)
        if redis is not None:
            _url("REDIS_URL", redis, ("redis", "rediss", "unix"))
        port = _port(given)
        public_url = _public_url(given, port, required=not embedded_database)
        plain = {
            "blob_store_url": _blob_store_url(given, var_dir, required=not embedded_database),
            "s3_endpoint_url": _optional_url(given, "S3_ENDPOINT_URL", ("http", "https")),
            "s3_region": given.text("S3_REGION"),
            "s3_access_key_id": given.text("S3_ACCESS_KEY_ID"),
            "s3_secret_access_key": given.text("S3_SECRET_ACCESS_KEY"),
            "clamd_url": _optional_url(given, "CLAMD_URL", ("tcp", "unix")),
            **_countersigners(given),
            "smtp_url": _optional_url(given, "SMTP_URL", ("smtp", "smtps")),
            "mail_from": _mail_from(given, public_url),
            "allowed_hosts": _allowed_hosts(given, public_url, loopback=embedded_database),
            "who_may_create_organizations": _creators(given),
            "outgoing_allow": _outgoing_allow(given),
            "connectors_allowed": _connectors_allowed(given),
            "sandbox_urls": _sandbox_urls(given),
            "debug": _flag(given, "DEBUG"),
            "port_was_chosen": given.text("PORT") is not None,
            "public_url_was_chosen": given.text("PUBLIC_URL") is not None,
        }
        # Only now, with every given value checked, are secrets written to disk.
        secret_keys = _secret_keys(given, var_dir, required=not embedded_database)
        return cls(
            database_url=database or embedded_database_url(var_dir, APPLICATION_ROLE),
            database_admin_url=embedded_database_url(var_dir, OWNER_ROLE) if embedded_database else admin,
            redis_url=redis or embedded_redis_url(var_dir),
            secret_keys=secret_keys,
            public_url=public_url,
            port=port,
            var_dir=var_dir,
            embedded_database=embedded_database,
            embedded_redis=embedded_redis,
            **plain,
        )

    @property
    def witnesses(self) -> tuple[tuple[str, WitnessKey], ...]:
        """Submission prefix and key of each witness that is asked to cosign checkpoints."""
        return tuple((url, WitnessKey.from_vkey(key)) for url, key in zip(self.witness_urls, self.witness_keys, strict=True))

    @property
    def database(self) -> DatabaseAddress:
        """The application role's login."""
        return parse_database_url(self.database_url)

    @property
    def database_owner(self) -> DatabaseAddress | None:
        """The owner's login (migrations only), or None where this process must not have it."""
        return parse_database_url(self.database_admin_url) if self.database_admin_url else None

    @property
    def broker_url(self) -> str:
        """REDIS_URL as Celery spells it: Celery writes a Unix socket as ``redis+socket://``, the Redis client as ``unix://``."""
        parts = urlsplit(self.redis_url)
        if parts.scheme != "unix":
            return self.redis_url
        database = dict(parse_qsl(parts.query)).get("db", "0")
        login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        return f"redis+socket://{login}{parts.path}?virtual_host={database}"

    @property
    def mail_directory(self) -> Path | None:
        """Where the local mail sink keeps messages; None where SMTP_URL names a real server."""
        return self.var_dir / "mail" if self.smtp_url is None else None

    @property
    def mail_sink_port(self) -> int | None:
        """Loopback port of the running local mail sink; None when it has never been started or SMTP_URL is set."""
        return None if self.smtp_url else read_port(self.var_dir / "run" / "mailsink.port")

    def environment(self, *, owner: bool) -> dict[str, str]:
        """These settings as environment variables for a child process; without the owner's login unless ``owner``."""
        given = {
            "DATABASE_URL": self.database_url,
            "DATABASE_ADMIN_URL": self.database_admin_url if owner else None,
            "REDIS_URL": self.redis_url,
            "BLOB_STORE_URL": self.blob_store_url,
            "S3_ENDPOINT_URL": self.s3_endpoint_url,
            "S3_REGION": self.s3_region,
            "S3_ACCESS_KEY_ID": self.s3_access_key_id,
            "S3_SECRET_ACCESS_KEY": self.s3_secret_access_key,
            "CLAMD_URL": self.clamd_url,
            "TSA_URL": self.tsa_url,
            "TSA_CA": self.tsa_ca,
            "TSA_EVERY_MINUTES": str(self.tsa_every_minutes) if self.tsa_url else None,
            "WITNESS_URLS": ",".join(self.witness_urls),
            "WITNESS_KEYS": ",".join(self.witness_keys),
            "SMTP_URL": self.smtp_url,
            "MAIL_FROM": self.mail_from,
            "SECRET_KEYS": ",".join(self.secret_keys),
            "PUBLIC_URL": self.public_url,
            "PORT": str(self.port),
            "ALLOWED_HOSTS": ",".join(self.allowed_hosts),
            "WHO_MAY_CREATE_ORGANIZATIONS": self.who_may_create_organizations,
            "OUTGOING_ALLOW": ",".join(self.outgoing_allow),
            "CONNECTORS_ALLOWED": ",".join(self.connectors_allowed),
            "SANDBOX_URLS": ",".join(f"{vendor}={url}" for vendor, url in self.sandbox_urls),
            "DEBUG": "1" if self.debug else "0",
            "VAR_DIR": str(self.var_dir),
        }
        return {name: value for name, value in given.items() if value}


SETTING_NAMES = (
    "DATABASE_URL",
    "DATABASE_ADMIN_URL",
    "REDIS_URL",
    "BLOB_STORE_URL",
    "S3_ENDPOINT_URL",
    "S3_REGION",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "CLAMD_URL",
    "TSA_URL",
    "TSA_CA",
    "TSA_EVERY_MINUTES",
    "WITNESS_URLS",
    "WITNESS_KEYS",
    "SMTP_URL",
    "MAIL_FROM",
    "SECRET_KEYS",
    "PUBLIC_URL",
    "PORT",
    "ALLOWED_HOSTS",
    "WHO_MAY_CREATE_ORGANIZATIONS",
    "OUTGOING_ALLOW",
    "CONNECTORS_ALLOWED",
    "SANDBOX_URLS",
    "DEBUG",
    "VAR_DIR",
)


def parse_database_url(url: str, name: str = "DATABASE_URL") -> DatabaseAddress:
    """Take ``postgresql://user:password@host:port/database?option=value`` apart.

    A Unix socket is written as in libpq: ``postgresql://user:password@/database?host=/folder``.
    Raises :class:`ConfigurationError` naming the setting ``name``.
    """
    _url(name, url, ("postgres", "postgresql"))
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise ConfigurationError(f"{name} names no database: set it to postgresql://user:password@host:5432/database.")
    if not parts.username:
        raise ConfigurationError(f"{name} names no user: set it to postgresql://user:password@host:5432/database.")
    port = _explicit_port(name, parts) or (int(options.pop("port")) if options.get("port", "").isdigit() else None)
    return DatabaseAddress(database, unquote(parts.username), unquote(parts.password or ""), host, port, tuple(sorted(options.items())))


def embedded_database_url(var_dir: Path, role: str) -> str:
    """Address of the embedded PostgreSQL under ``var_dir`` for ``role``, over its socket where the path is short enough."""
    login = f"{role}:{quote(stored_secret(var_dir, role), safe='')}"
    folder = var_dir / "run"
    if fits_socket(folder / POSTGRES_SOCKET):
        return f"postgresql://{login}@/{DATABASE_NAME}?{urlencode({'host': str(folder)})}"
    port = read_port(folder / "postgres.port") or 5432
    return f"postgresql://{login}@127.0.0.1:{port}/{DATABASE_NAME}"


def embedded_redis_url(var_dir: Path) -> str:
    """Address of the embedded Redis under ``var_dir``, over its socket where the path is short enough."""
    socket = var_dir / "run" / "redis.sock"
    if fits_socket(socket):
        return f"unix://{quote(str(socket))}?db=0"
    port = read_port(var_dir / "run" / "redis.port") or 6379
    return f"redis://:{stored_secret(var_dir, 'redis')}@127.0.0.1:{port}/0"


def fits_socket(path: Path) -> bool:
    """Whether the kernel accepts ``path`` as the address of a Unix socket."""
    return len(os.fsencode(path)) <= SOCKET_PATH_LIMIT


def read_port(path: Path) -> int | None:
    """The port number a running server left in ``path``; None where there is none."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        return None
    return int(text) if text.isdigit() else None


def stored_secret(var_dir: Path, name: str) -> str:
    """The secret ``name`` under ``var_dir/secrets``, generated on first use (64 hex digits, mode 0600).

    Two processes that ask at once get the same one. Raises :class:`ConfigurationError` where the folder cannot be written.
    """
    folder = var_dir / "secrets"
    path = folder / name
    try:
        if path.exists():
            return path.read_text().strip()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(SECRET_LENGTH) + "\n")
        try:
            os.link(draft, path)  # fails where another process was first: then its secret counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"The folder {folder} cannot be used ({error.strerror}): set VAR_DIR to a folder this user can write."
        ) from error


class _Given:
    """The environment, where an empty value counts as absent and ``NAME_FILE`` stands in for ``NAME``."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str | None:
        value = self._environ.get(name, "").strip()
        path = self._environ.get(f"{name}_FILE", "").strip()
        if value and path:
            raise ConfigurationError(f"Both {name} and {name}_FILE are set: keep one of them.")
        if not path:
            return value or None
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{name}_FILE names {path}, which cannot be read: set it to a readable text file.") from error
        if not content:
            raise ConfigurationError(f"{name}_FILE names {path}, which is empty: write the value of {name} into it.")
        return content

    def items(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in (self.text(name) or "").split(",") if part.strip())


def _var_dir(given: _Given) -> Path:
    chosen = given.text("VAR_DIR")
    return Path(chosen).expanduser().absolute() if chosen else default_var_dir(CHECKOUT)


def default_var_dir(checkout: Path) -> Path:
    """``var`` inside the checkout; for root with a checkout closed to others (root's home), a folder in ``/var/lib``.

    Root's embedded servers run as another user, who must be able to pass every folder on the way to their data.
    """
    if os.geteuid() != 0 or all(folder.stat().st_mode & stat.S_IXOTH for folder in (checkout, *checkout.parents)):
        return checkout / "var"
    return Path("/var/lib") / f"plumbline-{hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]}"


def _url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise ConfigurationError(f"{name} is not an address: set it to {wanted}.") from error
    if parts.scheme not in schemes:
        raise ConfigurationError(f"{name} has the wrong kind of address: set it to {wanted}.")
    if parts.scheme not in ("file", "unix", "postgres", "postgresql") and not parts.hostname:
        raise ConfigurationError(f"{name} names no host: set it to {wanted}.")
    _explicit_port(name, parts)
    return value


def _explicit_port(name: str, parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise ConfigurationError(f"{name} has a wrong port: set a number from 1 to 65535.") from error


def _optional_url(given: _Given, name: str, schemes: tuple[str, ...]) -> str | None:
    value = given.text(name)
    return None if value is None else _url(name, value, schemes)


def _countersigners(given: _Given) -> dict[str, Any]:
    """The time-stamping authority and the witnesses that checkpoints are shown to."""
    tsa_url, tsa_ca = _optional_url(given, "TSA_URL", ("https", "http")), given.text("TSA_CA")
    if tsa_ca is not None:
        if tsa_url is None:
            raise ConfigurationError("TSA_CA is set but TSA_URL is not: set the address of the time-stamping authority, or remove TSA_CA.")
        try:
            read_authorities(tsa_ca)
        except TimestampError as error:
            raise ConfigurationError("TSA_CA holds no certificate: set TSA_CA_FILE to a PEM file of the authority's root.") from error
    urls = tuple(_url("WITNESS_URLS", each, ("https", "http")).rstrip("/") for each in given.items("WITNESS_URLS"))
    return {
        "tsa_url": tsa_url, "tsa_ca": tsa_ca, "tsa_every_minutes": _tsa_every_minutes(given), "witness_urls": urls,
        "witness_keys": _witness_keys(given, len(urls)),
    }  # fmt: skip


def _tsa_every_minutes(given: _Given) -> int:
    value = given.text("TSA_EVERY_MINUTES") or "60"
    if not (value.isascii() and value.isdigit() and len(value) <= 5 and 1 <= int(value) <= 10080):
        raise ConfigurationError(f"TSA_EVERY_MINUTES is {value!r}: set it to a number from 1 to 10080.")
    return int(value)


def _witness_keys(given: _Given, urls: int) -> tuple[str, ...]:
    keys = given.items("WITNESS_KEYS")
    if len(keys) != urls:
        raise ConfigurationError(
            f"WITNESS_KEYS has {len(keys)} and WITNESS_URLS {urls} entries: set one key for each address, in the same order."
        )
    try:
        names = [WitnessKey.from_vkey(key).name for key in keys]
    except CosignatureError as error:
        raise ConfigurationError(
            f"WITNESS_KEYS has a wrong key ({error}): set keys as the witness publishes them, name+id+base64."
        ) from error
    if len(set(names)) != len(names):
        raise ConfigurationError("WITNESS_KEYS names the same witness twice: keep each once.")
    return keys


def _sandbox_urls(given: _Given) -> tuple[tuple[str, str], ...]:
    """`vendor=url` pairs, separated by commas."""
    pairs = []
    for each in (given.text("SANDBOX_URLS") or "").split(","):
        if not each.strip():
            continue
        vendor, sign, url = each.strip().partition("=")
        if not sign or not vendor.isalnum():
            raise ConfigurationError(f"SANDBOX_URLS says {each.strip()!r}: write vendor=address, as in aws=http://127.0.0.1:9000.")
        pairs.append((vendor, _url("SANDBOX_URLS", url, ("http", "https"))))
    return tuple(pairs)


def _check_database_urls(database: str | None, admin: str | None) -> None:
    if database is None:
        if admin is not None:
            raise ConfigurationError("DATABASE_ADMIN_URL is set but DATABASE_URL is not: set both, or neither to use the embedded server.")
        return
    application = parse_database_url(database, "DATABASE_URL")
    if admin is None:
        return
    owner = parse_database_url(admin, "DATABASE_ADMIN_URL")
    if owner.name != application.name:
        raise ConfigurationError(
            f"DATABASE_ADMIN_URL names the database {owner.name} and DATABASE_URL names {application.name}: set both to the same database."
        )
    if owner.user == application.user:
        raise ConfigurationError(
            f"DATABASE_URL and DATABASE_ADMIN_URL both log in as {owner.user}: set DATABASE_URL to a role that owns nothing."
        )


def _port(given: _Given) -> int:
    value = given.text("PORT")
    if value is None:
        return DEFAULT_PORT
    if not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ConfigurationError(f"PORT is {value!r}: set it to a number from 1 to 65535.")
    return int(value)


def _public_url(given: _Given, port: int, *, required: bool) -> str:
    value = given.text("PUBLIC_URL")
    if value is None:
        if required:
            raise ConfigurationError("PUBLIC_URL is missing: set it to the address people type, such as https://plumbline.example.com.")
        return f"http://127.0.0.1:{port}"
    parts = urlsplit(_url("PUBLIC_URL", value, ("http", "https")))
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ConfigurationError("PUBLIC_URL has more than scheme, host and port: set it to something like https://plumbline.example.com.")
    return value.rstrip("/")


def _blob_store_url(given: _Given, var_dir: Path, *, required: bool) -> str:
    value = given.text("BLOB_STORE_URL")
    if value is None:
        if required:
            raise ConfigurationError("BLOB_STORE_URL is missing: set it to file:///a/folder/that/is/backed/up or s3://bucket/prefix.")
        return (var_dir / "blobs").as_uri()
    return checked_blob_store_url(value)


def checked_blob_store_url(value: str) -> str:
    """The address, where it names a place for blobs. Raises :class:`ConfigurationError`."""
    parts = urlsplit(_url("BLOB_STORE_URL", value, ("file", "s3")))
    if parts.scheme == "file" and (parts.netloc or not parts.path.strip("/")):
        raise ConfigurationError("BLOB_STORE_URL names no folder: set it to file:/// and an absolute path.")
    if parts.scheme == "file" and parts.query:
        raise ConfigurationError("BLOB_STORE_URL has options, which a folder does not know: set it to file:/// and an absolute path.")
    try:
        LockRule.from_query(parts.query)
    except WrongLock as error:
        raise ConfigurationError(str(error)) from error
    return value


def _mail_from(given: _Given, public_url: str) -> str:
    value = given.text("MAIL_FROM")
    if value is None:
        host = urlsplit(public_url).hostname or "localhost"
        return f"Plumbline <plumbline@{'localhost' if _is_address(host) else host}>"
    if "@" not in value or "\n" in value or "\r" in value:
        raise ConfigurationError(f"MAIL_FROM is {value!r}: set it to an e-mail address such as plumbline@example.com.")
    return value


def _secret_keys(given: _Given, var_dir: Path, *, required: bool) -> tuple[str, ...]:
    keys = given.items("SECRET_KEYS")
    if not keys:
        if required:
            raise ConfigurationError(
                "SECRET_KEYS is missing: set it to at least one random value, "
                'such as python -c "import secrets; print(secrets.token_hex(32))" prints.'
            )
        return (stored_secret(var_dir, "secret_keys"),)
    for position, key in enumerate(keys, start=1):
        if len(key) < SECRET_LENGTH:
            raise ConfigurationError(f"Key {position} of SECRET_KEYS has {len(key)} characters: set keys of at least {SECRET_LENGTH}.")
    if len(set(keys)) != len(keys):
        raise ConfigurationError("SECRET_KEYS names the same key twice: keep each key once, the current one first.")
    return keys


def _allowed_hosts(given: _Given, public_url: str, *, loopback: bool) -> tuple[str, ...]:
    hosts = given.items("ALLOWED_HOSTS")
    for host in hosts:
        if host != "*" and "/" in host:
            raise ConfigurationError(f"ALLOWED_HOSTS has {host!r}: set host names without scheme or path, separated by commas.")
    if hosts:
        return hosts
    own = urlsplit(public_url).hostname or "localhost"
    return tuple(dict.fromkeys([own, "localhost", "127.0.0.1", "[::1]"])) if loopback else (own,)


def _creators(given: _Given) -> str:
    value = given.text("WHO_MAY_CREATE_ORGANIZATIONS") or "operator"
    if value not in CREATORS:
        raise ConfigurationError(f"WHO_MAY_CREATE_ORGANIZATIONS is {value!r}: set it to {' or '.join(CREATORS)}.")
    return value


def _outgoing_allow(given: _Given) -> tuple[str, ...]:
    entries = given.items("OUTGOING_ALLOW")
    for entry in entries:
        if not _is_network(entry) and not HOST.match(entry):
            raise ConfigurationError(
                f"OUTGOING_ALLOW has {entry!r}: set host names, addresses or networks such as 10.20.0.0/16, separated by commas."
            )
    return entries


def _connectors_allowed(given: _Given) -> tuple[str, ...]:
    """Connectors of other packages that may be loaded, `key` or `key==version`."""
    entries = given.items("CONNECTORS_ALLOWED")
    for entry in entries:
        if not CONNECTOR.fullmatch(entry):
            raise ConfigurationError(f"CONNECTORS_ALLOWED has {entry!r}: set connectors as acme or acme==1.2.0, separated by commas.")
    return entries


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _flag(given: _Given, name: str) -> bool:
    value = (given.text(name) or "").lower()
    if value not in TRUE | FALSE:
        raise ConfigurationError(f"{name} is {value!r}: set it to 1 or 0.")
    return value in TRUE
