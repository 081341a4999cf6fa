"""The fields that are read, and no others: what each of BambooHR's endpoints calls them. Everything else is neither asked for nor kept.

Meanings: our own words for a field. A company may have renamed or hidden a dataset's field, so several names are tried in order.
"""

from types import MappingProxyType

NUMBER, FIRST, LAST, EMAIL, STATUS = "number", "first", "last", "email", "status"
HIRED, ENDED, EMPLOYMENT, TITLE, DEPARTMENT, LOCATION, MANAGER = (
    "hired",
    "ended",
    "employment",
    "title",
    "department",
    "location",
    "manager",
)
ID, FORMER, CONTRACT = "id", "former", "contract"

LISTED = MappingProxyType(
    {
        ID: "employeeId",
        FIRST: "firstName",
        LAST: "lastName",
        STATUS: "status",
        TITLE: "jobTitleName",
        EMAIL: "workEmail",
        HIRED: "hireDate",
        DEPARTMENT: "departmentName",
        LOCATION: "locationName",
        EMPLOYMENT: "employmentStatusName",
        MANAGER: "reportsToId",
    }
)
ALWAYS_LISTED = frozenset({ID, FIRST, LAST, STATUS, TITLE})  # come without being asked for
SINGLE = MappingProxyType(
    {
        ID: "id",
        NUMBER: "employeeNumber",
        FIRST: "firstName",
        LAST: "lastName",
        EMAIL: "workEmail",
        STATUS: "status",
        HIRED: "hireDate",
        ENDED: "terminationDate",
        EMPLOYMENT: "employmentStatus",
        TITLE: "jobTitle",
        DEPARTMENT: "department",
        LOCATION: "location",
        MANAGER: "supervisorEId",
    }
)
DATASET = "employee"
IN_DATASET = MappingProxyType(
    {
        ID: ("eeid", "employeeId", "id"),
        NUMBER: ("employeeNumber",),
        FIRST: ("firstName",),
        LAST: ("lastName",),
        EMAIL: ("email", "workEmail"),
        STATUS: ("status",),
        HIRED: ("hireDate",),
        ENDED: ("terminationDate",),
        EMPLOYMENT: ("employmentStatus", "employmentStatusName"),
        TITLE: ("jobInformationJobTitle", "jobTitle", "jobTitleName"),
        DEPARTMENT: ("jobInformationDepartment", "department", "departmentName"),
        LOCATION: ("jobInformationLocation", "location", "locationName"),
        MANAGER: ("supervisorId", "supervisorEId", "reportsToId"),
    }
)
NEEDED = frozenset({ID, STATUS, LAST})  # without these the dataset is no roster
STATUS_TABLE = ("id", "employeeId", "date", "employmentStatus")
JOB_TABLE = ("id", "employeeId", "date", "location", "department", "jobTitle")

# A setting may name a company's own field. These are refused even then: parts of names, in small letters.
FORBIDDEN = (
    "birth", "ssn", "social", "pay", "salary", "compensation", "bonus", "wage", "tax", "bank", "iban", "gender", "marital",
    "ethnic", "religion", "nationality", "disab", "health", "vaccin", "home", "private", "personal", "address1", "address2", "street",
    "zip", "passport", "visa", "dependent", "emergency", "phone", "reason", "comment",
)  # fmt: skip


def is_forbidden(field: str) -> bool:
    """Whether a field by that name is one that is never read."""
    return field.lower() == "sin" or any(part in field.lower() for part in FORBIDDEN)
