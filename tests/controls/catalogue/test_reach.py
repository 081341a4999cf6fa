"""What is said of automation's reach agrees with the library and with the checks that have logic."""

from collections import defaultdict

import pytest

from controls.catalogue.loading import CriteriaSet, Library
from controls.catalogue.reach import By, reach
from controls.registry import definitions


@pytest.fixture(scope="module")
def deciding(library: Library) -> dict[str, dict[str, set[str]]]:
    """Per criterion and kind: checks with logic that decide a control of the criterion."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for control in library.controls:
        logic = [link for link in control.deciding_checks if link.id in definitions() and definitions()[link.id].version]
        for criterion in control.criteria:
            for link in logic:
                found[criterion.code][link.kind.value].add(link.id)
    return found


def test_every_criterion_is_spoken_of_once(criteria: CriteriaSet) -> None:
    assert set(reach()) == set(criteria.by_code)


@pytest.mark.parametrize("code", sorted(code for code, each in reach().items() if each.by is By.WHOLE))
def test_every_criterion_that_automation_reaches_has_a_design_and_an_operation_check(code, deciding) -> None:
    assert deciding[code]["design"] and deciding[code]["operation"]


@pytest.mark.parametrize("code", sorted(code for code, each in reach().items() if each.by is By.PART))
def test_what_is_reached_in_part_has_a_check_and_says_what_is_not_reached(code, deciding) -> None:
    assert set().union(*deciding[code].values())
    assert reach()[code].people


@pytest.mark.parametrize("code", sorted(code for code, each in reach().items() if each.by is By.PEOPLE))
def test_what_rests_on_people_alone_is_decided_by_no_check(code, deciding) -> None:
    assert not set().union(*deciding[code].values()), "a check decides it now: say `part` or `whole`"
    assert len(reach()[code].people.split()) > 4


def test_security_is_mostly_within_reach_and_privacy_mostly_is_not() -> None:
    whole = {code for code, each in reach().items() if each.by is By.WHOLE}
    assert len(whole) >= 27 and len([code for code in whole if code.startswith("P4")]) == 1
