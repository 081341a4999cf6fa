"""Each class of backed-up data was restored successfully within a year (A1.3, CC7.5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.checks.shared.arns import account_of
from controls.outcomes import Judgement, failed, not_applicable, passed
from evidence.facts.account_profile.v1 import AccountProfile
from evidence.facts.data_resource.v1 import DataResource
from evidence.facts.restore_job.v1 import RestoreJob

FACT = AccountProfile
OTHERS: tuple[type, ...] = (RestoreJob, DataResource)
PARAMETERS: Mapping[str, object] = {"within_days": 365}
_UNSOUND = frozenset({"FAILED", "TIMED_OUT"})  # a restore testing plan's own validation
_WORDS: Mapping[str, tuple[str, ...]] = {  # the tagging API's types in the words of AWS Backup
    "rds:db": ("RDS",),
    "rds:cluster": ("Aurora", "RDS", "DocumentDB", "Neptune"),
    "dynamodb:table": ("DynamoDB",),
    "elasticfilesystem:file-system": ("EFS",),
    "ec2:volume": ("EBS", "EC2"),
    "s3": ("S3",),
}


def judge(fact: AccountProfile, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence]) -> Judgement:
    """Judge the account: for each class of data that is backed up, one restore must have completed lately."""
    data = [each for each in others[DataResource.KIND] if _own(fact, each)]
    if not data:
        return not_applicable("the account holds no data that the backup service could take")
    forms = sorted({each.form for each in data if each.protected})
    if not forms:
        return failed("no data of the account is backed up by the backup service, so none was restored from it")
    done: dict[str, str] = {}
    for job in others[RestoreJob.KIND]:
        if _own(fact, job) and job.status == "COMPLETED" and job.completed and job.validation not in _UNSOUND:
            done[job.resource_type] = max(done.get(job.resource_type, ""), job.completed)
    latest = {form: max((done.get(word, "") for word in _WORDS.get(form, (form,))), default="") for form in forms}
    days = int(parameters["within_days"])  # type: ignore[call-overload]
    never = [form for form in forms if not latest[form]]
    if never:
        return failed(f"never restored: {', '.join(never)}")
    form = min(forms, key=lambda each: (latest[each], each))
    end = after(latest[form], days=days)
    said = f"{form} was last restored {day(latest[form])}"
    return failed(f"{said}, longer ago than {days} days since {day(end)}") if now >= end else passed(f"{said}; due again {day(end)}", end)


def _own(profile: AccountProfile, fact: DataResource | RestoreJob) -> bool:
    number = fact.account if isinstance(fact, DataResource) else account_of(fact.subject)
    return number == profile.number
