"""axe on every page of the product, in both themes, wide and on a phone, as admin and as viewer; and nothing runs out of a page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.hashers import make_password

from compliance.vault.services.blobs import digest_of
from tests.e2e.hands import PASSWORD, Mouse, signed_in
from tests.sweep.estate import PAGE, estate
from tests.sweep.routes import routes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.django_db(transaction=True)]
LEAVES = (
    "/live/",
    "logout",
    "healthz",
    "readyz",
    "metrics",
    "schema",
    "openapi",
    ".csv",
    "export",
    "checkpoint",
    "proof",
    "receipt",
    ".json",
    "download",
    "palette",
    "hooks",
    "static",
)
RULES = {"resultTypes": ["violations"]}
MODES = [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]


@pytest.fixture
def addresses(fernhill, marta, tom, vera):
    """Every page, with something real of each kind where its address has a variable part."""
    for each in (marta, vera):
        each.password = make_password(PASSWORD)
        each.save(update_fields=["password"])
    values = {**estate(fernhill, marta, tom), "digest": digest_of(PAGE)}
    wanted = [route.address(values) for route in routes() if "GET" in route.methods]
    return [each for each in dict.fromkeys(wanted) if not each.startswith("/api/") and not any(word in each for word in LEAVES)]


@pytest.mark.parametrize(
    ("email", "theme", "width"),
    [("marta@fernhill.example", *mode) for mode in MODES] + [("vera@fernhill.example", *mode) for mode in (MODES[0], MODES[3])],
)
def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(browser, live_server, addresses, email, theme, width):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
    )
    page = context.new_page()
    signed_in(Mouse(page), email)
    found, looked_at = [], 0
    for address in addresses:
        answer = page.request.get(address)
        if "text/html" not in answer.headers.get("content-type", "") or answer.status == 405:
            continue
        assert answer.status < 500, address
        page.goto(address)
        looked_at += 1
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [(address, one["id"], one["nodes"][0]["html"][:200]) for one in violations]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((address, "wider than the window", ""))
    context.close()
    assert found == []
    assert looked_at > 20
