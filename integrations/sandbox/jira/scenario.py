"""The demo company Fernhill at Jira: how its site stands at an instant, and what happens there afterwards.

Deterministic: the same clock gives the same site, and a history played in steps ends where it would have been made at once. People and
changes are those of the other sandboxes: whoever joins at Okta was asked for here, and what is merged at GitHub has its ticket here.
"""

from datetime import datetime, timedelta

from integrations.sandbox.clock import Clock
from integrations.sandbox.jira.cast import ADMINISTRATORS, HIDES_ADDRESS, READER, RESPONDERS, everyone
from integrations.sandbox.jira.state import Project, State, account_id
from integrations.sandbox.jira.story import ACCESS_FOR, EMPLOYEE, Step, join, story, work

READER_TOKEN = "ATATT-sandbox-fernhill-reader"  # of READER, for Basic authentication
READER_EMAIL = "jonas.weber@fernhill.example"
CLIENT_ID, CLIENT_SECRET = "sandbox-fernhill-app", "sandbox-fernhill-app-secret"
SCOPES = "read:jira-work read:jira-user read:group:jira read:user:jira read:avatar:jira"
BEFORE = timedelta(days=30)  # of daily work that is there from the beginning


def fernhill(clock: Clock, redirect_uri: str = "http://localhost:8000/fernhill/connections/authorized/") -> State:
    """The site as it stands at the clock's instant: everybody who is there, five projects, and the last month's work.

    The API token READER_TOKEN of READER exists, and the app CLIENT_ID whose people are sent back to `redirect_uri`."""
    now = clock.now()
    state = State(clock=clock)
    state.custom_fields = {EMPLOYEE: ("Employee", "user"), ACCESS_FOR: ("Access for", "user"), "customfield_10052": ("Approved by", "user")}
    for who in everyone():
        if who.joins_day is None:
            join(state, who, who.user in HIDES_ADDRESS)
    state.add_group("jira-administrators", list(ADMINISTRATORS))
    state.add_group("site-admins", [READER])
    responders = state.add_group("security-responders", list(RESPONDERS))
    state.administrators = {account_id(each) for each in ADMINISTRATORS}
    _projects(state, responders.id)
    for step in work(now - BEFORE, now):
        step.apply(state)
    state.add_api_token(READER_TOKEN, READER)
    state.add_app(CLIENT_ID, CLIENT_SECRET, redirect_uri, SCOPES)
    return state


def steps(start: datetime, now: datetime, since: datetime | None = None) -> list[Step]:
    """What happens after `since` (the start unless said) and not after `now` in the story that begins at `start`, in order of time.

    Play them with `story.play(state, steps(start, now), until=now)` on the state that `fernhill` made at `start`."""
    begin = since or start
    rows = [each for each in story(start) if begin < each.at <= now]
    return sorted([*rows, *work(begin, now)], key=lambda each: each.at)


def _projects(state: State, responders: str) -> None:
    state.add_project("FERN", "Product", lead=account_id("marta.lindqvist"))
    state.add_project("OPS", "Operations", lead=account_id("tom.okafor"))
    state.add_project("IT", "IT service", lead=account_id("jonas.weber"))
    security: Project = state.add_project("SEC", "Security", lead=account_id("priya.natarajan"))
    members = security.roles[1]
    members.groups.append(responders)
    security.browse = [("projectRole", str(members.id)), ("projectLead", "")]
    people = state.add_project("PEOPLE", "People", style="next-gen", private=True, lead=account_id("kathrin.busch"))
    people.roles[1].users += [account_id("kathrin.busch"), account_id("jonas.weber")]
