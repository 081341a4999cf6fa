"""How a scan is written: table, CSV, JSON, and OCSF Compliance Findings (class 2003, https://schema.ocsf.io/1.3.0/classes/compliance_finding)."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compliance.operate.scan import Row, Scan
from compliance.version import VERSION
from controls.outcomes import Severity
from controls.registry import Definition

COLUMNS = ("check_id", "kind", "subject", "region", "outcome", "reason")

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run instead of showing
OCSF_VERSION = "1.3.0"
OCSF_SEVERITY = {Severity.LOW: (2, "Low"), Severity.MEDIUM: (3, "Medium"), Severity.HIGH: (4, "High"), Severity.CRITICAL: (5, "Critical")}
OCSF_STATUS = {"pass": (1, "Pass"), "fail": (3, "Fail"), "no_data": (0, "Unknown"), "not_applicable": (99, "Not applicable")}
PROVIDERS = {"aws": "AWS", "github": "GitHub"}


def as_csv(scan: Scan) -> Iterator[str]:
    """One line per check and subject, after a header line. Cells that a spreadsheet would run as a formula begin with an apostrophe."""
    yield _csv_line(COLUMNS)
    for row in scan.rows:
        yield _csv_line([_harmless(getattr(row, column)) for column in COLUMNS])


def as_json(scan: Scan) -> Iterator[str]:
    """One object: account, checks with their state, rows, and what could not be read."""
    document = {
        "plumbline": VERSION,
        "vendor": scan.vendor,
        "account": scan.account,
        "account_name": scan.account_name,
        "at": scan.at.isoformat(timespec="seconds"),
        "calls": scan.calls,
        "checks": [
            {
                "check_id": each.definition.id, "title": each.definition.title, "state": each.state.value, "detail": each.detail,
                "subjects": each.population,
            }
            for each in scan.checks
        ],
        "rows": [{column: getattr(row, column) for column in COLUMNS} for row in scan.rows],
        "unread": [{"what": each.what, "kind": each.kind, "detail": each.detail} for each in scan.unread],
    }  # fmt: skip
    yield json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_ocsf(scan: Scan) -> Iterator[str]:
    """One Compliance Finding a line."""
    known = {each.definition.id: each.definition for each in scan.checks}
    for row in scan.rows:
        yield json.dumps(_finding(scan, row, known[row.check_id]), ensure_ascii=False, separators=(",", ":")) + "\n"


def as_table(scan: Scan) -> Iterator[str]:
    """For people: outcomes aligned, failing ones first within each check."""
    order = {"fail": 0, "no_data": 1, "not_applicable": 2, "pass": 3}
    rows = sorted(scan.rows, key=lambda row: (row.check_id, order[row.outcome], row.subject))
    width = max((len(row.check_id) for row in rows), default=5)
    yield f"{'outcome':<14}  {'check':<{width}}  {'region':<14}  subject: reason\n"
    for row in rows:
        yield _printable(f"{row.outcome:<14}  {row.check_id:<{width}}  {row.region:<14}  {row.name or row.subject}: {row.reason}") + "\n"


def _finding(scan: Scan, row: Row, definition: Definition) -> Mapping[str, Any]:
    severity_id, severity = OCSF_SEVERITY[definition.severity]
    status_id, status = OCSF_STATUS[row.outcome]
    at = int(scan.at.timestamp() * 1000)
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": at,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "message": f"{definition.title}: {row.reason}",
        "metadata": {"version": OCSF_VERSION, "product": {"name": "Plumbline", "vendor_name": "Plumbline", "version": VERSION}},
        "finding_info": {
            "uid": f"{definition.id}/{scan.account}/{row.subject}",
            "title": definition.title,
            "desc": definition.rationale,
            "created_time": at,
        },
        "compliance": {
            "standards": ["AICPA Trust Services Criteria 2017"],
            "requirements": list(definition.criteria),
            "control": definition.id,
            "status_id": status_id,
            "status": status,
            "status_detail": row.reason,
        },
        "resources": [{"uid": row.subject, "name": row.name or row.subject, "type": row.kind, "region": row.region}],
        "cloud": {"provider": PROVIDERS[scan.vendor], "region": row.region, "account": {"uid": scan.account, "name": scan.account_name}},
        "remediation": {"desc": definition.console or definition.title},
    }


def _csv_line(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _printable(line: str) -> str:
    """Names come from the vendor: a control character must not drive the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


FORMATS: Mapping[str, Callable[[Scan], Iterator[str]]] = {"table": as_table, "csv": as_csv, "json": as_json, "ocsf": as_ocsf}
