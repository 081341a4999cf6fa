"""Findings of scanners: SARIF, CycloneDX with its analysis, OCSF; whatever a stranger puts in, no crash and no invented date."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.importing.cyclonedx import read_cyclonedx
from integrations.importing.ocsf import read_ocsf
from integrations.importing.reading import look_at
from integrations.importing.refusals import Unreadable
from integrations.importing.sarif import read_sarif

RESULT = {
    "ruleId": "py/sql-injection",
    "message": {"text": "Query built from user input"},
    "level": "error",
    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "app/db.py"}, "region": {"startLine": 12}}}],
    "partialFingerprints": {"primary": "abc"},
    "provenance": {"firstDetectionTimeUtc": "2026-01-05T10:00:00Z"},
}
RULE = {"id": "py/sql-injection", "shortDescription": {"text": "SQL injection"}, "properties": {"security-severity": "8.8"}}
FLAW = {
    "id": "CVE-2026-1",
    "ratings": [{"severity": "medium", "method": "CVSSv31"}, {"score": 0.61, "source": {"name": "EPSS"}}, {"score": 9.8}],
    "affects": [{"ref": "pkg-a"}, {"ref": "pkg-b"}],
    "analysis": {"state": "exploitable", "firstIssued": "2026-02-01T00:00:00Z"},
    "properties": [{"name": "scanner:kev", "value": "true"}],
}
EVENT = {
    "class_uid": 2002,
    "severity_id": 4,
    "status_id": 1,
    "time": 1772359200000,
    "metadata": {"product": {"name": "Scan"}},
    "finding_info": {"uid": "f-1", "title": "Old OpenSSL", "first_seen_time": 1772359200000},
    "resources": [{"uid": "i-1"}, {"uid": "i-2"}],
    "vulnerabilities": [
        {
            "cve": {"uid": "CVE-2026-2", "epss": {"score": 0.02}},
            "severity": "Critical",
            "affected_packages": [{"name": "openssl", "version": "3.0", "fixed_in_version": "3.1"}],
        }
    ],
}


def sarif(*results, rules=(RULE,)):
    return json.dumps(
        {
            "version": "2.1.0",
            "$schema": "x",
            "runs": [{"tool": {"driver": {"name": "scan", "rules": list(rules)}}, "results": list(results)}],
        }
    ).encode()


def bom(*flaws):
    components = [
        {
            "bom-ref": "pkg-a",
            "name": "libfoo",
            "version": "1.2",
            "purl": "pkg:pypi/libfoo@1.2",
            "components": [{"bom-ref": "pkg-b", "name": "libbar", "version": "2"}],
        }
    ]
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components, "vulnerabilities": list(flaws)}).encode()


def facts(outcome):
    return [each for _place, each in outcome.facts]


def test_a_sarif_result_is_a_vulnerability_with_its_first_detection():
    [one] = facts(read_sarif(sarif(RESULT)))
    assert (one.subject, one.name, one.severity, one.state) == ("scan py/sql-injection primary:abc", "SQL injection", "high", "open")
    assert (one.location, one.found, one.tool) == ("app/db.py:12", "2026-01-05T10:00:00Z", "scan")


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({"baselineState": "absent"}, "fixed", None),
        ({"suppressions": [{"kind": "external", "justification": "test code"}]}, "accepted", "test code"),
        ({"suppressions": [{"kind": "external", "status": "underReview"}]}, "open", None),
    ],
)
def test_baseline_and_suppressions_say_the_state(change, state, reason):
    [one] = facts(read_sarif(sarif(RESULT | change)))
    assert (one.state, one.accepted_reason) == (state, reason)


def test_results_that_are_no_findings_are_none_and_one_without_rule_is_refused():
    outcome = read_sarif(sarif(RESULT | {"kind": "pass"}, {"message": {"text": "x"}}, RESULT))
    assert (len(outcome.facts), [(each.line, each.reason) for each in outcome.refused]) == (1, [(2, "names no rule")])


def test_a_weakness_is_one_finding_per_component_it_affects():
    one, other = facts(read_cyclonedx(bom(FLAW)))
    assert (one.subject, other.subject) == ("CVE-2026-1 pkg:pypi/libfoo@1.2", "CVE-2026-1 pkg-b")
    assert (one.severity, one.state, one.component, one.found, one.epss_permille, one.exploited) == (
        "critical",
        "open",
        "libfoo",
        "2026-02-01T00:00:00Z",
        610,
        True,
    )


@pytest.mark.parametrize(
    ("analysis", "state"),
    [
        ({"state": "resolved"}, "fixed"),
        ({"state": "not_affected", "justification": "code_not_reachable"}, "not_affected"),
        ({"state": "false_positive"}, "false_positive"),
        ({"state": "in_triage"}, "open"),
        ({}, "open"),
        ({"state": "invented"}, None),
        ({"state": "exploitable", "response": ["will_not_fix"], "detail": "legacy"}, "accepted"),
    ],
)
def test_the_analysis_says_the_state_and_an_unknown_word_says_nothing(analysis, state):
    assert {each.state for each in facts(read_cyclonedx(bom(FLAW | {"analysis": analysis})))} == {state}


def test_no_date_is_invented_where_a_file_tells_none():
    [one] = facts(read_sarif(sarif({key: value for key, value in RESULT.items() if key != "provenance"})))
    assert one.found is None
    assert {each.found for each in facts(read_cyclonedx(bom(FLAW | {"created": "2020-01-01T00:00:00Z", "analysis": {}})))} == {None}


@pytest.mark.parametrize("whole", [json.dumps(EVENT), json.dumps([EVENT]), json.dumps(EVENT) + "\n"])
def test_an_ocsf_finding_is_one_per_resource(whole):
    one, other = facts(read_ocsf(whole.encode()))
    assert (one.subject, other.location, one.severity, one.found) == ("f-1 CVE-2026-2 i-1", "i-2", "critical", "2026-03-01T10:00:00Z")
    assert (one.fixed_in, one.epss_permille, one.state) == ("3.1", 20, "open")


def test_events_of_other_classes_are_refused_one_by_one():
    outcome = read_ocsf((json.dumps(EVENT) + "\n" + json.dumps(EVENT | {"class_uid": 2004}) + "\nnonsense\n").encode())
    assert (len(outcome.facts), [each.line for each in outcome.refused]) == (2, [2, 3])


@pytest.mark.parametrize(
    ("data", "form"), [(sarif(RESULT), "sarif"), (bom(FLAW), "cyclonedx"), (json.dumps(EVENT).encode(), "ocsf"), (b'{"id": 1}', "jsonl")]
)
def test_the_form_is_told_by_the_bytes(data, form):
    assert look_at(data).form == form


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_sarif, b"{}"),
        (read_sarif, b"[]"),
        (read_sarif, b'{"version": "2.0.0", "runs": []}'),
        (read_cyclonedx, b"{}"),
        (read_cyclonedx, b'{"bomFormat": "CycloneDX"}'),
        (read_cyclonedx, b"<bom/>"),
    ],
)
def test_what_is_none_of_it_says_what_is_wanted(read, data):
    with pytest.raises(Unreadable):
        read(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=6), each, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_shape_of_json_crashes_a_reader(data):
    def bent(whole):
        return {key: data.draw(st.just(value) | JSON) for key, value in whole.items()}

    read_sarif(sarif(bent(RESULT), data.draw(JSON), rules=(bent(RULE),)))
    read_cyclonedx(bom(bent(FLAW), data.draw(JSON)))
    read_ocsf(json.dumps([bent(EVENT), data.draw(JSON)]).encode())
