"""A change that was merged (pull request), with who wrote it, who reviewed it and what was checked."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Part):
    """One submitted review. `state`: the vendor's word in small letters (approved, changes_requested, commented, dismissed).
    `author` is None for an account that is gone. `commit`: what was looked at."""

    author: str | None = None
    bot: bool = False
    state: str
    submitted: str | None = None
    commit: str | None = None


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult(Part):
    """The last result of one automatic check on the merged commit. `conclusion`: success, failure, …, empty while it runs."""

    name: str
    conclusion: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Fact):
    """`repository` is the subject of the repository. `commit_authors`: logins of all who wrote a commit, co-authors included;
    `unlinked_authors`: names of those whose e-mail belongs to no account. `head`: the last commit of the branch when it was merged.
    `reviews`, `commit_authors` and `checks` are None when they were not shown to us."""

    KIND: ClassVar[str] = "change"
    VERSION: ClassVar[int] = 1

    repository: str
    repository_name: str
    number: int
    title: str = ""
    author: str | None = None
    author_is_bot: bool = False
    created: str | None = None
    merged: str
    merged_by: str | None = None
    base: str = ""
    base_is_default: bool | None = None
    branch: str = ""
    head: str = ""
    labels: tuple[str, ...] = ()
    commit_authors: tuple[str, ...] | None = None
    unlinked_authors: tuple[str, ...] = ()
    reviews: tuple[Review, ...] | None = None
    checks: tuple[CheckResult, ...] | None = None
