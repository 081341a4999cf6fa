"""The read-only guard: which requests may leave this process at all."""

import re

from integrations.errors import WriteRefused
from integrations.vendors.github.graphql import refuse_unless_query

TOKEN_PATH = re.compile(r"/app/installations/\d{1,20}/access_tokens")


def refuse_unless_read(method: str, path: str, document: str | None) -> None:
    """Raise WriteRefused unless the request only reads: GET, HEAD, a GraphQL query (`document`), or the request for the app's own
    token. `path` is without the base address."""
    if method in ("GET", "HEAD"):
        return
    if method == "POST" and document is not None and path == "/graphql":
        refuse_unless_query(document)
        return
    if method == "POST" and document is None and TOKEN_PATH.fullmatch(path):
        return
    raise WriteRefused(f"{method} {path} could change something; it is never sent", operation=f"{method} {path}")
