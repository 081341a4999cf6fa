"""Settings that are formally right and still wrong."""

import ipaddress
import stat
from collections.abc import Iterator
from urllib.parse import urlsplit

from compliance.configuration import Configuration
from compliance.operate.diagnosis.finding import Finding, fail, ok, warn

FEWEST_DIFFERENT_CHARACTERS = 10
WIDEST_NETWORK = 2**24  # addresses: a /8 of IPv4
METADATA = ipaddress.ip_address("169.254.169.254")


def look_at_settings(configuration: Configuration) -> Iterator[Finding]:
    """Secret keys, addresses, debugging, ways out."""
    yield _secret_keys(configuration)
    yield _secret_files(configuration)
    yield _public_url(configuration)
    yield _allowed_hosts(configuration)
    yield _debug(configuration)
    yield _outgoing(configuration)


def _secret_keys(configuration: Configuration) -> Finding:
    for position, key in enumerate(configuration.secret_keys, start=1):
        if len(set(key)) < FEWEST_DIFFERENT_CHARACTERS:
            return fail(
                "secret keys",
                f"key {position} of SECRET_KEYS has only {len(set(key))} different characters",
                "Put a random key in front, made with python -c 'import secrets; print(secrets.token_hex(32))'.",
            )
    count = len(configuration.secret_keys)
    return ok("secret keys", "one key" if count == 1 else f"{count} keys, the first one signs and encrypts")


def _secret_files(configuration: Configuration) -> Finding:
    folder = configuration.var_dir / "secrets"
    if not folder.exists():
        return ok("secret files", "none, secrets come from the environment")
    open_files = [file.name for file in folder.iterdir() if stat.S_IMODE(file.stat().st_mode) & 0o077]
    if open_files:
        return fail("secret files", f"other users can read {', '.join(sorted(open_files))}", f"Run chmod 600 {folder}/*.")
    return ok("secret files", f"{folder}, readable by their owner only")


def _public_url(configuration: Configuration) -> Finding:
    parts = urlsplit(configuration.public_url)
    if parts.scheme == "https":
        return ok("public address", configuration.public_url)
    if _is_local(parts.hostname or ""):
        return ok("public address", f"{configuration.public_url}, reachable from this machine only")
    return fail(
        "public address",
        f"{configuration.public_url} sends passwords and cookies in the clear",
        "Put a proxy with TLS in front and set PUBLIC_URL to its https:// address.",
    )


def _allowed_hosts(configuration: Configuration) -> Finding:
    host = urlsplit(configuration.public_url).hostname or ""
    names = configuration.allowed_hosts
    if "*" in names:
        return warn("allowed hosts", "any host name is served", "Set ALLOWED_HOSTS to the names people use.")
    if not any(host == name.strip("[]") or (name.startswith(".") and f".{host}".endswith(name)) for name in names):
        return fail("allowed hosts", f"the host of PUBLIC_URL, {host}, would be refused", f"Add {host} to ALLOWED_HOSTS.")
    return ok("allowed hosts", ", ".join(names))


def _debug(configuration: Configuration) -> Finding:
    if not configuration.debug:
        return ok("debugging", "off")
    level = warn if _is_local(urlsplit(configuration.public_url).hostname or "") else fail
    return level("debugging", "errors show code and settings in the browser", "Unset DEBUG.")


def _outgoing(configuration: Configuration) -> Finding:
    wide = [entry for entry in configuration.outgoing_allow if _is_wide(entry)]
    if wide:
        return fail(
            "ways out",
            f"OUTGOING_ALLOW opens {', '.join(wide)} to connectors, machine metadata or whole networks included",
            "Name the single hosts that connectors need.",
        )
    allowed = ", ".join(configuration.outgoing_allow)
    return ok("ways out", f"the public internet and {allowed}" if allowed else "the public internet only")


def _is_wide(entry: str) -> bool:
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
    return METADATA in network or network.num_addresses > WIDEST_NETWORK if network.version == 4 else network.prefixlen < 48


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
