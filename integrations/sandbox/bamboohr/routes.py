"""The operations of BambooHR that the twin knows, each as its description says; what it does not document it refuses."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from integrations.sandbox.bamboohr.access import Caller
from integrations.sandbox.bamboohr.answers import Answer, bad_request, problem, refused
from integrations.sandbox.bamboohr.fields import Column, dataset, listed, single
from integrations.sandbox.bamboohr.state import TERMINATED, Application, Employee, State

PEOPLE_SCOPES = ("employee", "employee:name", "employee:job", "employee_directory")
PRIVATE_SCOPE = "sensitive_employee:protected_info"
TOKEN_LIFE = timedelta(hours=1)
LIST_DEFAULT, LIST_MAX = 250, 2500
DATA_DEFAULT, DATA_MAX = 100, 1000


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `query` are its parameters, `host` the base of addresses that an answer names."""

    state: State
    caller: Caller
    arguments: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    accept: str
    host: str


@dataclass(frozen=True, slots=True)
class Route:
    """`schemes`: who may call it at all, as the description's security says."""

    method: str
    path: str
    handler: Callable[[Call], Answer]
    parameters: frozenset[str]
    schemes: frozenset[str] = frozenset({"key", "oauth"})


def token(state: State, form: Mapping[str, str]) -> Answer:
    """POST /token.php: an access token for a refresh token or for the code of the redirect."""
    application = state.applications.get(form.get("client_id", ""))
    if application is None or application.client_secret != form.get("client_secret"):
        return Answer(401, {"error": "invalid_client"})
    if application.revoked or not _granted(application, form):
        return Answer(400, {"error": "invalid_grant"})
    made = f"sandbox-token-{secrets.token_hex(12)}"
    application.tokens[made] = state.clock.now() + TOKEN_LIFE
    if application.rotates and form["grant_type"] == "refresh_token":
        application.refresh_token = f"sandbox-refresh-{secrets.token_hex(12)}"
    held = {"access_token": made, "token_type": "Bearer", "expires_in": 3600, "refresh_token": application.refresh_token}
    return Answer(200, {**held, "scope": " ".join(sorted(application.scopes))})


def _granted(application: Application, form: Mapping[str, str]) -> bool:
    if form.get("grant_type") == "refresh_token":
        return form.get("refresh_token") == application.refresh_token
    code = form.get("code", "")
    if (
        form.get("grant_type") != "authorization_code"
        or code not in application.codes
        or form.get("redirect_uri") != application.redirect_uri
    ):
        return False
    application.codes.discard(code)
    return True


def authorize(state: State, query: Mapping[str, str]) -> Answer:
    """GET /authorize.php: the administrator says yes, and the browser goes back with a code."""
    application = state.applications.get(query.get("client_id", ""))
    wanted = {"request": "authorize", "response_type": "code"}
    if application is None or not application.redirect_uri or query.get("redirect_uri") != application.redirect_uri:
        return Answer(400, {"error": "invalid_request"})
    if {name: query.get(name) for name in wanted} != wanted or not set(query.get("scope", "").split("+")) <= application.scopes:
        return Answer(400, {"error": "invalid_scope"})
    code = secrets.token_hex(12)
    application.codes.add(code)
    back = urlencode({"code": code, "state": query.get("state", "")})
    return Answer(302, None, {"Location": f"{application.redirect_uri}?{back}"})


def employees(call: Call) -> Answer:
    """GET /api/v1/employees: cursors, additional fields by name, restricted ones null and named."""
    call.caller.demand((*PEOPLE_SCOPES, PRIVATE_SCOPE), ())
    limit = _whole(call.query.get("page[limit]"), LIST_DEFAULT, 1, LIST_MAX, "page[limit]")
    rows = _filtered(call)
    after = call.query.get("page[after]")
    if after is not None:
        if not after.isdigit() or int(after) not in {each.id for each in rows}:
            raise bad_request("The page cursor is malformed, or its employee changed", "BadPage")
        rows_left = [each for each in rows if each.id > int(after)]
    else:
        rows_left = rows
    page = rows_left[:limit]
    following = str(page[-1].id) if len(rows_left) > limit else None
    wanted = [each for each in call.query.get("fields", "").split(",") if each]
    data = [_listed(call, each, wanted) for each in page]
    links = {"self": {"href": f"{call.host}/api/v1/employees?page%5Blimit%5D={limit}"}}
    if following:
        links["next"] = {"href": f"{call.host}/api/v1/employees?page%5Blimit%5D={limit}&page%5Bafter%5D={following}"}
    meta = {"total": len(rows), "page": {"limit": limit, "nextCursor": following, "prevCursor": None}}
    return Answer(data={"data": data, "meta": meta, "_links": links})


def _filtered(call: Call) -> list[Employee]:
    rows = call.state.visible()
    status = call.query.get("filter[status]")
    if status is not None and status not in ("active", "inactive"):
        raise bad_request("filter[status] must be active or inactive")
    if status is not None:
        rows = [each for each in rows if each.is_active_on(call.state.today()) == (status == "active")]
    ids = call.query.get("filter[ids]")
    if ids is not None:
        if not re.fullmatch(r"\d+(,\d+)*", ids):
            raise bad_request("filter[ids] must be a list of integers")
        rows = [each for each in rows if str(each.id) in ids.split(",")]
    return rows


def _listed(call: Call, employee: Employee, wanted: list[str]) -> dict[str, Any]:
    job = employee.job_on(call.state.today())
    row: dict[str, Any] = {
        "employeeId": str(employee.id),
        "firstName": employee.first,
        "lastName": employee.last,
        "preferredName": None,
        "photoUrl": f"https://images.example/{employee.id}.jpg",
        "jobTitleName": job.title if job is not None else None,
        "status": "Active" if employee.is_active_on(call.state.today()) else "Inactive",
    }
    restricted = []
    for name in wanted:
        column = listed().get(name)
        if column is None:
            continue  # unrecognized names are silently ignored
        seen = _shown(call, name, column)
        row[name] = column.value(call.state, employee) if seen else None
        if not seen:
            restricted.append(name)
    return {**row, "_restrictedFields": restricted}


def employee(call: Call) -> Answer:
    """GET /api/v1/employees/{id}: the fields asked for; those that may not be seen are left out."""
    known = single(call.state)
    names = [each for each in call.query.get("fields", "firstName,lastName").split(",") if each]
    if len(names) > 400:
        raise refused(400, "Too many fields")
    held = _employee(call)
    row: dict[str, Any] = {"id": str(held.id)}
    for name in names:
        if name in known and _shown(call, name, known[name]):
            row[name] = known[name].value(call.state, held)
    return Answer(data=row)


def _employee(call: Call) -> Employee:
    number = call.arguments["id"]
    if number == "0" and call.caller.kind == "key":
        held = next((each for each in call.state.visible() if each.email == call.caller.email), None)
    else:
        held = call.state.employees.get(int(number)) if number.isdigit() else None
    if held is None:
        raise refused(404, "Employee not found")
    if held.id in call.state.hidden_employees:
        raise refused(403, "You do not have access to this employee")
    return held


def table(call: Call) -> Answer:
    """GET /api/v1/employees/{id}/tables/{table}; `all` is everybody."""
    name = call.arguments["table"]
    if name not in ("employmentStatus", "jobInfo", "compensation"):
        raise refused(404, "Table not found")
    if name == "compensation" and not ({"everything", "employee:compensation"} & call.caller.rights):
        raise refused(403, "You do not have permission to view this table")
    call.caller.demand(("employee", "employee:job"), ("employmentStatus",) if name == "employmentStatus" else ("job",))
    people = call.state.visible() if call.arguments["id"] == "all" else [_employee(call)]
    rows = [row for each in people for row in _rows(call.state, each, name)]
    return Answer(data=list(reversed(rows)))  # in no particular order


def _rows(state: State, employee: Employee, name: str) -> list[dict[str, Any]]:
    owner = str(employee.id)
    if name == "employmentStatus":
        return [
            {
                "id": str(row.id),
                "employeeId": owner,
                "date": row.day.isoformat(),
                "employmentStatus": row.status,
                "comment": row.comment,
                "terminationReasonId": row.reason if row.status == TERMINATED else None,
                "terminationTypeId": None,
                "finalPayDate": row.day.isoformat() if row.status == TERMINATED else None,
            }
            for row in employee.statuses
        ]
    if name == "jobInfo":
        return [
            {
                "id": str(row.id),
                "employeeId": owner,
                "date": row.day.isoformat(),
                "location": row.location,
                "department": row.department,
                "division": "",
                "jobTitle": row.title,
                "reportsTo": held.name if (held := state.employees.get(row.reports_to or 0)) is not None else None,
            }
            for row in employee.jobs
        ]
    return [{"id": "1", "employeeId": owner, "rate": employee.private.get("payRate", ""), "type": "Salary"}]


def changed(call: Call) -> Answer:
    """GET /api/v1/employees/changed."""
    call.caller.demand(("public.user", "public.integration"), ("employees",))
    since = _since(call.query.get("since"))
    wanted = call.query.get("type", "all")
    if wanted not in ("inserted", "updated", "deleted", "all"):
        raise refused(400, "type must be inserted, updated, deleted or all")
    kinds = ("Inserted", "Updated", "Deleted") if wanted == "all" else (wanted.capitalize(),)
    found = {number: row for number, row in call.state.changes(since, kinds).items() if number not in call.state.hidden_employees}
    rows = {str(number): {"id": str(number), "action": action, "lastChanged": _stamp(at)} for number, (action, at) in found.items()}
    latest = max((at for _action, at in found.values()), default=since)
    return Answer(data={"latest": _stamp(latest), "employees": rows})


def fields_of_dataset(call: Call) -> Answer:
    """GET /api/v1_2/datasets/{datasetName}/fields."""
    _may_report(call)
    if call.arguments["dataset"] != "employee":
        raise problem(422, "Unprocessable", "The dataset was not found", "DATASET_NOT_FOUND")
    page = _whole(call.query.get("page"), 1, 1, 10_000, "page")
    size = _whole(call.query.get("page_size"), 500, 1, 1000, "page_size")
    known = [name for name, column in dataset(call.state).items() if _shown(call, name, column)]
    rows = [{"name": name, "label": name, "parentType": "page", "parentName": "Personal", "entityName": "personal"} for name in known]
    pages = max(1, -(-len(rows) // size))
    pagination = {
        "total_records": len(rows),
        "current_page": page,
        "total_pages": pages,
        "next_page": f"page={page + 1}" if page < pages else None,
        "prev_page": None,
    }
    return Answer(data={"name": "employee", "label": "Employee", "fields": rows[(page - 1) * size : page * size], "pagination": pagination})


def data_of_dataset(call: Call) -> Answer:
    """POST /api/v2/datasets/{datasetName}/data."""
    _may_report(call)
    if call.arguments["dataset"] != "employee":
        raise problem(404, "Not Found", "The dataset does not exist or is not accessible")
    asked = _asked(call)
    known = dataset(call.state)
    refused_names = [name for name in asked["fields"] if name not in known or not _shown(call, name, known[name])]
    if refused_names:
        raise problem(400, "Bad Request", f"Unknown fields: {', '.join(refused_names)}")
    page, size = asked.get("page", 1), asked.get("pageSize", DATA_DEFAULT)
    rows = call.state.visible()
    match = re.fullmatch(r"(\w+) eq '([^']*)'", asked.get("filter") or "") if asked.get("filter") else None
    if asked.get("filter") and (match is None or match[1] not in known):
        raise problem(422, "Unprocessable", "The filter expression is invalid")
    if match is not None:
        rows = [each for each in rows if str(known[match[1]].value(call.state, each) or "") == match[2]]
    pages = max(1, -(-len(rows) // size))
    held = [
        {"fields": {name: str(known[name].value(call.state, each) or "") for name in asked["fields"]}}
        for each in rows[(page - 1) * size : page * size]
    ]
    links = {"next": f"/api/v2/datasets/employee/data?page={page + 1}" if page < pages else None, "prev": None}
    return Answer(
        data={"data": held, "links": links, "meta": {"page": page, "pageSize": size, "totalPages": pages, "totalItems": len(rows)}}
    )


def _asked(call: Call) -> dict[str, Any]:
    try:
        asked = json.loads(call.body or b"null")
    except ValueError as error:
        raise problem(400, "Bad Request", "The body is no JSON") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("fields"), list) or not asked["fields"]:
        raise problem(400, "Bad Request", "fields is required")
    unknown = asked.keys() - {"fields", "filter", "orderBy", "page", "pageSize"}
    if unknown:
        raise problem(400, "Bad Request", f"Unknown parameters: {', '.join(sorted(unknown))}")
    for name, most in (("page", 10**6), ("pageSize", DATA_MAX)):
        if name in asked and (not isinstance(asked[name], int) or not 1 <= asked[name] <= most):
            raise problem(422, "Unprocessable", f"{name} must be from 1 to {most}")
    return asked


def company(call: Call) -> Answer:
    """GET /api/v1/company_information."""
    call.caller.demand(("company:info",), ("company:info",))
    address = {"line1": "Oranienstrasse 12", "line2": "", "city": "Berlin", "state": "BE", "zip": "10999"}
    name = call.state.name or call.state.company
    return Answer(data={"legalName": f"{name} GmbH", "displayName": name, "address": address, "phone": "+49 30 555010"})


def _may_report(call: Call) -> None:
    if "report" not in call.caller.rights:
        raise problem(403, "Forbidden", "Insufficient permissions to access the requested dataset")


def _shown(call: Call, name: str, column: Column) -> bool:
    return name not in call.state.hidden_fields and call.caller.may_see(column)


def _since(text: str | None) -> datetime:
    if not text:
        raise refused(400, "The since parameter is missing")
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise refused(400, "The since parameter is not a valid ISO 8601 date") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _whole(text: str | None, default: int, least: int, most: int, name: str) -> int:
    if text is None:
        return default
    if not text.isdigit() or not least <= int(text) <= most:
        raise bad_request(f"{name} must be from {least} to {most}")
    return int(text)


ROUTES = (
    Route(
        "GET",
        "/api/v1/employees",
        employees,
        frozenset({"fields", "page[limit]", "page[after]", "filter[status]", "filter[ids]"}),  # the others are not needed yet
        frozenset({"oauth"}),
    ),
    Route("GET", "/api/v1/employees/changed", changed, frozenset({"since", "type"})),
    Route("GET", "/api/v1/employees/<id>", employee, frozenset({"fields", "onlyCurrent"})),
    Route("GET", "/api/v1/employees/<id>/tables/<table>", table, frozenset()),
    Route("GET", "/api/v1/company_information", company, frozenset()),
    Route("GET", "/api/v1_2/datasets/<dataset>/fields", fields_of_dataset, frozenset({"page", "page_size"})),
    Route("POST", "/api/v2/datasets/<dataset>/data", data_of_dataset, frozenset()),
)  # fmt: skip
