"""What the twin refuses, as Okta does: unknown parameters, wrong pages, wrong scopes, too many calls; and what it plays on request."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.sandbox.clock import Clock
from integrations.sandbox.company.answers import answers
from integrations.sandbox.company.roster import okta_id as id_of_roster
from integrations.sandbox.okta.estate import furnish
from integrations.sandbox.okta.oauth import ASSERTION
from integrations.sandbox.okta.scenario import fernhill, steps
from integrations.sandbox.okta.server import Running, running
from integrations.sandbox.okta.state import State, okta_id, user_target
from integrations.sandbox.okta.story import play
from tests.integrations.okta.conftest import PEM, PUBLIC

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HTTP = httpx.Client(trust_env=False)
Ask = Callable[..., httpx.Response]


@pytest.fixture
def twin() -> Iterator[Running]:
    state = State(subdomain="fernhill", clock=Clock(NOON), created=datetime(2024, 1, 8, tzinfo=UTC))
    marta = state.add_user("marta", "Marta Lindqvist", roles=["SUPER_ADMIN"])
    for number in range(9):
        state.add_user(f"person-{number}", f"Person {number}")
    state.add_user("ola", "Ola Nord", status="DEPROVISIONED", factors=())
    furnish(state)
    state.add_ssws("00marta", "Reader", marta)
    with running(state) as served:
        yield served


@pytest.fixture
def ask(twin: Running) -> Ask:
    """`ask("/api/v1/users?limit=3")`: a GET as Marta, unless another header is given."""

    def call(path: str, authorization: str = "SSWS 00marta") -> httpx.Response:
        address = path if path.startswith("http") else twin.url + path
        return HTTP.get(address, headers={"Authorization": authorization} if authorization else {})

    return call


def next_of(answer: httpx.Response) -> str:
    found = [each for each in answer.headers.get_list("link") if 'rel="next"' in each]
    return found[0].partition("<")[2].partition(">")[0] if found else ""


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/users?pageSize=3", "E0000001"),
        ("/api/v1/users?limit=0", "E0000001"),
        ("/api/v1/users?limit=201", "E0000001"),
        ("/api/v1/users?limit=many", "E0000001"),
        ("/api/v1/users?after=made-up", "E0000001"),
        ("/api/v1/users?page=2", "E0000001"),
        ("/api/v1/users?search=status is DEPROVISIONED", "E0000031"),
        ('/api/v1/users?search=profile.salary gt "1"', "E0000031"),
        ("/api/v1/policies", "E0000001"),
        ("/api/v1/policies?type=OF_TOMORROW", "E0000001"),
        ("/api/v1/policies/{policy}/rules?after=x", "E0000001"),
        ("/api/v1/apps/{app}/groups?limit=10", "E0000001"),
        ("/api/v1/logs?since=yesterday", "E0000001"),
        ("/api/v1/logs?since=2026-02-02T00:00:00Z&until=2026-02-01T00:00:00Z", "E0000001"),
        ("/api/v1/logs?sortOrder=UP", "E0000001"),
        ("/api/v1/logs?limit=1001", "E0000001"),
    ],
)
def test_a_request_that_okta_would_not_understand_is_refused(twin: Running, ask: Ask, path: str, code: str) -> None:
    answer = ask(path.format(policy=twin.state.policies[0].id, app=next(iter(twin.state.apps))))
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)
    assert answer.json()["errorCauses"]


def test_a_cursor_belongs_to_its_list(ask: Ask) -> None:
    cursor = next_of(ask("/api/v1/users?limit=3")).partition("after=")[2]
    assert ask(f"/api/v1/users?limit=5&after={cursor}").status_code == 200
    assert ask(f"/api/v1/apps?limit=3&after={cursor}").status_code == 400
    assert ask(f'/api/v1/users?limit=3&search=status eq "ACTIVE"&after={cursor}').status_code == 400


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 200))
def test_pages_of_any_size_hold_everybody_once(twin: Running, ask: Ask, size: int) -> None:
    twin.clock.advance(minutes=2)
    seen, address = [], f"/api/v1/users?limit={size}"
    while address:
        answer = ask(address)
        seen += [each["id"] for each in answer.json()]
        address = next_of(answer)
    assert sorted(seen) == sorted(each.id for each in twin.state.users.values() if each.status != "DEPROVISIONED")


def test_whoever_is_deprovisioned_is_listed_by_a_search_only(twin: Running, ask: Ask) -> None:
    ola = twin.state.user("ola").id
    assert ola not in [each["id"] for each in ask("/api/v1/users").json()]
    assert [each["id"] for each in ask('/api/v1/users?search=status eq "DEPROVISIONED"').json()] == [ola]
    assert [each["id"] for each in ask('/api/v1/users?filter=status eq "DEPROVISIONED"').json()] == [ola]


@pytest.mark.parametrize(
    ("authorization", "status", "code"),
    [("", 401, "E0000005"), ("SSWS 00wrong", 401, "E0000011"), ("Bearer eyJwrong", 401, "E0000011"), ("Basic abc", 401, "E0000005")],
)
def test_an_unknown_credential_is_refused(ask: Ask, authorization: str, status: int, code: str) -> None:
    answer = ask("/api/v1/users", authorization)
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)


def test_a_token_ends_with_its_owners_account_and_thirty_days_after_its_last_use(twin: Running, ask: Ask) -> None:
    twin.clock.advance(timedelta(days=29))
    assert ask("/api/v1/users").status_code == 200
    twin.clock.advance(timedelta(days=29))
    assert ask("/api/v1/users").status_code == 200
    twin.clock.advance(timedelta(days=31))
    assert ask("/api/v1/users").status_code == 401
    twin.state.add_ssws("00again", "Again", twin.state.user("marta"))
    assert ask("/api/v1/users", "SSWS 00again").status_code == 200
    twin.state.set_status(twin.state.user("marta"), "DEPROVISIONED")
    assert ask("/api/v1/users", "SSWS 00again").status_code == 401


def assertion(twin: Running, client: str, **changed: object) -> str:
    now = int(twin.clock.now().timestamp())
    claims = {"iss": client, "sub": client, "aud": f"{twin.url}/oauth2/v1/token", "iat": now, "exp": now + 300, "jti": "once"}
    return jwt.encode({**claims, **changed}, PEM, "RS256")


def sign_in(twin: Running, statement: str, scope: str = "okta.users.read", **more: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION, "client_assertion": statement, **more}
    return HTTP.post(f"{twin.url}/oauth2/v1/token", data=form)


def test_a_signed_assertion_gets_a_token_for_granted_scopes_and_no_further(twin: Running, ask: Ask) -> None:
    client = twin.state.add_client("Plumbline", PUBLIC, {"okta.users.read", "okta.logs.read"})
    answer = sign_in(twin, assertion(twin, client.id))
    held = f"Bearer {answer.json()['access_token']}"
    assert answer.json()["scope"] == "okta.users.read"
    assert ask("/api/v1/users", held).status_code == 200
    refused = ask("/api/v1/logs", held)  # granted to the app, not asked for with this token
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000006")
    assert "insufficient_scope" in refused.headers["www-authenticate"]
    client.scopes.clear()
    assert ask("/api/v1/users", held).status_code == 403
    client.scopes.add("okta.users.read")
    client.roles.clear()
    assert ask("/api/v1/users", held).status_code == 403
    twin.clock.advance(minutes=61)
    assert ask("/api/v1/users", held).status_code == 401


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"aud": "https://elsewhere.okta.com/oauth2/v1/token"}, "invalid_client"),
        ({"sub": "somebody else"}, "invalid_client"),
        ({"exp": 1}, "invalid_client"),
        ({"exp": 32_503_680_000}, "invalid_client"),
        ({"iss": "0oaNobody"}, "invalid_client"),
    ],
)
def test_an_assertion_that_is_not_in_order_is_refused(twin: Running, changed: dict, word: str) -> None:
    client = twin.state.add_client("Plumbline", PUBLIC, {"okta.users.read"})
    answer = sign_in(twin, assertion(twin, client.id, **changed))
    assert (answer.status_code, answer.json()["error"]) == (401, word)
    assert twin.state.access_tokens == {}


def test_an_assertion_is_good_once_and_a_scope_too_many_spoils_the_request(twin: Running) -> None:
    client = twin.state.add_client("Plumbline", PUBLIC, {"okta.users.read"})
    statement = assertion(twin, client.id)
    assert sign_in(twin, statement).status_code == 200
    assert sign_in(twin, statement).json()["error_description"] == "The client_assertion token has already been used."
    assert sign_in(twin, assertion(twin, client.id, jti="2"), "okta.users.read okta.logs.read").json()["error"] == "invalid_scope"
    assert sign_in(twin, assertion(twin, client.id, jti="3"), luck="1").json()["error"] == "invalid_request"
    assert sign_in(twin, assertion(twin, client.id, jti="4"), grant_type="password").json()["error"] == "unsupported_grant_type"


def test_a_bucket_is_used_up_and_refills_after_a_minute(twin: Running, ask: Ask) -> None:
    twin.state.limits["/api/v1/groups"] = 2
    assert [ask("/api/v1/groups").headers["x-rate-limit-remaining"] for _ in range(2)] == ["1", "0"]
    refused = ask("/api/v1/groups")
    assert (refused.status_code, refused.json()["errorCode"]) == (429, "E0000047")
    assert int(refused.headers["x-rate-limit-reset"]) == int(NOON.timestamp()) + 60
    assert ask("/api/v1/apps").status_code == 200
    twin.clock.advance(seconds=60)
    assert ask("/api/v1/groups").status_code == 200


def test_the_log_is_kept_for_ninety_days_and_its_list_has_no_end_without_until(twin: Running, ask: Ask) -> None:
    for days in (100, 80, 1):
        twin.state.log("user.session.start", None, user_target(twin.state.user("ola")), at=NOON - timedelta(days=days))
    open_end = ask("/api/v1/logs?since=2025-01-01T00:00:00Z")
    assert [each["published"][:10] for each in open_end.json()] == ["2025-12-11", "2026-02-28"]
    further = ask(next_of(open_end))
    assert further.json() == [] and next_of(further)
    assert next_of(ask("/api/v1/logs?since=2025-01-01T00:00:00Z&until=2026-03-01T12:00:00Z")) == ""


def test_a_method_that_writes_is_refused(twin: Running) -> None:
    answer = HTTP.post(f"{twin.url}/api/v1/users", headers={"Authorization": "SSWS 00marta"}, json={})
    assert (answer.status_code, answer.json()["errorCode"]) == (405, "E0000022")
    assert [each.path for each in twin.requests.writes()] == ["/api/v1/users"]


def test_everybody_of_the_roster_who_has_an_account_is_there_under_the_agreed_id() -> None:
    state = fernhill(Clock(NOON))
    assert okta_id("00u", "tom.okafor") == id_of_roster("tom.okafor")
    assert state.user("tom.okafor@fernhill.example").id == id_of_roster("tom.okafor")
    end = NOON + timedelta(days=450)
    for _ in play(state, steps(NOON, end), end):
        pass
    assert set(state.users) == {each.account for each in answers() if each.system == "okta"}


def test_the_story_is_the_same_whoever_plays_it_and_in_how_many_parts() -> None:
    end = NOON + timedelta(days=60)
    whole, parts = fernhill(Clock(NOON)), fernhill(Clock(NOON))
    for _ in play(whole, steps(NOON, end), end):
        pass
    middle = NOON + timedelta(days=33)
    for _ in play(parts, steps(NOON, middle), middle):
        pass
    for _ in play(parts, steps(NOON, end, since=middle), end):
        pass
    assert whole.users == parts.users and whole.groups == parts.groups and whole.events == parts.events


def test_the_incidents_of_the_story_happen_and_end() -> None:
    state = fernhill(Clock(NOON), PUBLIC)
    omar = state.user("omar.khalil")
    seen: list[tuple[float, object]] = []
    for step in play(state, steps(NOON, NOON + timedelta(days=210))):
        days = (step.at - NOON) / timedelta(days=1)
        (client,) = state.clients.values()
        seen.append((days, (omar.status, "okta.policies.read" in client.scopes)))
    left = next(days for days, (status, _granted) in seen if status == "DEPROVISIONED")
    blind = [days for days, (_status, granted) in seen if not granted]
    assert 206 <= left <= 207  # three days after the last working day of the roster
    assert min(blind) >= 150 and max(blind) <= 153.2
    bare = [each for each in state.events if each["event"] == "user.account.privilege.grant"]
    assert bare and "Hendrik Olsen" not in {each["targets"][0]["displayName"] for each in bare}
    hendrik = state.user("hendrik.olsen")
    assert hendrik.roles == ["HELP_DESK_ADMIN"] and hendrik.factors == []
