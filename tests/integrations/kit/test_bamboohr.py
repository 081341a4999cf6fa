"""The BambooHR connector over its sandbox, by API key and by OAuth, under the contract that every connector keeps."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

import integrations.vendors.bamboohr
from integrations import errors
from integrations.kit.bed import Bed, Trouble, Unknown, World
from integrations.kit.suite import ConnectorContract
from integrations.sandbox.bamboohr.server import Running, running
from integrations.sandbox.bamboohr.state import PRIVATE, TERMINATED, Application, Employee, Key, State
from integrations.sandbox.clock import Clock
from integrations.transport.context import Context
from integrations.vendors.bamboohr.connector import BamboohrConnector

pytestmark = pytest.mark.slow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY, SECRET, REFRESH = "kit-bamboohr-api-key", "kit-bamboohr-client-secret", "kit-bamboohr-refresh-token"
RIGHTS = {"employees", "job", "employmentStatus", "report", "company:info"}
SCOPES = {"employee:name", "employee:job", "employee_directory", "report", "company:info", "public.integration"}
PEOPLE, PAGE = 8, 3


def company(*, empty: bool) -> State:
    made = State(company="fernhill", clock=Clock(NOON - timedelta(days=90)), name="Fernhill", custom_fields=["contractEndDate"])
    made.keys[KEY] = Key(KEY, "it@fernhill.example", set(RIGHTS))
    made.applications["kit"] = Application("kit", SECRET, REFRESH, set(SCOPES))
    for number in range(1, 0 if empty else PEOPLE + 1):
        made.add(Employee(number, f"E{number:04}", "Person", f"Number {number}", f"p{number}@fernhill.example", date(2024, 1, number)))
        made.set_status(number, date(2024, 1, number), "Contractor" if number == 4 else "Full-Time")
        made.set_job(number, date(2024, 1, number), "Engineer", "Engineering", "Berlin", 1 if number > 1 else None)
    if not empty:
        made.set_status(5, date(2026, 1, 15), TERMINATED, comment="planted remark", reason="planted reason")
    made.clock.set(NOON)
    return made


def twin(world: World) -> Running:
    return world.twin


def always(kind: str, path: str, **options: object) -> Trouble:
    return Trouble(kind="person", script=lambda world: twin(world).faults.add(kind, path, times=None, **options))


class BamboohrBed(Bed):
    connector = BamboohrConnector
    counts: ClassVar = {"person": PEOPLE, "roster": 1, "person_change": PEOPLE}
    paged: ClassVar = frozenset({"person", "roster"})
    drifting: ClassVar = frozenset({"person"})
    empties: ClassVar = frozenset({"person", "person_change"})
    private: ClassVar = (*PRIVATE.values(), "planted remark", "planted reason", "https://images.example")
    reads: ClassVar = re.compile(r"GET .*|POST /token\.php|POST /api/v2/datasets/employee/data")
    private_file = Path(integrations.vendors.bamboohr.__path__[0]) / "private.yaml"
    main = ""  # the address that the list starts from
    secrets: ClassVar[dict[str, str]] = {}
    never: ClassVar = {
        errors.AuthExpired: "API keys do not expire, and access tokens are renewed without anybody's doing",
    }
    unknowns: ClassVar = (
        Unknown(
            kind="person",
            field="end_recorded_at",
            script=lambda world: twin(world).faults.add("forbidden", "/api/v1/employees/changed", times=None),
        ),
        Unknown(
            kind="person",
            field="department",
            script=lambda world: twin(world).state.hidden_fields.update({"departmentName", "jobInformationDepartment"}),
            silent=True,
        ),
    )

    @contextmanager
    def world(self, *, empty: bool = False) -> Iterator[World]:
        with running(company(empty=empty)) as served:
            yield World(
                settings={"company": "fernhill", "base_url": served.url, "client_id": "kit"},
                secrets=self.secrets,
                requests=lambda: [f"{each.method} {each.path}" for each in served.requests],
                twin=served,
                clock=served.clock.now,
            )

    def deny(self, world: World, kind: str) -> object:
        path = "/api/v1/employees/changed" if kind == "person_change" else self.main
        return twin(world).faults.add("forbidden", path, times=None, message="You do not have permission")

    def leave(self, world: World, kind: str) -> str:
        twin(world).state.delete(2)
        return "2"

    def write(self, connector: BamboohrConnector, context: Context) -> object:
        client = connector._started(context).client
        return client.call("POST /api/v1/employees/{id}", path={"id": "1"}, body={"lastName": "Changed"})

    def make(self) -> BamboohrConnector:
        return BamboohrConnector(sleep=lambda _seconds: None, page_rows=PAGE)


def troubles(main: str) -> dict[type[errors.Fault], Trouble]:
    return {
        errors.AuthRevoked: always("unauthorized", "/api/v1*"),
        errors.Misconfigured: always("status", main, status=404, message="Company not found"),
        errors.PermissionMissing: always("forbidden", main),
        errors.NotLicensed: always("status", main, status=402),
        errors.RateLimited: always("unavailable", main),
        errors.Transient: always("status", main, status=500),
        errors.VendorOutage: always("html", main),
        errors.SchemaDrift: always("missing", main, at="data"),
        errors.PartialResult: always("status", main, status=413),
        errors.HostilePayload: always("cut_json", main),
    }


class KeyBed(BamboohrBed):
    main = "/api/v2/datasets/employee/data"
    secrets: ClassVar = {"api_key": KEY}
    troubles: ClassVar = {**troubles(main), errors.AuthRevoked: always("unauthorized", "/api/v2*")}
    never: ClassVar = {**BamboohrBed.never, errors.CursorExpired: "a dataset is paged by number, so no position can grow too old"}


class OAuthBed(BamboohrBed):
    main = "/api/v1/employees"
    secrets: ClassVar = {"client_secret": SECRET, "refresh_token": REFRESH}
    troubles: ClassVar = {
        **troubles(main),
        errors.CursorExpired: always("status", main, status=400, body={"error": {"code": "BadPage", "message": "gone"}}),
    }


class TestBamboohrByKey(ConnectorContract):
    bed: ClassVar[Bed] = KeyBed()


class TestBamboohrByOAuth(ConnectorContract):
    bed: ClassVar[Bed] = OAuthBed()
