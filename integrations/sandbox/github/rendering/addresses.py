"""Addresses and node ids in answers. API addresses lead back to the twin; page addresses to a host of its own, so that a fact
made from one does not depend on the port the twin happens to listen on."""

import base64
from dataclasses import dataclass

from integrations.sandbox.github.state import State


@dataclass(frozen=True)
class Addresses:
    """`api` is the base of this request without a slash at the end, `html` that of GitHub's pages."""

    api: str
    html: str

    @classmethod
    def of(cls, state: State, api: str) -> "Addresses":
        """For one request."""
        return cls(api.rstrip("/"), state.html_url.rstrip("/"))


def node_id(kind: str, number: int | str) -> str:
    """An opaque global id."""
    text = f"{kind}{number}"
    return base64.b64encode(f"0{len(kind)}:{text}".encode()).decode()
