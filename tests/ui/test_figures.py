from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ui.figures import THIN, duration, figure, of_days, percent


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (25986, "", "25,986"),
        (25986, "rows", f"25,986{THIN}rows"),
        (0, "", "0"),
        (10.0, "", "10"),
        (10.55, "d", f"10.6{THIN}d"),
        (Decimal("1234.5"), "", "1,234.5"),
        (-3, "", "−3"),
        (None, "rows", "–"),
    ],
)
def test_a_figure_parts_thousands_and_keeps_its_unit_on_the_line(number, unit, text):
    assert figure(number, unit) == text


@pytest.mark.parametrize("wrong", ["many", float("nan"), float("inf"), object()])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError, match="not a"):
        figure(wrong)


def test_a_share_is_all_only_if_it_is_all_and_nothing_only_if_it_is_nothing():
    assert percent(27551, 27552) == f"99.9{THIN}%"
    assert percent(1, 27552) == f"0.1{THIN}%"
    assert percent(27552, 27552) == f"100{THIN}%"
    assert percent(0, 27552) == f"0{THIN}%"
    assert percent(25986, 27552) == f"94.3{THIN}%"


def test_a_share_of_nothing_is_not_said():
    assert percent(0, 0) == "–"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (363600, "4 d 5 h"),
        (86400, "1 d"),
        (11520, "3 h 12 min"),
        (90, "1 min 30 s"),
        (1500, "25 min"),
        (41, "41 s"),
        (0, "0 s"),
        (86400 * 287 + 3600, "287 d"),
        (-3600, "−1 h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds, text):
    assert duration(seconds) == text.replace(" d", f"{THIN}d").replace(" h", f"{THIN}h").replace(" min", f"{THIN}min").replace(
        " s", f"{THIN}s"
    )


def test_no_duration_is_a_dash():
    assert duration(None) == "–"


def test_a_moment_of_a_day_is_never_no_day():
    assert of_days(1) == "0.1"
    assert of_days(0) == "0"
    assert of_days(86400 * 11) == "11"


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=1, max_value=10**9))
def test_a_share_that_is_not_all_never_reads_100(part, whole):
    text = percent(min(part, whole), whole)
    assert text.startswith("100") == (part >= whole)
