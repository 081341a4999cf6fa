"""One call in the hands of a route: who calls, with what, and how its rows become a page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.okta.access import Caller
from integrations.sandbox.okta.answers import Answer, invalid
from integrations.sandbox.okta.paging import limit_of, page_after
from integrations.sandbox.okta.state import State


@dataclass(frozen=True, kw_only=True)
class Route:
    """`operation` as Okta's description names the path; `parameters` are the query parameters it knows; `limits`: default, least
    and most of `limit`; `feature`: what the plan must have."""

    operation: str
    handler: Callable[["Call"], Answer]
    scope: str
    parameters: frozenset[str]
    limits: tuple[int, int, int] | None
    bucket: str
    feature: str

    @property
    def rule(self) -> str:
        """The path for werkzeug."""
        return self.operation.replace("{", "<").replace("}", ">")


@dataclass(kw_only=True)
class Call:
    """`url` is the address without its query; `arguments` come from the path."""

    state: State
    caller: Caller
    url: str
    base: str
    route: Route
    arguments: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raises Refused(400) for a parameter that the operation does not know, or a page size out of bounds."""
        unknown = sorted(set(self.query) - self.route.parameters)
        if unknown:
            raise invalid(unknown[0], f"{unknown[0]}: The parameter is not known.")
        if self.route.limits is not None:
            limit_of(self.query, *self.route.limits)

    @property
    def size(self) -> int:
        """The page size."""
        assert self.route.limits is not None
        return limit_of(self.query, *self.route.limits)

    def paged(self, rows: Iterable[Any], render: Callable[[Any], Any], position: Callable[[Any], tuple[Any, ...]]) -> Answer:
        """A page of a list, in the order of `position`."""
        page, links, _next = page_after(sorted(rows, key=position), self.query, self.url, self.size, position)
        return Answer(data=[render(each) for each in page], headers=links)

    def whole(self, rows: Iterable[Any]) -> Answer:
        """A list that Okta does not page."""
        return Answer(data=list(rows), headers={"Link": f'<{self.url}>; rel="self"'})

    def link(self, path: str) -> dict[str, Any]:
        """A HAL link."""
        return {"href": f"{self.base}{path}"}


ROUTES: list[Route] = []


def route(
    operation: str, scope: str, *parameters: str, limits: tuple[int, int, int] | None = None, bucket: str = "", feature: str = ""
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Register a GET handler."""

    def register(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        ROUTES.append(
            Route(
                operation=operation,
                handler=handler,
                scope=scope,
                parameters=frozenset(parameters),
                limits=limits,
                bucket=bucket or operation,
                feature=feature,
            )  # fmt: skip
        )
        return handler

    return register
