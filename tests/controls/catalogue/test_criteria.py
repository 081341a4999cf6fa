"""The criteria as packaged, and what the loader says about a file that is off."""

import re
from collections import Counter

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controls.catalogue.loading import Applicability, CatalogueError, Category, CriteriaSet, load_criteria

FILE = "tsc-2017-pof-2022.yaml"


def test_there_are_61_criteria_and_329_points_of_focus(criteria: CriteriaSet) -> None:
    points = Counter(dict.fromkeys(Category, 0))
    for criterion in criteria.criteria:
        points[criterion.category] += len(criterion.points_of_focus)

    assert criteria.edition == "tsc-2017-pof-2022"
    assert Counter(criterion.category for criterion in criteria.criteria) == {
        "security": 33,
        "availability": 3,
        "confidentiality": 2,
        "processing_integrity": 5,
        "privacy": 18,
    }
    assert points == {"security": 232, "availability": 16, "confidentiality": 5, "processing_integrity": 18, "privacy": 58}
    assert sum(points.values()) == 329


def test_each_group_has_its_number_of_criteria(criteria: CriteriaSet) -> None:
    groups = Counter(criterion.group for criterion in criteria.criteria)
    common = {"CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2}
    privacy = {"P1": 1, "P2": 1, "P3": 2, "P4": 3, "P5": 2, "P6": 7, "P7": 1, "P8": 1}

    assert groups == common | {"A1": 3, "PI1": 5, "C1": 2} | privacy


def test_the_category_follows_from_the_code(criteria: CriteriaSet) -> None:
    letters = {"CC": "security", "A": "availability", "C": "confidentiality", "PI": "processing_integrity", "P": "privacy"}

    assert {c.code: str(c.category) for c in criteria.criteria} == {
        c.code: letters[re.match("[A-Z]+", c.code)[0]] for c in criteria.criteria
    }


def test_the_first_five_groups_carry_the_17_coso_principles_once_each(criteria: CriteriaSet) -> None:
    principles = {c.code: c.coso_principle for c in criteria.criteria}

    assert sorted(p for p in principles.values() if p is not None) == list(range(1, 18))
    assert [principles[code] for code in ("CC1.1", "CC2.1", "CC3.1", "CC4.1", "CC5.1", "CC5.3")] == [1, 13, 6, 16, 10, 12]
    assert {c.code for c in criteria.criteria if c.coso_principle is None} == {
        c.code for c in criteria.criteria if c.group not in {"CC1", "CC2", "CC3", "CC4", "CC5"}
    }


def test_a_slug_is_unique_in_its_criterion_and_carries_no_number(criteria: CriteriaSet) -> None:
    for criterion in criteria.criteria:
        slugs = [point.slug for point in criterion.points_of_focus]
        assert len(slugs) == len(set(slugs)), criterion.code
        assert not [slug for slug in slugs if re.search(r"[^a-z-]", slug)], criterion.code


def test_published_slugs_stay_as_they_are(criteria: CriteriaSet) -> None:
    first = criteria.by_code["CC6.2"].points_of_focus

    assert [point.slug for point in first] == [
        "credentials-created-on-approval-of-the-owner",
        "validity-of-credentials-reviewed",
        "invalid-credentials-blocked",
    ]


def test_points_say_when_they_apply(criteria: CriteriaSet) -> None:
    def tagged(code: str) -> dict[str, set[str]]:
        return {p.slug: set(p.applicability) for p in criteria.by_code[code].points_of_focus if p.applicability}

    assert tagged("CC6.1") == {
        "confidential-data-used-only-for-stated-purposes": {Applicability.CONFIDENTIALITY},
        "personal-data-limited-to-need": {Applicability.PRIVACY},
    }
    assert tagged("CC8.1")["resilience-considered-in-change"] == {Applicability.AVAILABILITY}
    assert tagged("CC2.2")["system-objectives-told-to-staff"] == {Applicability.SYSTEM_LEVEL}
    assert tagged("P3.2")["explicit-consent-documented-and-kept"] == {Applicability.CONTROLLER}
    assert tagged("P5.1") == {"controller-requests-answered": {Applicability.PROCESSOR}}


def test_titles_start_with_a_capital_and_stay_short(criteria: CriteriaSet) -> None:
    titles = [c.title for c in criteria.criteria] + [p.title for c in criteria.criteria for p in c.points_of_focus]

    assert [title for title in titles if not title[0].isupper() or len(title) > 90 or title.endswith(".")] == []


@pytest.mark.parametrize(
    ("passage", "replacement", "entry", "remedy"),
    [
        ("edition: tsc-2017-pof-2022", "edition: tsc-2017-pof-2023", "the file", "did you mean 'tsc-2017-pof-2022'"),
        ("- code: CC1.1\n", "- code: CC1.1\n  colour: red\n", "CC1.1", "unknown key 'colour'"),
        ("  summary:", "  sumary:", "CC1.1", "unknown key 'sumary' (did you mean 'summary'?)"),
        ("- code: CC1.2\n", "- code: CC1.1\n", "CC1.1", "is defined 2 times"),
        ("- code: CC1.2\n", "- code: CC12\n", "CC12", "code must look like CC6.1"),
        ("  category: security\n", "  category: safety\n", "CC1.1", "category is 'safety'; choose one of security, availability"),
        ("  category: security\n", "  category: securty\n", "CC1.1", "did you mean 'security'?"),
        ("  category: security\n", "  category: privacy\n", "the file", "security has 32 criteria, but this edition has 33"),
        ("  coso_principle: 1\n", "  coso_principle: 18\n", "CC1.1", "coso_principle must be a whole number from 1 to 17"),
        ("  coso_principle: 1\n", "", "CC1.1", "lacks the key 'coso_principle'"),
        ("{slug: leadership-sets-the-tone,", "{slug: focus-1,", "CC1.1, point of focus focus-1", "without digits"),
        (
            "{slug: leadership-sets-the-tone,",
            "{slug: written-standards-of-conduct,",
            "CC1.1, point of focus written-standards-of-conduct",
            "is defined 2 times",
        ),
        (
            "  - {slug: leadership-sets-the-tone, title: Leadership sets the tone}\n",
            "",
            "the file",
            "security has 231 points of focus, but this edition has 232",
        ),
        (
            "applicability: [privacy]",
            "applicability: [P]",
            "CC1.3, point of focus privacy-law-reflected-in-structure",
            "applicability is 'P'; choose one of",
        ),
        ("typical_frequencies: [event, annual]", "typical_frequencies: [yearly]", "CC1.1", "typical_frequencies is 'yearly'"),
        ("  title: Integrity and ethical values\n", "  title: 17\n", "CC1.1", "title must be text, not 17"),
        ("  title: Integrity and ethical values\n", "  title:\n", "CC1.1", "title is missing"),
        ("  title: Integrity", "  title: Twice\n  title: Integrity", "a mapping", "repeats the key 'title'; keep one"),
        ("criteria:\n", "criteria: [\n", "line", "is not valid YAML"),
        ("title: Trust", "title: 2017-99-99\nx: Trust", "the file", "is not valid YAML"),
    ],
)
def test_a_broken_file_is_refused_with_its_place_and_what_to_do(
    criteria_copy, passage: str, replacement: str, entry: str, remedy: str
) -> None:
    criteria_copy.replace(FILE, passage, replacement)

    with pytest.raises(CatalogueError) as refusal:
        load_criteria(criteria_copy.folder)

    assert refusal.value.file == FILE
    assert refusal.value.entry.startswith(entry)
    assert remedy in refusal.value.remedy
    assert str(refusal.value) == f"{FILE}: {refusal.value.entry}: {refusal.value.remedy}"


def test_a_missing_file_is_refused(tmp_path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read .*restore it"):
        load_criteria(tmp_path)


def test_the_digest_changes_with_the_file(criteria: CriteriaSet, criteria_copy) -> None:
    assert load_criteria(criteria_copy.folder).digest == criteria.digest

    criteria_copy.replace(FILE, "Leadership sets the tone", "Leaders set the tone")

    assert load_criteria(criteria_copy.folder).digest != criteria.digest


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(document=_values | st.fixed_dictionaries({"edition": st.just("tsc-2017-pof-2022"), "title": st.text(), "criteria": _values}))
def test_whatever_a_file_holds_the_answer_is_a_catalogue_error(tmp_path, document: object) -> None:
    (tmp_path / FILE).write_text(yaml.safe_dump(document))

    with pytest.raises(CatalogueError):
        load_criteria(tmp_path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=60))
def test_bytes_that_are_no_yaml_are_refused(tmp_path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(CatalogueError):
        load_criteria(tmp_path)
