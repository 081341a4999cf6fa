"""Merged changes and commits on default branches, over HTTP against the twin: nothing lost, nothing asked twice."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.errors import PermissionMissing, RateLimited
from integrations.sandbox.clock import Clock
from integrations.sandbox.github.scenario import OWNER_TOKEN, fernhill
from integrations.sandbox.github.server import Running, running
from integrations.sandbox.github.state import State
from integrations.vendors.github.collectors.changes.v1 import change
from integrations.vendors.github.readers import changes as reader
from tests.integrations.github.conftest import NOON
from tests.integrations.github.scanning import ALL_KINDS, reading

SEARCH = "POST /graphql search(is:pr is:merged)"
HISTORY = "POST /graphql repository.defaultBranchRef.history"
FIRST_CALLS = 150  # of the demo company: 64 members, 28 repositories, about 600 changes
NEXT_CALLS = 75
FIRST_POINTS = 200  # of GraphQL's 5000 an hour


def merged(state: State, title: str, *, at: datetime, author: str = "tom", reviewer: str = "marta", commits: int = 1):
    pull = state.open_pull("api", author, title, at=at - timedelta(hours=2), commits=commits)
    if reviewer:
        state.review(pull, reviewer, at=at - timedelta(hours=1))
    state.check("api", pull.head, "ci", at=at - timedelta(minutes=5))
    state.merge("api", pull, reviewer or author, at=at)
    return pull


def test_a_change_comes_with_authors_reviews_and_checks(twin: Running) -> None:
    pull = merged(twin.state, "Add a thing", at=NOON - timedelta(days=2))
    with reading(twin) as run:
        (change,) = run.facts("change").values()
        assert (run.context.total("change"), run.context.completeness("change"), run.calls(SEARCH)) == (1, "total", 1)
    assert (change.author, change.merged_by, change.merged) == ("tom", "marta", "2026-02-27T12:00:00Z")
    assert (change.commit_authors, change.unlinked_authors, change.head) == (("tom",), (), pull.head)
    assert [(each.author, each.state, each.commit) for each in change.reviews] == [("marta", "approved", pull.head)]
    assert [(each.name, each.conclusion) for each in change.checks] == [("ci", "success")]
    assert (change.base, change.base_is_default) == ("main", True)


def test_all_reviews_commits_and_checks_are_read_however_many(twin: Running) -> None:
    pull = twin.state.open_pull("api", "tom", "Big", commits=130, at=NOON - timedelta(days=1), commit_authors=("tom", "jonas"))
    twin.state.push_to("api", pull, "marta", at=NOON - timedelta(days=1))
    for _index in range(64):
        twin.state.review(pull, "jonas", "COMMENTED", at=NOON - timedelta(hours=3))
    twin.state.review(pull, "marta", at=NOON - timedelta(hours=2))
    for index, review in enumerate(pull.reviews, 1):
        review.id = index  # the twin pages reviews by their short id
    for index in range(55):
        twin.state.check("api", pull.head, f"check {index:02d}", at=NOON - timedelta(hours=2))
    twin.state.merge("api", pull, "marta", at=NOON - timedelta(hours=1))
    with reading(twin) as run:
        (observation,) = run.observations("change")
    change = observation.fact
    assert change.commit_authors == ("jonas", "marta", "tom")
    assert (len(change.reviews), len(change.checks)) == (65, 55)
    assert change.reviews[-1].state == "approved"
    assert len(observation.pages) > 3


def test_a_commit_whose_address_belongs_to_nobody_is_told_apart(twin: Running) -> None:
    pull = merged(twin.state, "Add a thing", at=NOON - timedelta(days=2))
    pull.commits[0].author, pull.commits[0].author_name, pull.commits[0].author_email = None, "Tom at home", "tom@home.example"
    with reading(twin) as run:
        (change,) = run.facts("change").values()
    assert (change.commit_authors, change.unlinked_authors) == ((), ("Tom at home",))


def test_an_apps_own_commits_are_its_own(twin: Running) -> None:
    twin.state.add_person("dependabot[bot]", name="dependabot", kind="Bot")
    merged(twin.state, "Bump a thing", at=NOON - timedelta(days=2), author="dependabot[bot]")
    with reading(twin) as run:
        (change,) = run.facts("change").values()
    assert (change.author_is_bot, change.commit_authors, change.unlinked_authors) == (True, ("dependabot[bot]",), ())


def test_checks_that_may_not_be_seen_are_unknown_and_the_rest_is_kept(twin: Running) -> None:
    merged(twin.state, "Add a thing", at=NOON - timedelta(days=2))
    permissions = {"pull_requests": "read", "contents": "read"}
    twin.state.add_token("github_pat_few", "fine_grained", "marta", permissions=permissions)
    with reading(twin, token="github_pat_few") as run:
        (change,) = run.facts("change").values()
        faults = run.context.faults("change")
    assert change.checks is None
    assert change.reviews[0].author == "marta"
    assert [(each.kind, each.operation) for each in faults] == [("permission_missing", "POST /graphql pullRequest.statusCheckRollup")]


def test_changes_that_may_not_be_seen_are_a_missing_permission(twin: Running) -> None:
    twin.state.add_token("github_pat_none", "fine_grained", "marta", permissions={"members": "read"})
    with reading(twin, token="github_pat_none") as run, pytest.raises(PermissionMissing) as caught:
        run.observations("change")
    assert caught.value.operation == SEARCH


def test_the_first_reading_goes_back_to_the_periods_start_and_the_next_goes_on_from_there(twin: Running) -> None:
    merged(twin.state, "Long ago", at=NOON - timedelta(days=100))
    merged(twin.state, "In the period", at=NOON - timedelta(days=20))
    with reading(twin, since=NOON - timedelta(days=30)) as run:
        assert [each.title for each in run.facts("change").values()] == ["In the period"]
        cursor = run.context.advanced("change")
    twin.clock.advance(hours=1)
    merged(twin.state, "New", at=NOON + timedelta(minutes=30))
    late = merged(twin.state, "Just before, found by the overlap", at=NOON - timedelta(minutes=5))
    twin.state.review(late, "jonas", "COMMENTED", at=NOON - timedelta(minutes=4))
    twin.state.review(twin.state.repositories["api"].pulls[0], "jonas", "COMMENTED", at=NOON + timedelta(minutes=1))
    with reading(twin, cursors={"change": cursor}) as run:
        assert {each.title for each in run.facts("change").values()} == {"New", "Just before, found by the overlap"}
        assert run.calls(SEARCH) == 1


def test_a_change_that_is_touched_while_pages_are_read_hides_no_other(twin: Running) -> None:
    for index in range(60):
        merged(twin.state, f"Change {index:02d}", at=NOON - timedelta(days=10) + timedelta(minutes=index))
    first = twin.state.repositories["api"].pulls[0]
    drift = twin.faults.drift("/graphql", lambda state: setattr(first, "updated_at", NOON))
    with reading(twin) as run:
        assert len(run.facts("change")) == 60
        assert run.context.completeness("change") == "total"
    assert drift.struck == 1


def test_more_changes_than_a_search_reaches_are_read_in_parts(twin: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "REACH", 10)
    for index in range(45):
        merged(twin.state, f"Change {index:02d}", at=NOON - timedelta(days=index))
    with reading(twin) as run:
        assert len(run.facts("change")) == 45
        assert (run.context.completeness("change"), run.context.total("change")) == ("total", 45)


def test_an_event_about_one_change_reads_that_one(twin: Running) -> None:
    pull = merged(twin.state, "Add a thing", at=NOON - timedelta(days=2))
    merged(twin.state, "Another", at=NOON - timedelta(days=2))
    still_open = twin.state.open_pull("api", "tom", "Not merged")
    home = f"repository:{twin.state.repositories['api'].id}"
    wanted = frozenset({f"{home}/pull/{pull.number}", f"{home}/pull/{still_open.number}", "repository:1/pull/1"})
    with reading(twin, only={"change": wanted}) as run:
        assert [each.title for each in run.facts("change").values()] == ["Add a thing"]


def test_a_reading_that_hits_a_limit_advances_nothing(twin: Running) -> None:
    twin.faults.add("secondary_limit", "/graphql")
    with reading(twin) as run:
        with pytest.raises(RateLimited):
            run.observations("change")
        assert run.context.advanced("change") is None


def test_a_direct_push_is_told_from_a_merge_and_from_a_first_commit(twin: Running) -> None:
    pull = merged(twin.state, "Squashed", at=NOON - timedelta(days=3))
    direct = twin.state.push_directly("api", "tom", "Hotfix", at=NOON - timedelta(days=2))
    kept = twin.state.open_pull("api", "tom", "Kept", at=NOON - timedelta(days=1), commits=2)
    merge = twin.state.merge("api", kept, "marta", at=NOON - timedelta(hours=5), squash=False)
    with reading(twin, since=datetime(2023, 1, 1, tzinfo=UTC)) as run:
        found = {each.sha: each for each in run.facts("mainline_commit").values() if each.repository_name == "fernhill/api"}
        assert run.context.completeness("mainline_commit") == "total"
    assert len(found) == 6
    assert (found[direct.sha].changes, found[direct.sha].parents, found[direct.sha].author) == ((), 1, "tom")
    assert found[pull.merge_sha].changes == (pull.number,)
    assert (found[merge.sha].parents, found[merge.sha].changes) == (2, (kept.number,))
    assert {found[each.sha].changes for each in kept.commits} == {(kept.number,)}
    first = twin.state.repositories["api"].commits[0]
    assert (found[first.sha].parents, found[first.sha].changes) == (0, ())


def test_only_branches_that_moved_are_read_again_and_a_commit_pushed_late_is_seen(twin: Running) -> None:
    with reading(twin) as run:
        run.observations("mainline_commit")
        cursor = run.context.advanced("mainline_commit")
    twin.clock.advance(hours=1)
    with reading(twin, cursors={"mainline_commit": cursor}) as run:
        assert run.observations("mainline_commit") == []
        assert run.calls(HISTORY) == 1
    late = twin.state.push_directly("api", "tom", "Made last week, pushed now", at=NOON - timedelta(days=7))
    with reading(twin, cursors={"mainline_commit": cursor}) as run:
        assert [each.fact.sha for each in run.observations("mainline_commit")] == [late.sha]
        assert run.calls(HISTORY) == 2


def test_a_repository_that_vanishes_before_its_history_is_read_is_left_out(twin: Running) -> None:
    twin.state.push_directly("api", "tom", "Hotfix", at=NOON - timedelta(days=2))
    twin.state.push_directly("docs", "tom", "Typo", at=NOON - timedelta(days=2))
    twin.faults.drift("/graphql", lambda state: state.repositories.pop("api"), holding="nameWithOwner defaultBranchRef")
    with reading(twin) as run:
        assert {each.repository_name for each in run.facts("mainline_commit").values()} == {"fernhill/docs"}
        assert run.context.faults("mainline_commit") == ()


def test_of_two_results_with_one_name_the_worse_counts() -> None:
    contexts = [{"__typename": "CheckRun", "name": "ci", "conclusion": conclusion} for conclusion in ("SUCCESS", "FAILURE", "SUCCESS")]
    pull = {
        "number": 1,
        "mergedAt": "2026-03-01T12:00:00Z",
        "repository": {"databaseId": 1, "nameWithOwner": "fernhill/api"},
    }
    made = change(pull, reviews=[], commits=[], checks=contexts, checks_shown=True)
    assert [(each.name, each.conclusion) for each in made.checks] == [("ci", "failure")]


def test_changes_of_commits_that_may_not_be_seen_are_unknown(twin: Running) -> None:
    twin.state.push_directly("api", "tom", "Hotfix", at=NOON - timedelta(days=2))
    twin.state.add_token("github_pat_few", "fine_grained", "marta", permissions={"contents": "read"})
    with reading(twin, token="github_pat_few") as run:
        (commit,) = run.facts("mainline_commit").values()
        (fault,) = run.context.faults("mainline_commit")
    assert commit.changes is None
    assert (fault.kind, fault.operation) == ("permission_missing", "POST /graphql commit.associatedPullRequests")


@pytest.fixture(scope="module")
def company():
    with running(fernhill(Clock(NOON))) as served:
        yield served


def test_the_whole_company_is_read_with_few_calls_and_hardly_any_while_nothing_happens(company: Running) -> None:
    kinds = sorted(ALL_KINDS - {"access_token", "rule_event", "federated_identity"})
    facts: dict[str, list] = {}
    with reading(company, token=OWNER_TOKEN) as run:
        run.connector.identify(run.context)
        first = {kind: [each.fact for each in run.observations(kind)] for kind in kinds}
        cursors = {kind: cursor for kind in kinds if (cursor := run.context.advanced(kind)) is not None}
        calls = len(run.context.ledger)
    assert calls <= FIRST_CALLS
    assert sum(each.cost for each in company.requests.of("/graphql")) <= FIRST_POINTS
    assert (len(first["account"]), len(first["repository"]), len(first["change"])) == (64, 28, len(first["change"]))
    assert len(first["change"]) == sum(each.merged_at is not None for home in company.state.repositories.values() for each in home.pulls)
    company.clock.advance(hours=1)
    with reading(company, token=OWNER_TOKEN, cursors=cursors) as run:
        run.connector.identify(run.context)
        facts = {kind: [each.fact for each in run.observations(kind)] for kind in kinds}
        assert len(run.context.ledger) <= NEXT_CALLS
    unchanged = [kind for kind in kinds if kind not in ("change", "mainline_commit")]
    assert {kind: facts[kind] for kind in unchanged} == {kind: first[kind] for kind in unchanged}
