"""The script of what goes wrong: that of GitHub's twin, with Jira's words and Jira's changes of the state."""

from typing import Any

from integrations.sandbox.github import faults as shared
from integrations.sandbox.github.answers import Answer
from integrations.sandbox.github.faults import Fault
from integrations.sandbox.jira.actions import ACTIONS
from integrations.sandbox.jira.state import State

HTML = b"<!DOCTYPE html><html><head><title>Atlassian Cloud</title></head><body><p>Your Atlassian Cloud site is currently unavailable.</p></body></html>"
MESSAGES = {
    "unauthorized": (401, "Client must be authenticated to access this resource."),
    "forbidden": (403, "You are not authorized to perform this action."),
    "not_found": (404, "Issue does not exist or you do not have permission to see it."),
}


class Faults(shared.Faults):
    """Same names and options as GitHub's (see its README), but `primary_limit`, `secondary_limit`, `graphql_error` and links."""

    def __init__(self, state: State) -> None:
        super().__init__(state)  # type: ignore[arg-type]
        self._site = state

    def add(self, kind: str, path: str = "*", **options: Any) -> Fault:
        """See shared. Kinds of actions are those of `actions.ACTIONS`. Raises ValueError for an unknown kind."""
        if kind in ACTIONS:
            return super().add("action", path, **options, name=kind)
        return super().add(kind, path, **options)

    def act(self, faults: list[Fault], when: str) -> None:
        """Run the changes of the state that belong before or after the answer."""
        for fault in faults:
            if fault.when != when:
                continue
            if fault.action is not None:
                fault.action(self._site)  # type: ignore[arg-type]
            elif fault.kind == "action":
                options = dict(fault.options)
                ACTIONS[options.pop("name")](self._site, **options)

    def replacement(self, faults: list[Fault]) -> Answer | None:
        """The answer that stands instead of the real one, if any."""
        for fault in faults:
            if fault.kind == "too_many_requests":
                retry = str(fault.options.get("retry_after", 60))
                headers = {
                    "Retry-After": retry,
                    "X-RateLimit-Remaining": "0",
                    "X-RateLimit-NearLimit": "true",
                    "RateLimit-Reason": "jira-burst-based",
                }
                return Answer(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, headers)
            if fault.kind in ("server_error", "html"):
                status = int(fault.options.get("status", 503 if fault.kind == "server_error" else 200))
                return Answer(status, raw=HTML, content_type="text/html; charset=utf-8")
            if fault.kind in MESSAGES:
                status, message = MESSAGES[fault.kind]
                return Answer(status, {"errorMessages": [message], "errors": {}})
        return super().replacement(faults)
