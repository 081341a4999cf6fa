"""A test of the defences by people or from outside: a penetration test, a scan of the perimeter."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityTest(Fact):
    """`form`: pentest or external_scan. `performed`: instant at which it ended. `tester`: who did it; `independent`: whether they are
    outside the team that builds and runs the system. `open_high`: findings of high or critical severity neither closed nor accepted."""

    KIND: ClassVar[str] = "security_test"
    VERSION: ClassVar[int] = 1

    form: str | None = None
    performed: str | None = None
    tester: str | None = None
    independent: bool | None = None
    open_high: int | None = None
    report: str = ""
