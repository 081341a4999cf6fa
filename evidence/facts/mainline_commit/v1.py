"""A commit on the default branch of a repository, and the merged changes that brought it there."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class MainlineCommit(Fact):
    """`parents`: how many (two or more: a merge; none: the first of a history). `changes`: numbers of the merged pull requests that
    brought it; empty when it was pushed directly; None when they were not shown."""

    KIND: ClassVar[str] = "mainline_commit"
    VERSION: ClassVar[int] = 1

    repository: str
    repository_name: str
    sha: str
    committed: str
    author: str | None = None
    parents: int | None = None
    changes: tuple[int, ...] | None = None
