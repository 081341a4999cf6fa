"""One rule of a policy that says how people prove themselves when they open an application."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnRule(Fact):
    """`active`, `policy_active`: whether rule and policy are in force. `access`: allow or deny. `factors`: how many different factors are
    demanded at least, None when the provider says it in a way that is not known. `phishing_resistant`: whether every way to satisfy
    the rule needs a factor that resists phishing. `groups`, `excluded_groups`: ids the rule is limited to or leaves out, in order;
    empty `groups` means everybody."""

    KIND: ClassVar[str] = "sign_on_rule"
    VERSION: ClassVar[int] = 1

    policy: str = ""
    policy_name: str = ""
    policy_active: bool | None = None
    priority: int | None = None
    active: bool | None = None
    access: str | None = None
    factors: int | None = None
    phishing_resistant: bool | None = None
    groups: tuple[str, ...] | None = None
    excluded_groups: tuple[str, ...] | None = None
