"""SARIF 2.1.0 (OASIS): results of static analysis. A result that a baseline calls absent is fixed; an accepted suppression is an acceptance."""

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.importing import severities
from integrations.importing.findings import document, instant, items, key, outcome_of, part, text
from integrations.importing.refusals import Refusal, Unreadable
from integrations.importing.rows import Outcome

NO_FINDING = ("pass", "notApplicable", "informational")  # section 3.27.9: kinds of result that report no weakness


def read_sarif(data: bytes) -> Outcome:
    """Findings by their place in the file, counted from 1 over all runs. Raises Unreadable for what is no SARIF."""
    whole = document(data)
    if text(whole, "version") != "2.1.0" or not isinstance(whole.get("runs"), list):
        raise Unreadable("The file is no SARIF 2.1.0: it needs “version” 2.1.0 and “runs”.")
    return outcome_of(_results(whole))


def _results(whole: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any] | Refusal]]:
    place = 0
    for run in items(whole, "runs"):
        driver = part(run, "tool", "driver")
        rules = {text(rule, "id"): rule for rule in items(driver, "rules")}
        for result in items(run, "results"):
            place += 1
            if text(result, "kind") in NO_FINDING:
                continue
            yield place, _finding(result, place, text(driver, "name"), rules, items(driver, "rules"))


def _finding(
    result: Any, place: int, tool: str, rules: Mapping[str, Any], by_index: Any
) -> Mapping[str, Any] | Refusal:  # fmt: skip
    rule_id = text(result, "ruleId") or text(part(result, "rule"), "id")
    index = result.get("ruleIndex") if isinstance(result, dict) else None
    if not rule_id and isinstance(index, int) and 0 <= index < len(by_index):
        rule_id = text(by_index[index], "id")
    if not rule_id:
        return Refusal(place, "ruleId", "", "names no rule")
    rule = rules.get(rule_id, {})
    where = part(next(iter(items(result, "locations")), None), "physicalLocation")
    uri, line = text(part(where, "artifactLocation"), "uri"), text(part(where, "region"), "startLine")
    message = text(part(result, "message"), "text")
    state, reason = _state(result)
    return {
        "subject": key(tool, rule_id, _fingerprint(result) or f"{uri}:{line} {message}"),
        "name": (text(part(rule, "shortDescription"), "text") or message or rule_id)[:300], "identifier": rule_id, "tool": tool,
        "location": f"{uri}:{line}" if line else uri, "severity": _severity(result, rule), "state": state,
        "accepted_reason": reason, "found": instant(part(result, "provenance").get("firstDetectionTimeUtc")),
        "closed": instant(part(result, "provenance").get("lastDetectionTimeUtc")) if state == "fixed" else None,
    }  # fmt: skip


def _fingerprint(result: Any) -> str:
    """What keeps a result itself while lines move (sections 3.27.16, 3.27.17)."""
    for name in ("fingerprints", "partialFingerprints"):
        known = part(result, name)
        for version in sorted(known):
            if found := text(known, version):
                return f"{version}:{found}"
    return text(result, "correlationGuid")


def _severity(result: Any, rule: Any) -> str | None:
    for holder in (result, rule):
        score = part(holder, "properties").get("security-severity")
        if (found := severities.of_score(score)) is not None:
            return found
    level = text(result, "level") or text(part(rule, "defaultConfiguration"), "level") or "warning"  # section 3.27.10: the default
    return severities.of_word(level)


def _state(result: Any) -> tuple[str, str | None]:
    if text(result, "baselineState") == "absent":
        return "fixed", None
    for each in items(result, "suppressions"):
        if (text(each, "status") or "accepted") == "accepted":
            return "accepted", text(each, "justification")
    return "open", None
