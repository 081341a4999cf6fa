"""Which right each operation needs, in the words of BambooHR's access levels and of its OAuth scopes."""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.vendors.bamboohr.redactions import CHANGED, COMPANY, DATA, FIELDS, JOBS, LIST, ONE, STATUSES


@dataclass(frozen=True, slots=True)
class Right:
    """`level`: what the key's user needs in Settings > Access Levels; `scope`: the OAuth scope."""

    level: str
    scope: str


RIGHTS: Mapping[str, Right] = {
    LIST: Right("(API keys may not use it)", "employee:name, employee:job"),
    ONE: Right("View only: Personal > Name, Work Email; Job > all of Job Information", "employee:name, employee:job"),
    STATUSES: Right("View only: Job > Employment Status (date, status)", "employee:job"),
    JOBS: Right("View only: Job > Job Information (date, location, department, job title)", "employee:job"),
    CHANGED: Right("View only: all employees", "public.integration"),
    FIELDS: Right("Reports: may run reports on the fields above", "report"),
    DATA: Right("Reports: may run reports on the fields above", "report"),
    COMPANY: Right("(none)", "company:info"),
}
SCOPES = ("company:info", "employee:job", "employee:name", "employee_directory", "offline_access", "public.integration", "report")


def missing(operation: str, *, is_oauth: bool) -> str:
    """What to grant so that the operation may be made."""
    right = RIGHTS[operation]
    return f"add the scope {right.scope}" if is_oauth else f"give the key's user, {right.level}"
