"""One REST call in the hands of a route: who calls, with what, and how its rows become a page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.github.access import Need, Viewer
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.paging import by_cursor, by_number
from integrations.sandbox.github.quotas import Quotas
from integrations.sandbox.github.rendering.addresses import Addresses
from integrations.sandbox.github.state import Repository, State


@dataclass(kw_only=True)
class Call:
    """`url` is the address without its query; `arguments` come from the path; `body` is the parsed JSON of a POST."""

    state: State
    viewer: Viewer
    url: str
    to: Addresses
    quotas: Quotas
    arguments: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    def repository(self) -> Repository:
        """The repository of the path. Raises Refused(404) when absent or hidden from the caller."""
        if self.arguments["owner"].lower() != self.state.login.lower():
            raise not_found()
        wanted = self.arguments["repo"].lower()
        repository = next((each for each in self.state.repositories.values() if each.name.lower() == wanted), None)
        if repository is None:
            self._redirect(wanted)
        if repository is None or not self.viewer.sees(repository):
            raise not_found()
        return repository

    def _redirect(self, wanted: str) -> None:
        """A former name leads on to the address by id (301), as at GitHub."""
        number = next((number for name, number in self.state.former_names.items() if name.lower() == wanted), None)
        named = next((each for each in self.state.repositories.values() if each.id == number), None)
        if named is not None and self.viewer.sees(named):
            rest = self.url.split(f"/{self.arguments['repo']}", 1)[1]
            raise Refused(301, "Moved Permanently", Location=f"{self.to.api}/repositories/{number}{rest}")

    def visible_repositories(self) -> list[Repository]:
        """Those the caller sees, by id."""
        return sorted((each for each in self.state.repositories.values() if self.viewer.sees(each)), key=lambda each: each.id)

    def paged(self, rows: Sequence[Any], render: Callable[[Any], Any]) -> Answer:
        """A page by number."""
        page, links = by_number(rows, self.query, self.url)
        return Answer(data=[render(each) for each in page], headers=links)

    def counted(self, name: str, rows: Sequence[Any], render: Callable[[Any], Any], **more: Any) -> Answer:
        """A page by number inside an object with total_count."""
        page, links = by_number(rows, self.query, self.url)
        return Answer(data={"total_count": len(rows), **more, name: [render(each) for each in page]}, headers=links)

    def cursored(self, rows: Iterable[Any], render: Callable[[Any], Any], position: Callable[[Any], tuple[Any, ...]]) -> Answer:
        """A page by cursor, in the order of `position`."""
        page, links = by_cursor(sorted(rows, key=position), self.query, self.url, position)
        return Answer(data=[render(each) for each in page], headers=links)

    def listed(self, name: str) -> set[str]:
        """A comma-separated parameter."""
        return {each for each in self.query.get(name, "").split(",") if each}


@dataclass(frozen=True, kw_only=True)
class Route:
    """`operation` as GitHub's description names it; `resource` is the quota it counts against."""

    method: str
    operation: str
    handler: Callable[[Call], Answer]
    need: Need
    resource: str = "core"

    @property
    def rule(self) -> str:
        """The path for werkzeug; a branch may hold slashes."""
        return self.operation.replace("{branch}", "<path:branch>").replace("{", "<").replace("}", ">")


ROUTES: list[Route] = []


def route(
    operation: str, need: Need | None = None, *, method: str = "GET", resource: str = "core"
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Register a handler."""

    def register(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        ROUTES.append(Route(method=method, operation=operation, handler=handler, need=need or Need(), resource=resource))
        return handler

    return register
