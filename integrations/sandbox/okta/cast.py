"""The people of the demo company at Okta, from the roster that all sandboxes share (integrations/sandbox/company).

Fields that the roster does not have are taken as their defaults, so that it may grow.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from integrations.sandbox.company import fernhill

FOUNDED = datetime(2019, 3, 4, 9, tzinfo=UTC)
SUPER = {"jonas.weber": ["SUPER_ADMIN"], "tom.okafor": ["SUPER_ADMIN"]}
STRONG = ("push", "webauthn")
FACTORS = {"peter.baumann": ("sms",), "noah.williams": ("push", "sms")}  # where the roster says nothing
SERVICE_FACTORS = {"service": (), "shared": ("question",), "break_glass": ("webauthn",), "external": ("push",)}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account. Days count from the start of the story; `ends`: when the account ended, where that was late."""

    user: str
    name: str
    login: str
    employee: str
    team: str
    title: str
    user_type: str
    joined: datetime
    joins_day: int | None = None
    leaves_day: int | None = None
    rejoins_day: int | None = None
    ends: float | None = None
    moves: tuple[tuple[int, str, str], ...] = ()
    away: tuple[tuple[int, int | None], ...] = ()
    roles: tuple[str, ...] = ()
    factors: tuple[str, ...] = ("push",)
    aliases: tuple[str, ...] = field(default_factory=tuple)


def colleagues() -> tuple[Colleague, ...]:
    """Everybody with an account at any time of the story, in the order of the roster."""
    rows = enumerate(fernhill.load()["people"], 1)
    return tuple(_colleague(number, row) for number, row in rows if row.get("okta", {}) is not False)


def accounts_of_nobody() -> tuple[Colleague, ...]:
    """Service, shared, external and break-glass accounts."""
    rows = [each for each in fernhill.load().get("other_accounts", ()) if each.get("system") == "okta"]
    return tuple(
        Colleague(
            user=each["user"], name=each["user"].replace("-", " ").capitalize(), login=each["login"], employee="", team="", title=each.get("purpose", ""),
            user_type=each["kind"], joined=FOUNDED, roles=tuple(each.get("roles", ())),
            factors=tuple(each.get("factors", SERVICE_FACTORS.get(each["kind"], ()))),
        )
        for each in rows
    )  # fmt: skip


def _colleague(number: int, row: dict[str, Any]) -> Colleague:
    wanted = dict(row.get("okta", {}))
    roles = tuple(wanted.get("roles", SUPER.get(row["user"], ())))
    usual = STRONG if row["team"] in ("platform", "it", "security") else ("push",)
    return Colleague(
        user=row["user"],
        name=row["name"],
        login=wanted.get("login", row["email"]),
        employee=f"E{number:04}",
        team=row["team"],
        title=row["title"],
        user_type=row.get("employment", "employee").capitalize(),
        joined=_instant(row.get("joined")),
        joins_day=row.get("joins_day"),
        leaves_day=row.get("leaves_day"),
        rejoins_day=row.get("rejoins_day"),
        ends=row.get("account_ends", {}).get("okta"),
        moves=tuple((each["day"], each["team"], each["title"]) for each in row.get("moves", ())),
        away=tuple((each["from_day"], each.get("to_day")) for each in row.get("leaves", ())),
        roles=roles,
        factors=tuple(wanted.get("factors", FACTORS.get(row["user"], usual))),
        aliases=tuple(row.get("aliases", ())),
    )


def _instant(day: date | None) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC) if day is not None else FOUNDED
