"""The system log: ninety days, by time, with a next link that never ends unless `until` is given."""

from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.sandbox.okta.answers import Answer, invalid
from integrations.sandbox.okta.call import Call, route
from integrations.sandbox.okta.clock import stamp
from integrations.sandbox.okta.paging import about, opened, page_after, seal
from integrations.sandbox.okta.search import matcher
from integrations.sandbox.okta.state import KEPT

ATTRIBUTES = {
    "eventType": lambda row: row["event"],
    "actor.id": lambda row: row["actor"].id if row["actor"] is not None else None,
    "outcome.result": lambda row: row["outcome"],
}
WEEK = timedelta(days=7)


@route("/api/v1/logs", "okta.logs.read", "since", "until", "after", "filter", "q", "limit", "sortOrder", limits=(100, 0, 1000))
def events(call: Call) -> Answer:
    """Events from `since` on and before `until`."""
    now = call.state.clock.now()
    until = _instant(call, "until") or now
    since = max(_instant(call, "since") or until - WEEK, now - KEPT)
    if since > until:
        raise invalid("until", "until: The end is before the beginning.")
    descending = call.query.get("sortOrder", "ASCENDING") == "DESCENDING"
    if call.query.get("sortOrder", "ASCENDING") not in ("ASCENDING", "DESCENDING"):
        raise invalid("sortOrder")
    fits = matcher(call.query["filter"], ATTRIBUTES, "filter") if "filter" in call.query else (lambda row: True)
    rows = [each for each in call.state.events if since <= each["at"] < until and fits(each)]

    def position(row: dict[str, Any]) -> tuple[Any, ...]:
        at = row["at"].timestamp()
        return (-at, -row["number"]) if descending else (at, row["number"])

    rows.sort(key=position)
    page, links, following = page_after(rows, call.query, call.url, call.size, position)
    if not following and "until" not in call.query and not descending:
        links = {"Link": links["Link"] + f', <{_polling(call, page, position)}>; rel="next"'}
    return Answer(data=[_told(_event(each), call.state.nulls) for each in page], headers=links)


def _polling(call: Call, page: list[dict[str, Any]], position: Any) -> str:
    """A list without an end has always a next page, which may be empty."""
    mine = about(call.query, call.url)
    mark = position(page[-1]) if page else opened(call.query["after"], mine) if "after" in call.query else (0, 0)
    rest = "&".join(f"{name}={value}" for name, value in call.query.items() if name != "after")
    return f"{call.url}?{rest}{'&' if rest else ''}after={seal(mark, mine)}"


def _instant(call: Call, name: str) -> datetime | None:
    if name not in call.query:
        return None
    try:
        found = datetime.fromisoformat(call.query[name])
    except ValueError as problem:
        raise invalid(name, f"{name}: The field is no ISO 8601 instant.") from problem
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _told(value: Any, nulls: bool) -> Any:
    """As Okta sends it, null for what it has not; without nulls such a field is left out."""
    if nulls or not isinstance(value, dict):
        return [_told(each, nulls) for each in value] if isinstance(value, list) else value
    return {name: _told(held, nulls) for name, held in value.items() if held is not None}


def _event(row: dict[str, Any]) -> dict[str, Any]:
    actor = row["actor"]
    return {
        "uuid": row["uuid"],
        "published": stamp(row["at"]),
        "eventType": row["event"],
        "version": "0",
        "severity": "INFO",
        "legacyEventType": None,
        "displayMessage": row["event"].replace(".", " ").replace("_", " ").capitalize(),
        "actor": {
            "id": actor.id if actor is not None else "okta",
            "type": "User" if actor is not None else "SystemPrincipal",
            "alternateId": actor.login if actor is not None else "system@okta.com",
            "displayName": actor.name if actor is not None else "Okta System",
            "detailEntry": None,
        },
        "client": {
            "userAgent": {"rawUserAgent": "Mozilla/5.0", "os": "Mac OS X", "browser": "SAFARI"},
            "zone": "null",
            "device": "Computer",
            "id": None,
            "ipAddress": "203.0.113.7",
            "geographicalContext": {
                "city": "Berlin", "state": "Berlin", "country": "Germany", "postalCode": "10999", "geolocation": {"lat": 52.5, "lon": 13.4},
            },
        },
        "outcome": {"result": row["outcome"], "reason": None},
        "target": row["targets"] or None,
        "transaction": {"type": "WEB", "id": f"W{row['uuid'][:12]}", "detail": {}},
        "debugContext": {"debugData": {"requestUri": "/api/v1/users", **row["debug"]}},
        "authenticationContext": {
            "authenticationProvider": None, "credentialProvider": None, "credentialType": None, "issuer": None, "authenticationStep": 0,
            "externalSessionId": "unknown", "interface": None,
        },
        "securityContext": {"asNumber": 64500, "asOrg": "example", "isp": "example", "domain": "example.net", "isProxy": False},
        "request": {"ipChain": []},
    }  # fmt: skip
