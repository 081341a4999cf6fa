"""CycloneDX JSON with its analysis (VEX): one finding per weakness and affected component. Source: cyclonedx.org, JSON reference 1.4 to 1.6."""

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.importing import severities
from integrations.importing.findings import document, instant, items, key, outcome_of, part, permille, text
from integrations.importing.refusals import Refusal, Unreadable
from integrations.importing.rows import Outcome

STATES = {
    "resolved": "fixed", "resolved_with_pedigree": "fixed", "exploitable": "open", "in_triage": "open", "": "open",
    "false_positive": "false_positive", "not_affected": "not_affected",
}  # fmt: skip
_ORDER = ("critical", "high", "medium", "low", "info")


def read_cyclonedx(data: bytes) -> Outcome:
    """Findings by the place of their weakness in the list, from 1. Raises Unreadable for what is no CycloneDX with weaknesses."""
    whole = document(data)
    if whole.get("bomFormat") != "CycloneDX":
        raise Unreadable("The file is no CycloneDX in JSON: “bomFormat” is missing.")
    if not isinstance(whole.get("vulnerabilities"), list):
        raise Unreadable("The bill of materials lists no “vulnerabilities”. Let the scanner write them, or send its VEX file.")
    return outcome_of(_all(whole))


def _all(whole: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any] | Refusal]]:
    components: dict[str, Mapping[str, str]] = {}
    _collect(whole, components, 0)
    tool = _tool(whole)
    for place, each in enumerate(items(whole, "vulnerabilities"), start=1):
        identifier = text(each, "id") or text(each, "bom-ref")
        if not identifier:
            yield place, Refusal(place, "id", "", "has no id")
            continue
        affected = [text(one, "ref") for one in items(each, "affects")] or [""]
        for ref in dict.fromkeys(affected):
            yield place, _finding(each, identifier, ref, components.get(ref, {}), tool)


def _collect(holder: Any, found: dict[str, Mapping[str, str]], depth: int) -> None:
    """Components by their reference, nested ones too (as deep as the file may be)."""
    for each in items(holder, "components"):
        if ref := text(each, "bom-ref"):
            found[ref] = {"name": text(each, "name"), "version": text(each, "version"), "purl": text(each, "purl")}
        if depth < 32:
            _collect(each, found, depth + 1)
    if depth == 0 and (main := part(holder, "metadata", "component")):
        found[text(main, "bom-ref")] = {"name": text(main, "name"), "version": text(main, "version"), "purl": text(main, "purl")}


def _tool(whole: Mapping[str, Any]) -> str:
    tools = part(whole, "metadata").get("tools")
    listed = tools if isinstance(tools, list) else items(tools, "components")
    return text(listed[0], "name") if listed else ""


def _finding(each: Any, identifier: str, ref: str, component: Mapping[str, str], tool: str) -> Mapping[str, Any]:
    analysis = part(each, "analysis")
    said = text(analysis, "state")
    state = STATES.get(said)
    if state == "open" and "will_not_fix" in items(analysis, "response"):
        state = "accepted"
    properties = {text(one, "name").rpartition(":")[2].casefold(): text(one, "value") for one in items(each, "properties")}
    return {
        "subject": key(identifier, component.get("purl") or ref), "identifier": identifier, "tool": tool,
        "name": f"{identifier} in {component.get('name') or ref or 'the whole'}"[:300], "severity": _severity(each), "state": state,
        "component": component.get("name", ""), "component_version": component.get("version", ""), "location": ref,
        "found": instant(analysis.get("firstIssued")) or instant(properties.get("found")),
        "closed": instant(analysis.get("lastUpdated")) if state == "fixed" else None,
        "accepted_reason": text(analysis, "detail", "justification") if state == "accepted" else None,
        "epss_permille": _epss(each), "exploited": {"true": True, "false": False}.get(properties.get("kev", "").casefold()),
    }  # fmt: skip


def _is_epss(rating: Any) -> bool:
    return "epss" in (text(part(rating, "source"), "name") + text(rating, "method")).casefold()


def _severity(each: Any) -> str | None:
    """The worst of its ratings that say one."""
    ratings = [rating for rating in items(each, "ratings") if isinstance(rating, dict) and not _is_epss(rating)]
    found = {severities.of_word(rating.get("severity")) or severities.of_score(rating.get("score")) for rating in ratings}
    return next((word for word in _ORDER if word in found), None)


def _epss(each: Any) -> int | None:
    return next((permille(rating.get("score")) for rating in items(each, "ratings") if isinstance(rating, dict) and _is_epss(rating)), None)
