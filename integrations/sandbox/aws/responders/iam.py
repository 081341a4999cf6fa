"""The credential report as AWS writes it: with the root user's row, dates of passwords and keys, and a time of generation.

moto's report has no root row and is of the moment it is fetched. AWS makes a new one at most every four hours; how old a report
may get here is the sandbox's `report_max_age`.
Source: docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import User, iam_backends

from integrations.sandbox.aws.extras import Report, Root
from integrations.sandbox.aws.responders.answering import Desk, Refused, Responder

COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
)
_NO_KEY = ("false", "N/A", "N/A", "N/A", "N/A")
_NO_CERTIFICATES = ("false", "N/A", "false", "N/A")


def _generate(desk: Desk) -> Mapping[str, Any]:
    report, now = desk.extras.report, desk.clock.now()
    if report is not None and (not report.read or now - report.generated <= desk.report_max_age):
        return {"State": "COMPLETE"}
    desk.extras.report = Report(generated=now, content=_written(desk))
    return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}


def _get(desk: Desk) -> Mapping[str, Any]:
    report = desk.extras.report
    if report is None:
        raise Refused("ReportNotPresent", "The credential report is not present", 410)
    report.read = True
    return {"Content": report.content, "ReportFormat": "text/csv", "GeneratedTime": report.generated.replace(microsecond=0)}


def _written(desk: Desk) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(_root_row(desk.account, desk.extras.root))
    users = iam_backends[desk.account]["aws"].users.values()
    for user in users:
        writer.writerow(_user_row(user, desk.extras.password_changed.get(user.name)))
    return out.getvalue().rstrip("\n").encode()


def _root_row(account: str, root: Root) -> tuple[str, ...]:
    last_used = _instant(root.password_last_used, "no_information") if root.password else "N/A"
    key = ("true", _instant(root.key_last_rotated, "N/A"), _instant(root.key_last_used, "N/A"), "N/A", "N/A")
    keys = [key if number < root.keys else _NO_KEY for number in range(2)]
    return (
        "<root_account>",
        f"arn:aws:iam::{account}:root",
        _instant(root.created, "not_supported"),
        "not_supported",
        last_used,
        "not_supported",
        "not_supported",
        "true" if root.mfa else "false",
        *keys[0],
        *keys[1],
        *_NO_CERTIFICATES,
    )


def _user_row(user: User, changed: datetime | None) -> tuple[str, ...]:
    created = _instant(user.create_date, "N/A")
    if user.password:
        password = ("true", _instant(user.password_last_used, "no_information"), _instant(changed or user.create_date, "N/A"), "N/A")
    else:
        password = ("false", "N/A", "N/A", "N/A")
    keys = [_key(user.access_keys[number]) if number < len(user.access_keys) else _NO_KEY for number in range(2)]
    return (user.name, user.arn, created, *password, "true" if user.mfa_devices else "false", *keys[0], *keys[1], *_NO_CERTIFICATES)


def _key(key: Any) -> tuple[str, ...]:
    used = key.last_used
    last = (_instant(used.timestamp, "N/A"), used.region, used.service) if used else ("N/A", "N/A", "N/A")
    return ("true" if key.status == "Active" else "false", _instant(key.create_date, "N/A"), *last)


def _instant(value: datetime | None, missing: str) -> str:
    if value is None:
        return missing
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


ANSWERS: Mapping[str, Responder] = {"iam:GenerateCredentialReport": _generate, "iam:GetCredentialReport": _get}
