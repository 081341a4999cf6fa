"""What an account demands of its users' passwords."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy(Fact):
    """`configured`: a policy of the owner's own exists; the other fields are then what it says. `reuse_prevented`: how many former
    passwords are refused, 0 for none. `maximum_age_days`: 0 when passwords do not expire."""

    KIND: ClassVar[str] = "password_policy"
    VERSION: ClassVar[int] = 1

    configured: bool | None = None
    minimum_length: int | None = None
    reuse_prevented: int | None = None
    maximum_age_days: int | None = None
    needs_symbols: bool | None = None
    needs_numbers: bool | None = None
    needs_upper_case: bool | None = None
    needs_lower_case: bool | None = None
