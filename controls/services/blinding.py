"""Which checks a source that is not read leaves blind."""

from collections.abc import Collection, Sequence

from controls.models import Check
from controls.registry import definitions


def affected_by_source(vendor: str, kinds: Collection[str], operations: frozenset[str] = frozenset()) -> Sequence[str]:
    """Ids of the enabled checks that cannot be relied upon while this source is not read, at once and not only when their state has
    followed: those that read one of `kinds` from that vendor (or from whatever source provides it), to judge it or beside what they judge;
    when `operations` are named, those of them that need one."""
    known = definitions()
    blinded = {
        each.id
        for each in known.values()
        if each.version and each.reads_from(vendor) and each.kinds & frozenset(kinds) and (not operations or each.needs & operations)
    }
    return list(Check.objects.filter(enabled=True, check_id__in=blinded).order_by("check_id").values_list("check_id", flat=True))
