"""Paging for any number of rows and any page size: a walk along the links sees every row once, in order."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from integrations.sandbox.github.graph.connections import Connection
from integrations.sandbox.github.paging import by_cursor, by_number
from integrations.sandbox.github.server import Running
from tests.integrations.sandbox.github.conftest import Ask

Sizes = st.integers(min_value=1, max_value=7)
Rows = st.lists(st.integers(min_value=0, max_value=50), unique=True, max_size=40).map(sorted)


def next_of(headers: dict[str, str]) -> dict[str, str] | None:
    for part in headers.get("Link", "").split(", "):
        address, _, rel = part.partition("; ")
        if rel == 'rel="next"':
            return dict(parse_qsl(urlsplit(address.strip("<>")).query))
    return None


@given(Rows, Sizes)
def test_pages_by_number_hold_every_row_once(rows: list[int], size: int) -> None:
    seen: list[int] = []
    query: dict[str, str] | None = {"per_page": str(size), "state": "open"}
    while query is not None:
        page, headers = by_number(rows, query, "https://api.example/rows")
        seen += page
        query = next_of(headers)

    assert seen == rows


@given(Rows, Sizes, st.data())
def test_pages_by_cursor_hold_every_row_once_even_when_rows_already_seen_go(rows: list[int], size: int, data: st.DataObject) -> None:
    seen: list[int] = []
    left = list(rows)
    query: dict[str, str] | None = {"per_page": str(size)}
    while query is not None:
        page, headers = by_cursor(left, query, "https://api.example/rows", lambda each: (each,))
        seen += page
        query = next_of(headers)
        gone = data.draw(st.lists(st.sampled_from(seen), unique=True)) if seen else []
        left = [each for each in left if each not in gone]

    assert seen == rows


@given(Rows, Sizes, st.data())
def test_a_connection_holds_every_row_once_even_when_rows_already_seen_go(rows: list[int], size: int, data: st.DataObject) -> None:
    seen: list[int] = []
    left, after = list(rows), None
    while True:
        page = Connection(left, first=size, last=None, after=after, before=None, key=lambda each: each)
        seen += page.nodes
        if not page.pageInfo["hasNextPage"]:
            break
        after = page.pageInfo["endCursor"]
        gone = data.draw(st.lists(st.sampled_from(seen), unique=True))
        left = [each for each in left if each not in gone]

    assert seen == rows


@given(Rows, Sizes)
def test_a_connection_reads_backwards_as_it_reads_forwards(rows: list[int], size: int) -> None:
    seen: list[int] = []
    before = None
    while True:
        page = Connection(rows, first=None, last=size, after=None, before=before, key=lambda each: each)
        seen = page.nodes + seen
        if not page.pageInfo["hasPreviousPage"]:
            break
        before = page.pageInfo["startCursor"]

    assert seen == rows


def test_many_callers_at_once_are_all_answered_and_counted(twin: Running, ask: Ask) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask("/orgs/fernhill/members").status_code, range(80)))

    assert answers == [200] * 80
    assert len(twin.requests) == 80
    assert twin.quotas.window("user marta", "core").used == 80
