"""What is taken out of BambooHR's answers before anything is hashed, kept or parsed: all fields but those of `names.py`.

A table's rows come whole whatever is asked for, with comments, reasons for leaving and days of the last pay: these go first.
`private.yaml` says what is read about people and why.
"""

from collections.abc import Sequence

from integrations.transport.redaction import Table, drop, only
from integrations.vendors.bamboohr.collectors.names import IN_DATASET, JOB_TABLE, LISTED, SINGLE, STATUS_TABLE

LIST = "GET /api/v1/employees"
ONE = "GET /api/v1/employees/{id}"
WHO = "GET /api/v1/employees/0"
STATUSES = "GET /api/v1/employees/{id}/tables/employmentStatus"
JOBS = "GET /api/v1/employees/{id}/tables/jobInfo"
CHANGED = "GET /api/v1/employees/changed"
COMPANY = "GET /api/v1/company_information"
FIELDS = "GET /api/v1_2/datasets/{datasetName}/fields"
DATA = "POST /api/v2/datasets/{datasetName}/data"


def redactions(own_fields: Sequence[str]) -> Table:
    """The table for a connection that also reads these fields of the company's own."""
    in_dataset = tuple(name for names in IN_DATASET.values() for name in names)
    return {
        LIST: only("data[]", *LISTED.values(), "_restrictedFields"),
        ONE: only("", *SINGLE.values(), *own_fields),
        WHO: only("", "id", "workEmail"),
        STATUSES: only("[]", *STATUS_TABLE),
        JOBS: only("[]", *JOB_TABLE),
        COMPANY: drop("address", "phone"),
        DATA: only("data[]", "fields") + only("data[].fields", *in_dataset, *own_fields),
    }
