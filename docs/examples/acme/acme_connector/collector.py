"""From a row of Acme's answer to a fact. Pure, so that a stored answer gives the same fact years later."""

from collections.abc import Mapping
from typing import Any

from evidence.facts.person.v1 import Person

STATUSES = {"here": "active", "away": "leave", "gone": "terminated", "coming": "pre_start"}
EMPLOYMENTS = {"staff": "employee", "freelance": "contractor", "trainee": "intern"}


def person(row: Mapping[str, Any]) -> Person:
    """One row of `GET /v1/people`. What Acme does not send is None: unknown, and no check passes on it."""
    return Person(
        subject=f"acme:{row['id']}",
        name=row["name"],
        employee_number=str(row["id"]),
        work_email=row.get("email"),
        employment=EMPLOYMENTS.get(row.get("contract", "")),
        status=STATUSES.get(row.get("state", "")),
        hired=row.get("first_day"),
        last_day=row.get("last_day", "") if "last_day" in row else None,
        title=row.get("title"),
        department=row.get("team"),
    )
