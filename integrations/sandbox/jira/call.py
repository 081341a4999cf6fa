"""One call in the hands of a route: who calls, with what; parameters that the operation does not know are refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from integrations.sandbox.jira.access import Need, Viewer
from integrations.sandbox.jira.answers import Answer, Refused
from integrations.sandbox.jira.state import Project, State

MALFORMED = "Invalid request payload. Refer to the REST API documentation and try again."


@dataclass(kw_only=True)
class Call:
    """`url` is the address without its query; `arguments` come from the path; `body` is the parsed JSON of a POST."""

    state: State
    viewer: Viewer
    url: str
    base: str
    arguments: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """A whole number of the query, not below zero. Raises Refused(400)."""
        text = self.query.get(name, str(default))
        if not text.isdigit():
            raise Refused(400, f"The value of '{name}' must be a number of zero or more.")
        return min(int(text), most) if most is not None else int(text)

    def flag(self, name: str) -> bool:
        """A switch of the query. Raises Refused(400)."""
        text = self.query.get(name, "false").lower()
        if text not in ("true", "false"):
            raise Refused(400, f"The value of '{name}' must be true or false.")
        return text == "true"

    def paged(self, rows: Sequence[Any], render: Callable[[Any], Any], most: int = 50) -> Answer:
        """A page of `values` by startAt and maxResults, as Jira's page beans are."""
        start, size = self.number("startAt", 0), self.number("maxResults", most, most)
        part = rows[start : start + size]
        last = start + len(part) >= len(rows)
        data: dict[str, Any] = {"self": self.link(start, size), "maxResults": size, "startAt": start, "total": len(rows), "isLast": last}
        if not last:
            data["nextPage"] = self.link(start + size, size)
        return Answer(data={**data, "values": [render(each) for each in part]})

    def link(self, start: int, size: int) -> str:
        """This address at another place of the list."""
        return f"{self.url}?{urlencode({**self.query, 'startAt': start, 'maxResults': size})}"

    def projects(self) -> list[Project]:
        """Those the caller may browse, by key."""
        return [each for _key, each in sorted(self.state.projects.items()) if self.state.sees(self.viewer.account, each)]

    def project(self) -> Project:
        """The project of the path. Raises Refused(404) when absent or hidden."""
        wanted = self.arguments["project"]
        found = next((each for each in self.projects() if wanted.upper() in (each.key, each.id)), None)
        if found is None:
            raise Refused(404, f"No project could be found with key '{wanted}'.")
        return found

    @property
    def zone(self) -> ZoneInfo:
        """Of the caller's profile: what times are written in and understood in."""
        return ZoneInfo(self.state.users[self.viewer.account].zone)


@dataclass(frozen=True)
class Route:
    """`operation` as Atlassian's reference names it; `parameters` are all it knows."""

    method: str
    rule: str
    operation: str
    need: Need
    parameters: frozenset[str]
    handler: Callable[[Call], Answer]


ROUTES: list[Route] = []


def route(
    operation: str, *, need: Need | None = None, parameters: str = ""
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Register a handler for `GET /rest/api/3/project/{project}/role`."""
    method, _, path = operation.partition(" ")
    rule = path.replace("{", "<").replace("}", ">")

    def register(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        ROUTES.append(Route(method, rule, operation, need or Need(), frozenset(parameters.split()), handler))
        return handler

    return register
