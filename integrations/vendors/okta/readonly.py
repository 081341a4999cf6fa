"""The read-only guard: which requests may leave this process at all."""

from integrations.errors import WriteRefused

TOKEN_PATH = "/oauth2/v1/token"


def refuse_unless_read(method: str, path: str) -> None:
    """Raise WriteRefused unless the request only reads: GET, HEAD, or the request for our own access token."""
    if method in ("GET", "HEAD") or (method == "POST" and path == TOKEN_PATH):
        return
    raise WriteRefused(f"{method} {path} could change something; it is never sent", operation=f"{method} {path}")
