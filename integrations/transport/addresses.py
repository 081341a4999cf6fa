"""Which addresses a connector may call: its vendor's hosts, on the public internet, unless the operator allows more.

Guards against server-side request forgery: names are resolved here, and private, loopback, link-local and reserved
addresses are refused; `allow` (setting OUTGOING_ALLOW) lists host names or networks that are exempt (a self-hosted GitHub, the
sandbox on loopback).
"""

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from integrations.errors import ForbiddenAddress, Transient


def check_address(url: str, *, hosts: Iterable[str], allow: Iterable[str] = ()) -> None:
    """Raise ForbiddenAddress unless `url` is http(s) to one of `hosts` (exact, or `.suffix` for subdomains) and resolves only to
    public addresses or to allowed ones. Plain http needs an allowed address. Raises Transient when the name does not resolve."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host:
        raise ForbiddenAddress(f"{url[:200]!r} is no web address")
    if parts.username or parts.password:
        raise ForbiddenAddress("an address that carries a user name is refused")
    if not any(host == each or (each.startswith(".") and host.endswith(each)) for each in (h.lower() for h in hosts)):
        raise ForbiddenAddress(f"{host} is not one of the connector's hosts")
    allowed = tuple(allow)
    if host in allowed:
        return
    exempt = _resolve_and_judge(host, allowed)
    if parts.scheme == "http" and not exempt:
        raise ForbiddenAddress(f"{host} would be called without TLS; use https, or add it to OUTGOING_ALLOW if it is your own")


def _resolve_and_judge(host: str, allowed: tuple[str, ...]) -> bool:
    networks = [network for each in allowed if (network := _network(each)) is not None]
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise Transient(f"{host} does not resolve: {error}") from error
    exempt = True
    for *_rest, place in answers:
        address = ipaddress.ip_address(str(place[0]).split("%")[0])
        if any(address in network for network in networks):
            continue
        exempt = False
        if not address.is_global or address.is_multicast:
            raise ForbiddenAddress(
                f"{host} resolves to {address}, which is not on the public internet; add it to OUTGOING_ALLOW if it is yours"
            )
    return exempt


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
