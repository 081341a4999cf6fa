"""What people type into connect forms, looked at before it is saved: shapes that several vendors share. Each function says in a sentence
what is wrong, or "" when nothing is."""

import re
from urllib.parse import urlsplit
from zoneinfo import available_timezones

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def flaw_of_address(text: str) -> str:
    """Of a whole address (https://host/…) without user, question or fragment."""
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
    except ValueError:
        return "This is no address; copy it from the browser, beginning with https://."
    if parts.scheme not in ("http", "https") or not host:
        return "Give a whole address that starts with https://."
    if parts.username or parts.password or parts.query or parts.fragment:
        return "Leave out what stands before an @, after a ? or after a #: only the address."
    return ""


def flaw_of_site(text: str) -> str:
    """Of an address of which only the host counts (https://host)."""
    return flaw_of_address(text) or ("" if urlsplit(text.strip()).path in ("", "/") else "Leave out what stands after the host's name.")


def flaw_of_token(text: str) -> str:
    """Of a token or key in one line."""
    if not text.isascii() or not text.isprintable() or any(each.isspace() for each in text.strip()):
        return "It holds characters that no such value has (blanks, line breaks, quotes of a word processor); paste it again."
    return ""


def flaw_of_number(text: str) -> str:
    """Of an id that the vendor counts."""
    return "" if text.strip().isdigit() else "Only digits."


def flaw_of_pem(text: str) -> str:
    """Of a private key as a PEM file."""
    lines = text.strip().splitlines()
    first, last = (lines[0].strip(), lines[-1].strip()) if lines else ("", "")
    if first.startswith("-----BEGIN ") and "PUBLIC" in first:
        return "This is the public key; the private key is needed, which stays secret."
    if not (first.startswith("-----BEGIN ") and first.endswith("PRIVATE KEY-----") and last.startswith("-----END ")):
        return "Paste the whole PEM file, from -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----."
    return ""


def flaw_of_email(text: str) -> str:
    """Of an e-mail address."""
    return "" if _EMAIL.fullmatch(text.strip()) else "This is no e-mail address."


def flaw_of_zone(name: str) -> str:
    """Of the name of a time zone."""
    return "" if name in available_timezones() else f"“{name[:60]}” is no time zone; they are called like Europe/Berlin."
