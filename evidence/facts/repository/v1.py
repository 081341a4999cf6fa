"""A repository of source code."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Repository(Fact):
    """`visibility`: public, internal or private. `secret_scanning`: commits are searched for secrets; `push_protection`: a push that
    holds one is stopped. `default_branch`: the name of the branch that counts."""

    KIND: ClassVar[str] = "repository"
    VERSION: ClassVar[int] = 1

    visibility: str | None = None
    archived: bool | None = None
    fork: bool | None = None
    default_branch: str | None = None
    created: str | None = None
    secret_scanning: bool | None = None
    push_protection: bool | None = None
