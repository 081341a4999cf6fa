"""A policy of the identity provider about passwords; several may be in force for different groups."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPasswordPolicy(Fact):
    """`refuses_login`: the user's name may not be part of the password. `refuses_common`: passwords that many people use are refused.
    `lockout_attempts`: wrong attempts until the account is locked, 0 when it never is. `history`: how many former passwords are
    refused. `maximum_age_days`: 0 when passwords do not expire."""

    KIND: ClassVar[str] = "identity_password_policy"
    VERSION: ClassVar[int] = 1

    active: bool | None = None
    priority: int | None = None
    minimum_length: int | None = None
    refuses_login: bool | None = None
    refuses_common: bool | None = None
    lockout_attempts: int | None = None
    history: int | None = None
    maximum_age_days: int | None = None
    groups: tuple[str, ...] | None = None
