"""The active parameter group demands TLS (CC6.7)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.database.v1 import Database

FACT = Database
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
DEMANDING = frozenset({"1", "on", "true", "enabled", "fips-140-3", "tls1.2+", "tls1.3+"})  # of DocumentDB: the last three


def judge(fact: Database, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The engine's switch as it stands in the active parameter group: of the cluster for members of one."""
    if fact.cluster:
        return not_applicable(f"member of the cluster {fact.cluster}, whose parameter group is judged")
    if fact.tls_setting is None:
        return no_data(f"no parameter decides this for the engine {fact.engine}, or the parameter group was not observed")
    if not fact.tls_setting:
        return failed("the parameter group has no setting that demands TLS")
    if (fact.tls_value or "").lower() not in DEMANDING:
        return failed(f"{fact.tls_setting} is {fact.tls_value or 'not set'}")
    if fact.tls_pending:
        return no_data(f"{fact.tls_setting} is {fact.tls_value}, but a change of the parameter group waits for a restart")
    return passed(f"{fact.tls_setting} is {fact.tls_value}")
