"""Automatic backups are kept for at least a week and are current (A1.2, CC7.5)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, minute
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.database.v1 import Database

FACT = Database
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"retention_days": 7, "restorable_hours": 24}


def judge(fact: Database, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """BackupRetentionPeriod, and LatestRestorableTime no older than allowed. A stopped database writes nothing, so its newest
    point may be old."""
    if fact.cluster:
        return not_applicable(f"backed up with its cluster {fact.cluster}, which is judged")
    if fact.replica:
        return not_applicable("a replica; the database it copies is judged")
    days, hours = int(parameters["retention_days"]), int(parameters["restorable_hours"])  # type: ignore[call-overload]
    if fact.backup_days is not None and fact.backup_days < days:
        return failed(f"backups are kept {fact.backup_days} days, less than {days}" if fact.backup_days else "automatic backups are off")
    if fact.restorable_until == "" and not fact.stopped:
        return failed("there is no point in time that it can be restored to")
    if fact.restorable_until and not fact.stopped:
        end = after(fact.restorable_until, hours=hours)
        if now >= end:
            return failed(f"the newest restorable point is older than {hours} hours since {minute(end)}")
        if fact.backup_days is not None:
            return passed(f"backups are kept {fact.backup_days} days and reach to within {hours} hours", end)
    if fact.backup_days is None or fact.restorable_until is None:
        return no_data("backup retention or the newest restorable point was not observed")
    return passed(f"backups are kept {fact.backup_days} days; the database is stopped")
