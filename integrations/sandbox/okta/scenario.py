"""The demo company Fernhill at Okta: how it stands at an instant, and what happens there afterwards.

Deterministic: the same clock gives the same organization, and a history played in steps ends where it would have been made at once.
"""

from datetime import datetime, timedelta

from integrations.sandbox.clock import Clock
from integrations.sandbox.okta.cast import FOUNDED, accounts_of_nobody, colleagues
from integrations.sandbox.okta.estate import furnish
from integrations.sandbox.okta.state import KEPT, Device, State, okta_id
from integrations.sandbox.okta.story import Step, join, sign_ins, story

API_TOKEN = "00sandboxFernhillReader"  # of an account with the role Read-only Administrator
CLIENT = "Plumbline (read-only)"
CLIENT_ID = okta_id("0oa", CLIENT)
SCOPES = frozenset(
    f"okta.{each}.read"
    for each in (
        "users", "groups", "apps", "policies", "logs", "roles", "authenticators", "apiTokens", "networkZones", "devices", "logStreams",
        "threatInsights", "orgs",
    )
)  # fmt: skip
PLATFORMS = (("MACOS", "15.1"), ("WINDOWS", "10.0.26100"), ("IOS", "18.1"))


def fernhill(clock: Clock, app_public_key: str | None = None) -> State:
    """The organization as it stands at the clock's instant. `app_public_key` (PEM) registers the service app CLIENT_ID with SCOPES;
    the API token API_TOKEN exists in any case."""
    now = clock.now()
    state = State(subdomain="fernhill", clock=clock, company="Fernhill", created=FOUNDED)
    for who in (*colleagues(), *accounts_of_nobody()):
        if who.joins_day is None:
            join(state, who, created=min(who.joined, now))
    furnish(state)
    _devices(state)
    _credentials(state, now, app_public_key)
    for step in sorted(sign_ins(now, now - KEPT, now), key=lambda each: each.at):
        clock.set(step.at)
        step.apply(state)
    for who in accounts_of_nobody():
        state.user(who.user).last_login = now - timedelta(days=200 if who.user_type == "break_glass" else 2)
    clock.set(now)
    return state


def steps(start: datetime, now: datetime, since: datetime | None = None) -> list[Step]:
    """What happens after `since` (the start unless said) and not after `now` in the story that begins at `start`, in order of time.

    Play them with `story.play(state, steps(start, now), until=now)` on the state that `fernhill` made at `start`."""
    begin = since or start
    rows = [each for each in story(start) if begin < each.at <= now]
    return sorted([*rows, *sign_ins(start, begin, now)], key=lambda each: each.at)


def _devices(state: State) -> None:
    owners = [each for each in state.users.values() if each.user_type == "Employee"]
    for number, who in enumerate(owners[:36]):
        platform, version = PLATFORMS[number % 3]
        state.devices.append(
            Device(
                id=okta_id("guo", who.login), name=f"{who.first_name}'s {platform.capitalize()}", platform=platform, os_version=version,
                created=who.created, users=[who.id], encryption="FULL" if platform == "IOS" else "ALL_INTERNAL_VOLUMES",
            )
        )  # fmt: skip


def _credentials(state: State, now: datetime, app_public_key: str | None) -> None:
    office = state.zones[0]["id"]
    owner = min((each for each in state.users.values() if each.roles), key=lambda each: each.roles != ["READ_ONLY_ADMIN"])
    state.add_ssws(API_TOKEN, "Plumbline", owner, connection="ZONE", include=[office], window="P3650D")
    if okta_id("00u", "svc-jira-sync") in state.users:
        state.add_ssws(
            "00sandboxJiraSync", "Jira sync", state.user("svc-jira-sync"), connection="ZONE", include=[office], created=now - timedelta(days=500),
            window="P3650D",
        )  # fmt: skip
    state.add_ssws("00sandboxTerraform", "Terraform", state.user("tom.okafor"), created=now - timedelta(days=320), window="P3650D")
    if app_public_key is not None:
        state.add_client(CLIENT, app_public_key, set(SCOPES))
