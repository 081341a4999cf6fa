"""Pages, Link headers, cursors, ETags, and people who leave between two pages."""

from datetime import timedelta

from integrations.sandbox.github.server import Running
from integrations.sandbox.github.state import DependabotAlert, SecretAlert
from tests.integrations.sandbox.github.conftest import NOON, Ask


def logins(answer: object) -> list[str]:
    return [each["login"] for each in answer.json()]  # type: ignore[attr-defined]


def test_members_come_in_pages_that_link_to_each_other(twin: Running, ask: Ask) -> None:
    first = ask("/orgs/fernhill/members?per_page=2")
    assert set(first.links) == {"next", "last"}
    second = ask(first.links["next"]["url"])

    assert len(first.json()) == 2
    assert sorted(logins(first) + logins(second)) == ["marta", "sam", "tom"]
    assert set(second.links) == {"prev", "first"}
    assert ask(second.links["prev"]["url"]).json() == first.json()


def test_a_list_that_fits_on_one_page_has_no_links(ask: Ask) -> None:
    assert ask("/orgs/fernhill/members").links == {}


def test_pages_have_thirty_rows_unless_said_and_a_hundred_at_most(twin: Running, ask: Ask) -> None:
    for number in range(130):
        twin.state.add_member(f"member-{number}")

    assert len(ask("/orgs/fernhill/members").json()) == 30
    assert len(ask("/orgs/fernhill/members?per_page=500").json()) == 100


def test_links_keep_the_other_parameters(ask: Ask) -> None:
    answer = ask("/orgs/fernhill/members?role=member&per_page=1")

    assert "role=member" in answer.links["next"]["url"]
    assert logins(ask(answer.links["next"]["url"])) != logins(answer)


def test_a_member_who_leaves_between_two_pages_hides_another(twin: Running, ask: Ask) -> None:
    everyone = logins(ask("/orgs/fernhill/members"))
    twin.faults.drift("/orgs/*/members", lambda state: state.remove_member(everyone[0]), nth=1)

    first = ask("/orgs/fernhill/members?per_page=2")
    second = ask("/orgs/fernhill/members?per_page=2&page=2")

    assert logins(first) == everyone[:2]
    assert logins(second) == []  # the third has moved to page 1: this is what a collector has to notice


def test_an_unchanged_answer_is_304_and_costs_nothing(twin: Running, ask: Ask) -> None:
    first = ask("/orgs/fernhill/members")
    again = ask("/orgs/fernhill/members", If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"] == "1"


def test_a_changed_answer_has_another_tag(twin: Running, ask: Ask) -> None:
    first = ask("/orgs/fernhill/members")
    twin.state.add_member("vera")
    again = ask("/orgs/fernhill/members", If_None_Match=first.headers["ETag"])

    assert again.status_code == 200
    assert "vera" in logins(again)


def test_dependabot_alerts_page_by_cursor_newest_first(twin: Running, ask: Ask) -> None:
    home = twin.state.repositories["api"]
    home.dependabot += [DependabotAlert(number=n, package="x", severity="high", created_at=NOON - timedelta(days=n)) for n in range(1, 6)]

    first = ask("/orgs/fernhill/dependabot/alerts?per_page=2")
    second = ask(first.links["next"]["url"])
    third = ask(second.links["next"]["url"])

    assert [[each["number"] for each in page.json()] for page in (first, second, third)] == [[1, 2], [3, 4], [5]]
    assert "page=" not in first.links["next"]["url"].replace("per_page=", "")
    assert [each["number"] for each in ask(third.links["prev"]["url"]).json()] == [3, 4]
    assert set(third.links) == {"prev"}


def test_an_alert_fixed_between_two_cursor_pages_hides_no_other(twin: Running, ask: Ask) -> None:
    home = twin.state.repositories["api"]
    home.dependabot += [DependabotAlert(number=n, package="x", severity="high", created_at=NOON - timedelta(days=n)) for n in range(1, 5)]

    first = ask("/orgs/fernhill/dependabot/alerts?state=open&per_page=2")
    home.dependabot[0].state = "fixed"

    assert [each["number"] for each in ask(first.links["next"]["url"]).json()] == [3, 4]


def test_a_made_up_cursor_is_refused(ask: Ask) -> None:
    assert ask("/orgs/fernhill/dependabot/alerts?after=nonsense").status_code == 400


def test_secret_alerts_page_by_number_or_by_cursor_when_one_is_asked_for(twin: Running, ask: Ask) -> None:
    home = twin.state.repositories["api"]
    home.secret_alerts += [SecretAlert(number=n, secret_type="t", created_at=NOON - timedelta(days=n)) for n in range(1, 4)]

    assert "&page=2" in ask("/orgs/fernhill/secret-scanning/alerts?per_page=2").links["next"]["url"]
    assert "after=" in ask("/orgs/fernhill/secret-scanning/alerts?per_page=2&after=").links["next"]["url"]


def test_alerts_of_a_repository_where_scanning_is_off_are_not_listed(twin: Running, ask: Ask) -> None:
    home = twin.state.repositories["api"]
    home.secret_alerts.append(SecretAlert(number=1, secret_type="t", created_at=NOON))
    assert len(ask("/orgs/fernhill/secret-scanning/alerts").json()) == 1

    home.security["secret_scanning"] = "disabled"

    assert ask("/orgs/fernhill/secret-scanning/alerts").json() == []


def test_an_own_server_answers_below_its_prefix_and_links_there(twin: Running, ask: Ask) -> None:
    answer = ask("/api/v3/orgs/fernhill/members?per_page=2")

    assert answer.links["next"]["url"].startswith(f"{twin.enterprise_url}/orgs/fernhill/members?")
    assert answer.json()[0]["url"].startswith(f"{twin.enterprise_url}/users/")
    assert twin.requests.entries[-1].operation == "/orgs/{org}/members"


def test_long_answers_are_compressed_for_those_who_accept_it(twin: Running, ask: Ask) -> None:
    plain = ask("/orgs/fernhill/members", Accept_Encoding="identity")
    packed = ask("/orgs/fernhill/members", Accept_Encoding="gzip")

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(plain.content)
    assert packed.json() == plain.json()
    assert packed.headers["ETag"] == plain.headers["ETag"]
