"""An account of any system with whose it is: a person and their employment, a classification with an owner, or nobody known."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHolder(Fact):
    """`holder`: person, service, shared, external, break_glass, ignored, conflict (several persons fit) or unknown. `person` is the subject
    of `person_access`; `rule` and `explanation` say why. `candidates`: the persons between whom nobody has decided. `owner`, `kept_in` (where
    a shared secret is kept) and `expires` belong to the classification; `expires` is "" for none. `holder_since`: since when `holder` is
    what it is. `idp_enabled`: the person has an enabled identity; None when identities are not read."""

    KIND: ClassVar[str] = "account_holder"
    VERSION: ClassVar[int] = 1

    system: str
    category: str
    source: str
    kind: str
    login: str = ""
    email: str = ""
    created: str | None = None
    enabled: bool | None = None
    interactive: bool | None = None
    mfa: bool | None = None
    privileged: bool | None = None
    last_use: str | None = None
    holder: str = "unknown"
    holder_since: str = ""
    person: str = ""
    person_name: str = ""
    rule: str = ""
    explanation: str = ""
    candidates: tuple[str, ...] = ()
    owner: str = ""
    kept_in: str = ""
    expires: str = ""
    employment: str | None = None
    starts: str | None = None
    ends: str | None = None
    idp_enabled: bool | None = None
    idp_mfa: bool | None = None
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
