"""What `?period=` may name."""

import pytest


@pytest.mark.parametrize("given", ["nonsense", "00000000-0000-7000-8000-000000000000"])
@pytest.mark.parametrize("page", ["/fernhill/", "/fernhill/controls/"])
def test_a_period_that_does_not_exist_is_not_found(browser_of, marta, page, given):
    client = browser_of(marta)
    answer = client.get(f"{page}?period={given}")
    assert (answer.status_code, client.get(page).status_code) == (404, 200)
