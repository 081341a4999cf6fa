"""Minor upgrades are automatic and the engine version is under standard support (CC7.1)."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from controls.checks.shared.ages import end_of
from controls.checks.shared.tables import read_lifetimes
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.database.v1 import Database

FACT = Database
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
TABLE = read_lifetimes(Path(__file__).parent / "engines_v1.yaml")


def judge(fact: Database, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """AutoMinorVersionUpgrade, and the last day of standard support of the engine's major version from the table beside this check."""
    if fact.minor_upgrades is None and fact.form == "cluster":
        return not_applicable("the switch is on its instances, which are judged")
    major = major_version(fact.engine, fact.engine_version)
    known = major in TABLE.ends
    last = TABLE.ends.get(major)
    end = end_of(last) if last else None
    if end is not None and now >= end:
        return failed(f"standard support of {major} ended on {last}")
    if fact.minor_upgrades is False:
        return failed("does not take minor upgrades by itself")
    if fact.minor_upgrades is None:
        return no_data("whether it takes minor upgrades was not observed")
    if not known:
        return no_data(f"when standard support of {fact.engine} {fact.engine_version} ends is not in the table of {TABLE.copied}")
    return passed(f"takes minor upgrades; standard support of {major} {f'lasts until {last}' if last else 'has no announced end'}", end)


def major_version(engine: str, version: str) -> str:
    """The table's name for an engine's major version: `postgres 16`, `mysql 8.0`, `aurora-mysql 8.0`, `sqlserver 15`."""
    family = "sqlserver" if engine.startswith("sqlserver") else "aurora-mysql" if engine == "aurora" else engine
    parts = version.split(".")
    whole = family == "sqlserver" or (family.endswith("postgres") or family.endswith("postgresql")) and parts[0] != "9"
    return f"{family} {parts[0] if whole else '.'.join(parts[:2])}"
