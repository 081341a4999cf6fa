"""Redshift, ElastiCache, OpenSearch and EFS hold data encrypted (CC6.1, CC6.7)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.datastore.v1 import Datastore

FACT = Datastore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Datastore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """At rest for all; in transit as well for caches. Memcached keeps nothing on a disk, so for it only transit counts."""
    wanted = {"at rest": fact.encrypted_at_rest, "in transit": fact.encrypted_in_transit}
    if fact.form != "cache":
        del wanted["in transit"]
    elif fact.engine == "memcached":
        del wanted["at rest"]
    if lacking := [word for word, value in wanted.items() if value is False]:
        return failed(f"is not encrypted {' and not '.join(lacking)}")
    if unknown := [word for word, value in wanted.items() if value is None]:
        return no_data(f"encryption {' and '.join(unknown)} was not observed")
    return passed(f"is encrypted {' and '.join(wanted)}")
