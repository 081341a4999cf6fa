"""Commits, pull requests, reviews and check runs."""

import hashlib
from typing import Any

from integrations.sandbox.github.access import Viewer
from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.addresses import Addresses, node_id
from integrations.sandbox.github.rendering.people import organization_account, simple_user
from integrations.sandbox.github.rendering.repositories import plain_repository
from integrations.sandbox.github.state import CheckRun, Commit, PullRequest, Repository, Review, State, sha_of


def commit(state: State, repository: Repository, commit: Commit, to: Addresses) -> dict[str, Any]:
    """A commit as the REST API shows it."""
    base, tree = f"{to.api}/repos/{state.login}/{repository.name}", sha_of(f"tree of {commit.sha}")
    author = {"name": commit.author_name, "email": commit.author_email, "date": stamp(commit.at)}
    committer = {"name": "GitHub", "email": "noreply@github.com", "date": stamp(commit.at)} if commit.committer == "web-flow" else author
    trailers = [
        f"Co-authored-by: {state.people[each].name} <{state.people[each].email}>" for each in commit.co_authors if each in state.people
    ]
    message = commit.message + ("\n\n" + "\n".join(trailers) if trailers else "")
    page = f"{to.html}/{state.login}/{repository.name}/commit"
    return {
        "sha": commit.sha,
        "node_id": node_id("Commit", commit.sha),
        "url": f"{base}/commits/{commit.sha}",
        "html_url": f"{page}/{commit.sha}",
        "comments_url": f"{base}/commits/{commit.sha}/comments",
        "commit": {
            "author": author,
            "committer": committer,
            "message": message,
            "tree": {"sha": tree, "url": f"{base}/git/trees/{tree}"},
            "url": f"{base}/git/commits/{commit.sha}",
            "comment_count": 0,
            "verification": {
                "verified": commit.committer == "web-flow",
                "reason": "valid" if commit.committer == "web-flow" else "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "author": simple_user(state, commit.author, to),
        "committer": simple_user(state, commit.committer, to),
        "parents": [{"sha": sha, "url": f"{base}/commits/{sha}", "html_url": f"{page}/{sha}"} for sha in commit.parents],
    }


def pull_state(pull: PullRequest) -> str:
    """open or closed (merged is closed)."""
    return "closed" if pull.closed_at or pull.merged_at else "open"


def simple_pull(state: State, repository: Repository, pull: PullRequest, viewer: Viewer, to: Addresses) -> dict[str, Any]:
    """A pull request in a list. `head.repo` and `base.repo` are the repository itself; there are no forks here."""
    base = f"{to.api}/repos/{state.login}/{repository.name}"
    url, issue = f"{base}/pulls/{pull.number}", f"{base}/issues/{pull.number}"
    html = f"{to.html}/{state.login}/{repository.name}/pull/{pull.number}"
    home, owner = plain_repository(state, repository, viewer, to), organization_account(state, to)
    below = pull.commits[0].parents[0] if pull.commits and pull.commits[0].parents else sha_of(f"base of {pull.id}")
    links = {
        "self": url,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{base}/statuses/{pull.head}",
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue,
        "number": pull.number,
        "state": pull_state(pull),
        "locked": False,
        "title": pull.title,
        "user": simple_user(state, pull.author, to),
        "body": pull.body or None,
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.changed_at),
        "closed_at": stamp(pull.closed_at),
        "merged_at": stamp(pull.merged_at),
        "merge_commit_sha": pull.merge_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [label(state, repository, name, to) for name in pull.labels],
        "milestone": None,
        "draft": False,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "head": {"label": f"{state.login}:{pull.branch}", "ref": pull.branch, "sha": pull.head, "user": owner, "repo": home},
        "base": {"label": f"{state.login}:{pull.base}", "ref": pull.base, "sha": below, "user": owner, "repo": home},
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": "MEMBER",
        "auto_merge": None,
        "active_lock_reason": None,
    }


def whole_pull(state: State, repository: Repository, pull: PullRequest, viewer: Viewer, to: Addresses) -> dict[str, Any]:
    """`GET .../pulls/{number}`."""
    return simple_pull(state, repository, pull, viewer, to) | {
        "merged": pull.merged_at is not None,
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": simple_user(state, pull.merged_by, to),
        "comments": 0,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(pull.commits),
        "additions": 10 * len(pull.commits),
        "deletions": len(pull.commits),
        "changed_files": len(pull.commits),
    }


def label(state: State, repository: Repository, name: str, to: Addresses) -> dict[str, Any]:
    """A label; its id follows from its name."""
    number = int.from_bytes(hashlib.sha256(f"{repository.id} {name}".encode()).digest()[:5])
    return {
        "id": number,
        "node_id": node_id("Label", number),
        "url": f"{to.api}/repos/{state.login}/{repository.name}/labels/{name}",
        "name": name,
        "description": "",
        "color": "ededed",
        "default": False,
    }


def review(state: State, repository: Repository, pull: PullRequest, review: Review, to: Addresses) -> dict[str, Any]:
    """A review. One that was never submitted is not shown to others and has no instant."""
    url = f"{to.api}/repos/{state.login}/{repository.name}/pulls/{pull.number}"
    html = f"{to.html}/{state.login}/{repository.name}/pull/{pull.number}#pullrequestreview-{review.id}"
    return {
        "id": review.id,
        "node_id": node_id("PullRequestReview", review.id),
        "user": simple_user(state, review.author, to),
        "body": review.body,
        "state": review.state,
        "html_url": html,
        "pull_request_url": url,
        "author_association": "MEMBER",
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "submitted_at": stamp(review.submitted_at),
        "commit_id": review.commit,
    }


def check_run(state: State, repository: Repository, run: CheckRun, to: Addresses) -> dict[str, Any]:
    """A check run, made by GitHub Actions."""
    base = f"{to.api}/repos/{state.login}/{repository.name}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CheckRun", run.id),
        "head_sha": run.sha,
        "external_id": "",
        "url": f"{base}/check-runs/{run.id}",
        "html_url": f"{to.html}/{state.login}/{repository.name}/runs/{run.id}",
        "details_url": None,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp(run.started_at),
        "completed_at": stamp(run.completed_at),
        "check_suite": {"id": run.id + 1},
        "app": None,
        "pull_requests": [],
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": 0,
            "annotations_url": f"{base}/check-runs/{run.id}/annotations",
        },
    }


def found_issue(state: State, repository: Repository, pull: PullRequest, to: Addresses) -> dict[str, Any]:
    """A pull request as the search shows it."""
    base = f"{to.api}/repos/{state.login}/{repository.name}"
    issue, html = f"{base}/issues/{pull.number}", f"{to.html}/{state.login}/{repository.name}/pull/{pull.number}"
    return {
        "url": issue,
        "repository_url": base,
        "labels_url": f"{issue}/labels{{/name}}",
        "comments_url": f"{issue}/comments",
        "events_url": f"{issue}/events",
        "html_url": html,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "number": pull.number,
        "title": pull.title,
        "user": simple_user(state, pull.author, to),
        "labels": [label(state, repository, name, to) for name in pull.labels],
        "state": pull_state(pull),
        "locked": False,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": 0,
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.changed_at),
        "closed_at": stamp(pull.closed_at),
        "author_association": "MEMBER",
        "active_lock_reason": None,
        "draft": False,
        "pull_request": {
            "url": f"{base}/pulls/{pull.number}",
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": stamp(pull.merged_at),
        },
        "body": pull.body,
        "score": 1.0,
        "state_reason": None,
    }
