"""A place where files are kept and served from (an S3 bucket)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PublicBlock(Part):
    """Four switches that override what policies and access lists would open to the public."""

    block_lists: bool = False
    ignore_lists: bool = False
    block_policy: bool = False
    restrict_policy: bool = False


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Part):
    """One entry of an access list: `group` is everyone, any_account, or another predefined group; empty for a single account."""

    grantee: str
    group: str = ""
    permission: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Expiration(Part):
    """One active rule that deletes by age. `whole`: it has no filter. `days`: age at which objects go, None when the rule has none;
    `old_version_days`: the same for versions that were replaced."""

    name: str
    whole: bool
    days: int | None = None
    old_version_days: int | None = None


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStore(Fact):
    """`block` and `account_block` are the switches against public access, of the store itself and of the whole account; a switch that
    is not set anywhere is False. `policy` is the attached policy document, "" when there is none; `public_policy` is the vendor's
    own word on it. `key`: the encryption key's name, "" when the vendor keeps the key. `versioning`: enabled, suspended or never.
    `log_target`: the store that receives the access log, "" when access is not logged. `audit_trails`: trails of the
    account that record every read and write of its objects. `tags` None: not observed."""

    KIND: ClassVar[str] = "object_store"
    VERSION: ClassVar[int] = 1

    block: PublicBlock | None = None
    account_block: PublicBlock | None = None
    grants: tuple[Grant, ...] | None = None
    policy: str | None = None
    public_policy: bool | None = None
    encryption: str | None = None
    key: str | None = None
    versioning: str | None = None
    log_target: str | None = None
    audit_trails: tuple[str, ...] | None = None
    expirations: tuple[Expiration, ...] | None = None
    tags: tuple[Tag, ...] | None = None
