"""The read-only guard: which requests may leave this process at all."""

from integrations.errors import WriteRefused

QUESTIONS = frozenset({"/rest/api/3/search/jql", "/rest/api/3/search/approximate-count"})  # too long for an address, so they are posted


def refuse_unless_read(method: str, path: str) -> None:
    """Raise WriteRefused unless the request only reads: GET, HEAD, or a posted question. `path` is without the base address."""
    if method in ("GET", "HEAD") or (method == "POST" and path in QUESTIONS):
        return
    raise WriteRefused(f"{method} {path} could change something; it is never sent", operation=f"{method} {path}")
