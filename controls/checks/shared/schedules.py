"""The times at which a job has to run, out of its schedule."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from evidence.facts import instants
from evidence.facts.job_schedule.v1 import JobSchedule

MOST_TIMES = 200_000  # a run every five minutes for almost two years
LONGEST = 366 * 24 * 60  # minutes: longer intervals and graces are taken for a year


class TooDense(ValueError):
    """The schedule has more times than are looked at; the message says what to do."""


def due_times(schedule: JobSchedule, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """(time, instant by which the run has to have ended) of every run until `now` and of the next ones, in order; the reader stops. Raises TooDense."""
    grace = timedelta(minutes=min(max(0, schedule.grace_minutes), LONGEST))
    for number, due in enumerate(_times(schedule)):
        if number >= MOST_TIMES:
            raise TooDense(f"the schedule has more than {MOST_TIMES:,} times; send it with a later first time")
        yield due, due + grace
        if due > now:
            return


def _times(schedule: JobSchedule) -> Iterator[datetime]:
    if schedule.due:
        yield from sorted({instants.from_text(each) for each in schedule.due})
        return
    if schedule.first_due is None:
        return
    last = instants.from_text(schedule.last_due) if schedule.last_due else None
    due = instants.from_text(schedule.first_due)
    while last is None or due <= last:
        yield due
        if not schedule.every_minutes or schedule.every_minutes < 1:
            return
        due += timedelta(minutes=min(schedule.every_minutes, LONGEST))
