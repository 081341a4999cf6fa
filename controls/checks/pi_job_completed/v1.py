"""Each time of a job's schedule has a completed run or an incident; a missing run is a failure (PI1.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.ages import minute
from controls.checks.shared.schedules import TooDense, due_times
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts import instants
from evidence.facts.fact import Fact
from evidence.facts.job_run.v1 import JobRun
from evidence.facts.job_schedule.v1 import JobSchedule

FACT = JobSchedule
OTHERS: tuple[type, ...] = (JobRun,)
PARAMETERS: Mapping[str, object] = {}


def judge(fact: JobSchedule, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one schedule against the runs of its job. The earliest run that is wanting is named."""
    runs = {each.scheduled_for: each for each in others.get(JobRun.KIND, ()) if isinstance(each, JobRun) and each.job == fact.subject}
    unknown = ""
    try:
        for due, end in due_times(fact, now):
            run = runs.get(instants.to_text(due) or "")
            if run is not None and (run.incident or run.status == "completed"):
                continue
            if run is not None and run.status in ("failed", "missed"):
                return failed(f"the run of {minute(due)} {'failed' if run.status == 'failed' else 'was missed'}, and no incident is linked")
            if now < end:
                return no_data(unknown) if unknown else passed("every run that was due ended or has an incident", end)
            if run is None or run.status == "running":
                return failed(f"the run of {minute(due)} {'is missing' if run is None else 'did not end'}, due by {minute(end)}")
            unknown = unknown or f"how the run of {minute(due)} ended is not known"
    except TooDense as error:
        return no_data(str(error))
    if unknown:
        return no_data(unknown)
    if fact.first_due is None and not fact.due:
        return no_data("the schedule names no times")
    return passed("every run that was due ended or has an incident")
