from enum import Enum

import pytest

from compliance.ui.sprite import ICONS
from compliance.ui.states import FIGURES, NAMES, PRECEDENCE, state_of


class Health(Enum):
    NOT_OBSERVED = "not_observed"


def test_each_state_has_an_icon_of_the_set_and_words():
    for name in NAMES:
        state = state_of(name)
        assert state.icon in ICONS
        assert state.now and state.past


def test_only_met_and_pass_are_green():
    assert [name for name in NAMES if state_of(name).css == "met"] == ["met", "pass"]


def test_what_could_not_be_judged_is_shown_as_not_observed_with_its_own_icon_and_word():
    shown = [state_of(name) for name in ("error", "stale", "no_data", "no_population")]
    assert {state.css for state in shown} == {"unobserved"}
    assert len({state.icon for state in shown}) == len({state.now for state in shown}) == 4


def test_a_state_is_known_as_an_enum_member_its_value_or_in_capitals():
    assert state_of(Health.NOT_OBSERVED) == state_of("not_observed") == state_of("NOT_OBSERVED") == state_of("Not observed")


def test_an_unknown_state_is_refused_not_drawn_as_met():
    with pytest.raises(ValueError, match="Unknown state 'fine'"):
        state_of("fine")


def test_both_orders_hold_the_same_five_states():
    assert sorted(PRECEDENCE) == sorted(FIGURES)
    assert PRECEDENCE[0] == "failed" and PRECEDENCE[-1] == "no_occurrence"
