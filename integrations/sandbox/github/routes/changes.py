"""Pull requests, reviews, commits, check runs and the search."""

from integrations.sandbox.github.access import Need
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.call import Call, route
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.changes import check_run, commit, found_issue, pull_state, review, simple_pull, whole_pull
from integrations.sandbox.github.search import find_pulls
from integrations.sandbox.github.state import Commit, PullRequest, Repository

PULLS = Need(permission="pull_requests", scopes=("repo",))
CONTENTS = Need(permission="contents", scopes=("repo",))


@route("/repos/{owner}/{repo}/pulls", PULLS)
def pulls(call: Call) -> Answer:
    """Pull requests: state, base, sort (created, updated), direction. There is no `since`, as at GitHub."""
    home, wanted = call.repository(), call.query.get("state", "open")
    base = call.query.get("base")
    rows = [each for each in home.pulls if wanted in ("all", pull_state(each)) and base in (None, each.base)]
    updated = call.query.get("sort") == "updated"
    rows.sort(key=lambda each: (each.changed_at if updated else each.created_at, each.number))
    if call.query.get("direction", "asc" if "sort" in call.query and call.query["sort"] != "created" else "desc") == "desc":
        rows.reverse()
    return call.paged(rows, lambda each: simple_pull(call.state, home, each, call.viewer, call.to))


@route("/repos/{owner}/{repo}/pulls/{pull_number}", PULLS)
def pull(call: Call) -> Answer:
    """One pull request."""
    home = call.repository()
    return Answer(data=whole_pull(call.state, home, _pull(call, home), call.viewer, call.to))


@route("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", PULLS)
def reviews(call: Call) -> Answer:
    """Its reviews, oldest first."""
    home = call.repository()
    found = _pull(call, home)
    rows = [each for each in found.reviews if each.state != "PENDING" or each.author == call.viewer.login]
    return call.paged(rows, lambda each: review(call.state, home, found, each, call.to))


@route("/repos/{owner}/{repo}/pulls/{pull_number}/commits", PULLS)
def pull_commits(call: Call) -> Answer:
    """Its commits, oldest first (at most 250, as at GitHub)."""
    home = call.repository()
    return call.paged(_pull(call, home).commits[:250], lambda each: commit(call.state, home, each, call.to))


@route("/repos/{owner}/{repo}/commits", CONTENTS)
def commits(call: Call) -> Answer:
    """Commits of the default branch, newest first: sha, author, since, until."""
    home = call.repository()
    start = call.query.get("sha", home.default_branch)
    rows = list(home.commits)
    if start not in (home.default_branch, f"refs/heads/{home.default_branch}"):
        found = [index for index, each in enumerate(rows) if each.sha == start]
        if not found:
            raise Refused(404, "Not Found")
        rows = rows[: found[0] + 1]
    since, until, author = call.query.get("since", ""), call.query.get("until", "~"), call.query.get("author")
    rows = [each for each in rows if since <= str(stamp(each.at)) <= until and author in (None, each.author, each.author_email)]
    rows.reverse()
    return call.paged(rows, lambda each: commit(call.state, home, each, call.to))


@route("/repos/{owner}/{repo}/commits/{ref}", CONTENTS)
def get_commit(call: Call) -> Answer:
    """One commit by sha or by the default branch's name."""
    home = call.repository()
    return Answer(data=commit(call.state, home, _commit(call, home, call.arguments["ref"]), call.to))


@route("/repos/{owner}/{repo}/commits/{commit_sha}/pulls", PULLS)
def pulls_of_commit(call: Call) -> Answer:
    """Pull requests that brought a commit; empty for a direct push."""
    home = call.repository()
    sha = _commit(call, home, call.arguments["commit_sha"]).sha
    rows = [each for each in home.pulls if each.merge_sha == sha or any(own.sha == sha for own in each.commits)]
    return call.paged(rows, lambda each: simple_pull(call.state, home, each, call.viewer, call.to))


@route("/repos/{owner}/{repo}/commits/{ref}/check-runs", Need(permission="checks", scopes=("repo",)))
def check_runs(call: Call) -> Answer:
    """Check runs of a commit; filter=latest (default) keeps the last of each name."""
    home = call.repository()
    runs = home.check_runs.get(_commit(call, home, call.arguments["ref"]).sha, [])
    if call.query.get("filter", "latest") == "latest":
        runs = list({each.name: each for each in runs}.values())
    return call.counted("check_runs", runs, lambda each: check_run(call.state, home, each, call.to))


@route("/search/issues", Need(permission="pull_requests"), resource="search")
def search_issues(call: Call) -> Answer:
    """The search for pull requests; at most 1000 results are reachable, as at GitHub."""
    if not call.query.get("q"):
        raise Refused(422, "Validation Failed")
    found = find_pulls(call.state, call.viewer, call.query["q"])
    answer = call.counted(
        "items",
        found[:1000],
        lambda each: found_issue(call.state, each[0], each[1], call.to),
        incomplete_results=False,
        search_type="lexical",
    )
    answer.data["total_count"] = len(found)
    return answer


def _pull(call: Call, home: Repository) -> PullRequest:
    found = next((each for each in home.pulls if str(each.number) == call.arguments["pull_number"]), None)
    if found is None:
        raise not_found()
    return found


def _commit(call: Call, home: Repository, ref: str) -> Commit:
    if ref in (home.default_branch, f"heads/{home.default_branch}"):
        return home.commits[-1]
    everywhere = [*home.commits, *(own for each in home.pulls for own in each.commits)]
    found = next((each for each in everywhere if each.sha == ref), None)
    if found is None:
        raise Refused(422, f"No commit found for SHA: {ref}")
    return found
