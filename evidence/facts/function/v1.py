"""A piece of code that the vendor runs on demand (Lambda)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionUrl(Part):
    """A web address of a function: `qualifier` names the alias, `authentication` is NONE or AWS_IAM."""

    qualifier: str = ""
    authentication: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Fact):
    """`package`: Zip or Image; `runtime`: the vendor's language runtime, "" for a container image. `urls`: its own web addresses.
    `policy`: the attached policy document, "" when there is none."""

    KIND: ClassVar[str] = "function"
    VERSION: ClassVar[int] = 1

    package: str = ""
    runtime: str = ""
    urls: tuple[FunctionUrl, ...] | None = None
    policy: str | None = None
