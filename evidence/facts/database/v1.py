"""A relational or document database server or cluster run by a vendor (RDS, Aurora, DocumentDB, Neptune)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Database(Fact):
    """`form`: instance or cluster; `cluster`: the cluster an instance belongs to, "" when it stands alone. `stopped`: switched off by
    its owner. `public`: reachable by a public address. `backup_days`: how long automatic backups are kept, 0 for none.
    `restorable_until`: the newest instant that a restore can reach, rounded up to six hours (UTC) so that a healthy database
    changes four times a day and not at every look; "" when there is none. `zones`: availability zones with a running member.
    `tls_setting`: the engine's own switch for demanding TLS as it stands in the parameter group, "" when the group has none;
    `tls_pending`: a change of the group waits for a restart."""

    KIND: ClassVar[str] = "database"
    VERSION: ClassVar[int] = 1

    form: str
    engine: str = ""
    engine_version: str = ""
    cluster: str = ""
    stopped: bool = False
    replica: bool = False
    encrypted: bool | None = None
    public: bool | None = None
    backup_days: int | None = None
    restorable_until: str | None = None
    multi_zone: bool | None = None
    zones: tuple[str, ...] = ()
    deletion_protection: bool | None = None
    minor_upgrades: bool | None = None
    tls_setting: str | None = None
    tls_value: str | None = None
    tls_pending: bool | None = None
    tags: tuple[Tag, ...] | None = None
