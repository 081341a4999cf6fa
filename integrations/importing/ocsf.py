"""OCSF vulnerability findings (class 2002, schema.ocsf.io 1.x): one object, a list of them, or one a line."""

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.seal.canonical import JsonError, parse_json
from integrations.importing import severities
from integrations.importing.findings import instant, items, key, outcome_of, part, permille, text
from integrations.importing.limits import MAX_DEPTH, MAX_FILE
from integrations.importing.lines import objects
from integrations.importing.refusals import Refusal
from integrations.importing.rows import Outcome

VULNERABILITY_FINDING = 2002
_SEVERITIES = {1: "info", 2: "low", 3: "medium", 4: "high", 5: "critical", 6: "critical"}
_STATES = {1: "open", 2: "open", 3: "accepted", 4: "fixed"}


def read_ocsf(data: bytes) -> Outcome:
    """Findings by their line or place, from 1; events of other classes are refused one by one."""
    return outcome_of(found for place, event in _events(data) for found in _of_event(place, event))


def _events(data: bytes) -> Iterator[tuple[int, Any]]:
    try:
        whole = parse_json(data, max_bytes=MAX_FILE, max_depth=MAX_DEPTH, duplicates="last")
    except JsonError:
        yield from objects(data)
        return
    yield from enumerate(whole if isinstance(whole, list) else [whole], start=1)


def _of_event(place: int, event: Any) -> Iterator[tuple[int, Mapping[str, Any] | Refusal]]:
    if isinstance(event, Refusal):
        yield place, event
        return
    if not isinstance(event, dict):
        yield place, Refusal(place, "", "", "is no object")
        return
    if event.get("class_uid") != VULNERABILITY_FINDING:
        yield place, Refusal(place, "class_uid", text(event, "class_uid"), "is no vulnerability finding (class 2002)")
        return
    uid = text(part(event, "finding_info"), "uid")
    if not uid:
        yield place, Refusal(place, "finding_info.uid", "", "has no identifier of its own")
        return
    for each in items(event, "vulnerabilities") or ({},):
        for resource in items(event, "resources") or ({},):
            yield place, _finding(event, uid, each, resource)


def _finding(event: Mapping[str, Any], uid: str, each: Any, resource: Any) -> Mapping[str, Any]:
    info = part(event, "finding_info")
    package = next(iter(items(each, "affected_packages")), None)
    identifier = text(part(each, "cve"), "uid") or text(part(each, "advisory"), "uid") or text(info, "title")
    severity_id = event.get("severity_id")
    status_id = event.get("status_id")
    state = _STATES.get(status_id) if isinstance(status_id, int) else None
    exploited = each.get("is_known_exploited") if isinstance(each, dict) else None
    return {
        "subject": key(uid, identifier, text(resource, "uid", "name")), "name": (text(info, "title") or identifier)[:300],
        "identifier": identifier, "tool": text(part(event, "metadata", "product"), "name"),
        "severity": severities.of_word(each.get("severity") if isinstance(each, dict) else None)
        or (_SEVERITIES.get(severity_id) if isinstance(severity_id, int) else None),
        "state": state, "component": text(package, "name"), "component_version": text(package, "version"),
        "location": text(resource, "uid", "name"), "fixed_in": text(package, "fixed_in_version") or None,
        "found": instant(info.get("first_seen_time_dt")) or instant(info.get("first_seen_time")) or instant(info.get("created_time")),
        "closed": instant(event.get("time")) if state == "fixed" else None, "exploited": exploited if isinstance(exploited, bool) else None,
        "accepted_reason": text(event, "comment", "status_detail") if state == "accepted" else None,
        "epss_permille": permille(part(each, "cve", "epss").get("score")),
    }  # fmt: skip
