"""The read-only guard: which requests may leave this process at all."""

import re

from integrations.errors import WriteRefused

QUESTIONS = re.compile(r"/api/v2/datasets/[A-Za-z0-9_-]{1,60}/data")  # a query that is sent as POST


def refuse_unless_read(method: str, path: str) -> None:
    """Raise WriteRefused unless the request only reads: GET, or a query of a dataset."""
    if method == "GET" or (method == "POST" and QUESTIONS.fullmatch(path)):
        return
    raise WriteRefused(f"{method} {path} could change something; it is never sent", operation=f"{method} {path}")
