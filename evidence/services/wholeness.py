"""What stands for all that one stream holds: equal digests mean equal facts, so that nothing need be compared one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from hashlib import sha256
from itertools import islice
from operator import attrgetter

import orjson

from evidence.facts.fact import Fact
from evidence.readings import Observed

AT_ONCE = 500
_SUBJECT = attrgetter("fact.subject")


def whole_digest(observations: Iterable[Observed]) -> str:
    """64 hex digits over every field of every fact, in order of their subjects; empty for what has no digest: no fact at all, facts of
    more than one class, or values that have no canonical form (recording them says what is wrong).

    Not the digest of a record: it only has to differ wherever canonical bytes differ, and is made several times faster. The class's kind,
    version and field names lead, rows of values follow; canonical bytes are a function of these.
    """
    facts = [observed.fact for observed in sorted(observations, key=_SUBJECT)]
    kinds = {type(fact) for fact in facts}
    if len(kinds) != 1:
        return ""
    return _digest_of(kinds.pop(), facts)


def _digest_of(kind: type[Fact], facts: Sequence[Fact]) -> str:
    names = [field.name for field in fields(kind)]
    values, left = attrgetter(*names), iter(facts)
    running = sha256(orjson.dumps([kind.KIND, kind.VERSION, names, len(facts)]))
    try:
        while rows := [values(fact) for fact in islice(left, AT_ONCE)]:
            running.update(orjson.dumps(rows))
    except orjson.JSONEncodeError:
        return ""
    return running.hexdigest()
