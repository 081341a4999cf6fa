"""The read-only guard: which requests may leave this process at all."""

import re

from integrations.errors import WriteRefused

QUESTIONS = re.compile(r"/api/v2/datasets/[A-Za-z0-9_-]{1,60}/data")  # a query that is sent as POST
TOKEN = "/token.php"


def refuse_unless_read(method: str, path: str) -> None:
    """Raise WriteRefused unless the request only reads: GET, a query of a dataset, or the request for our own access token."""
    if method == "GET" or (method == "POST" and (path == TOKEN or QUESTIONS.fullmatch(path))):
        return
    raise WriteRefused(f"{method} {path} could change something; it is never sent", operation=f"{method} {path}")
