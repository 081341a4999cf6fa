"""The control library as packaged: complete, linked with reasons, and worded so that an examiner can test it."""

import re
import time
from collections import Counter

from controls.catalogue.loading import CheckKind, ControlNature, CriteriaSet, Library, LibraryControl, load_criteria, load_library

WORDS_WE_DO_NOT_USE = re.compile(
    r"\b(certified|certifies|compliant|complian(?:t|tly)|non-?compliance|ensures?|ensuring|always|at all times|guarantees?d?"
    r"|100 ?%|100 percent|absolutely|AICPA|pass(?:es|ed)? the audit|tests? of controls?|deviations?)\b",
    re.IGNORECASE,
)
"""Claims no platform can make, the examiner's own terms, and absolutes that a single failing day would disprove."""

VENDOR_REPORT_CONTROLS = {"VD-03", "PH-01"}
"""Controls about an examiner's report on a vendor; only there does "exception" keep the examiner's meaning."""


def _prose(control: LibraryControl) -> list[str]:
    reasons = [link.rationale for link in (*control.criteria, *control.checks)]
    return [control.title, control.statement, *control.typical_evidence, *reasons]


def test_the_library_holds_at_least_115_controls(library: Library) -> None:
    assert len(library.controls) >= 115
    assert len(library.by_code) == len(library.controls)
    assert {control.area for control in library.controls} == {area.name for area in library.areas}


def test_every_criterion_has_a_control(criteria: CriteriaSet, library: Library) -> None:
    covered = {link.code for control in library.controls for link in control.criteria}

    assert covered == set(criteria.by_code)


def test_every_control_has_a_criterion(library: Library) -> None:
    assert [control.code for control in library.controls if not control.criteria] == []


def test_every_rationale_is_written_for_its_pair(library: Library) -> None:
    rationales = [link.rationale for control in library.controls for link in (*control.criteria, *control.checks)]

    assert [text for text, count in Counter(text.casefold() for text in rationales).items() if count > 1] == []
    assert [text for text in rationales if len(text) < 40] == []


def test_rationales_are_no_boilerplate(library: Library) -> None:
    openings = Counter(
        " ".join(link.rationale.split()[:5]).casefold() for control in library.controls for link in (*control.criteria, *control.checks)
    )

    assert [opening for opening, count in openings.items() if count > 4] == []


def test_every_aws_and_github_check_belongs_to_a_control(library: Library, published_checks: list[str]) -> None:
    wanted = {check for check in published_checks if check.startswith(("aws.", "gh."))}
    mapped = {link.id for control in library.controls for link in control.checks}

    assert Counter(check.partition(".")[0] for check in wanted) == {"aws": 72, "gh": 23}
    assert wanted - mapped == set()


def test_every_aws_and_github_check_decides_some_control(library: Library, published_checks: list[str]) -> None:
    deciding = {link.id for control in library.controls for link in control.deciding_checks}

    assert {check for check in published_checks if check.startswith(("aws.", "gh."))} - deciding == set()


def test_only_published_checks_are_mapped(library: Library, published_checks: list[str]) -> None:
    assert {link.id for control in library.controls for link in control.checks} - set(published_checks) == set()


def test_other_published_checks_wait_for_their_connectors(library: Library, published_checks: list[str]) -> None:
    mapped = {link.id for control in library.controls for link in control.checks}

    assert set(published_checks) - mapped == set()


def test_supporting_checks_decide_nothing(library: Library) -> None:
    control = library.by_code["AC-08"]

    assert {link.id: link.kind for link in control.checks}["aws.iam.root_mfa"] is CheckKind.SUPPORTING
    assert {link.id for link in control.deciding_checks} == {"aws.iam.root_no_access_keys", "aws.iam.root_not_used"}


def test_multi_factor_authentication_is_decided_by_multi_factor_checks(library: Library) -> None:
    control = library.by_code["AC-07"]

    assert control.title == "Multi-factor authentication is required on every path into production"
    assert [link.code for link in control.criteria] == ["CC6.1", "CC6.6"]
    assert {link.id for link in control.deciding_checks} >= {
        "aws.iam.console_user_mfa",
        "aws.iam.root_mfa",
        "gh.org.2fa_required",
        "okta.policy.mfa_required",
        "okta.user.mfa_enrolled",
    }
    assert {link.id for link in control.deciding_checks if not re.search(r"mfa|2fa|2sv|legacy", link.id)} == set()


def test_a_control_without_due_dates_and_events_is_decided_by_a_check(library: Library) -> None:
    unobservable = [
        control.code
        for control in library.controls
        if not control.frequency.is_periodic and control.frequency != "event" and not control.deciding_checks
    ]

    assert unobservable == []


def test_automated_controls_ask_nobody_to_perform_them_by_a_date(library: Library) -> None:
    assert [c.code for c in library.controls if c.nature is ControlNature.AUTOMATED and c.frequency.is_periodic] == []


def test_statements_name_an_actor(library: Library) -> None:
    actors = (
        r"\b(leads?|[Hh]ead of|CEO|IT|boards?|management|managers?|counsel|owners?|host"
        r"|[Ee]ngineers?|[Ee]ngineering|[Aa]uthors?|support|people|persons?)\b"
    )

    assert [control.code for control in library.controls if not re.search(actors, control.statement)] == []


def test_statements_say_what_is_left_to_look_at(library: Library) -> None:
    traces = r"\b(record|keep|kept|log|show|read|writ|note|ticket|evidence|list|report|regist|confirm|compar|version|archive|collect)"

    assert [control.code for control in library.controls if not re.search(traces, control.statement, re.IGNORECASE)] == []
    assert [control.code for control in library.controls if len(control.typical_evidence) < 2] == []


def test_titles_are_claims_of_one_line(library: Library) -> None:
    titles = [control.title for control in library.controls]

    assert len(set(titles)) == len(titles)
    assert [title for title in titles if title.endswith(".") or not title[0].isupper() or len(title) > 135] == []


def test_words_that_claim_too_much_are_absent(criteria: CriteriaSet, library: Library) -> None:
    texts = [text for control in library.controls for text in _prose(control)]
    for criterion in criteria.criteria:
        texts += [criterion.title, criterion.summary, *criterion.typical_controls, *criterion.typical_evidence]
        texts += [point.title for point in criterion.points_of_focus]

    assert [text for text in texts if WORDS_WE_DO_NOT_USE.search(text)] == []


def test_the_word_exception_is_left_to_the_examiner(library: Library) -> None:
    ours = [control.code for control in library.controls if re.search(r"\bexceptions?\b", " ".join(_prose(control)), re.IGNORECASE)]

    assert set(ours) <= VENDOR_REPORT_CONTROLS


def test_loading_takes_little_computing() -> None:
    before = time.process_time()

    load_library(load_criteria())

    assert time.process_time() - before < 5.0  # half a second when nothing else runs; a defect would take minutes
