"""No list ended before its last page, and totals agree where the vendor gives them."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.stream_reading.v1 import StreamReading

FACT = StreamReading
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: StreamReading, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge the last reading of one stream."""
    if fact.open_lists:
        return failed(f"{', '.join(fact.open_lists)}: the last page announced another one that was not read")
    if fact.cut:
        return failed("the result was cut short by a limit")
    if fact.short:
        return failed("the number of rows differs from what the vendor counts")
    if not fact.whole:
        return no_data(f"it was not read to its end: {fact.trouble}" if fact.trouble else "it was never read to its end")
    if fact.open_lists is None:
        return no_data("the ledger of its last reading is not kept any more")
    return passed("read to the last page" if fact.short is None else "read to the last page, as many rows as the vendor counts")
