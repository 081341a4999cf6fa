"""Deadlines in business days: Monday to Friday, in UTC. Public holidays differ by place and are not known here; they only lengthen."""

from datetime import datetime, timedelta

from evidence.facts import instants

SATURDAY = 5


def business_days_after(instant: str, days: int) -> datetime:
    """The instant that many business days later, at the same time of day. What begins on a weekend counts from Monday's midnight.
    Raises ValueError when the text is no instant."""
    moment = instants.from_text(instant)
    if moment.weekday() >= SATURDAY:
        moment = (moment + timedelta(days=7 - moment.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    weeks, rest = divmod(days, 5)
    moment += timedelta(weeks=weeks)
    for _each in range(rest):
        moment += timedelta(days=3 if moment.weekday() == SATURDAY - 1 else 1)
    return moment
