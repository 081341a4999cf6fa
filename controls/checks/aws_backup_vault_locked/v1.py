"""Vaults are locked, or their policy lets nobody delete (A1.2, CC6.1)."""

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from controls.checks.shared.policies import PolicyError, ResourceStatement, names_everyone, read_resource_policy
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.backup_vault.v1 import BackupVault

FACT = BackupVault
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: BackupVault, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one vault by its lock, else by a statement that denies backup:DeleteRecoveryPoint to everybody without a condition."""
    if fact.locked:
        return passed("the vault is locked")
    if fact.policy:
        try:
            statements = read_resource_policy(fact.policy)
        except PolicyError as error:
            return no_data(str(error))
        if any(_denies_deletion(each) for each in statements):
            return passed("the vault's policy denies deletion to everybody")
    if fact.locked is None or fact.policy is None:
        return no_data("the vault's lock or policy was not observed")
    return failed("backups can be deleted: neither lock nor policy forbids it")


def _denies_deletion(statement: ResourceStatement) -> bool:
    everybody = names_everyone(statement) and not statement.not_principals
    named = any(fnmatchcase("backup:deleterecoverypoint", each) for each in statement.actions)
    return statement.effect.lower() == "deny" and everybody and named and not statement.conditions
