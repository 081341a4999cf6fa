"""The demo company Fernhill on GitHub: how it stands at an instant, and what happens there afterwards.

Deterministic: the same clock gives the same organization, whoever asks, and a history played in steps ends where it would have
been made at once (the daily changes follow from the date alone).
"""

from datetime import UTC, datetime, timedelta

from integrations.sandbox.clock import Clock
from integrations.sandbox.github.cast import CONTRACTORS, INSECURE, MAINTAINERS, MEMBERS, OWNERS
from integrations.sandbox.github.estate import PLOTS
from integrations.sandbox.github.history import changes
from integrations.sandbox.github.state import (
    AuditEvent,
    BranchProtection,
    CodeScanningAlert,
    DependabotAlert,
    DeployKey,
    Environment,
    Hook,
    PersonalAccessToken,
    SecretAlert,
    State,
)
from integrations.sandbox.github.story import Step, story

FOUNDED = datetime(2024, 1, 8, 9, tzinfo=UTC)
HISTORY = timedelta(days=243)
OWNER_TOKEN = "ghp_sandboxFernhillOwner"  # classic, of an owner
READER_TOKEN = "github_pat_sandboxFernhillReader"  # fine-grained, of an owner, read only
MEMBER_TOKEN = "ghp_sandboxFernhillMember"  # classic, of a member without rights of an owner
APP_ID = 4711
READ_PERMISSIONS = dict.fromkeys(
    (
        "metadata",
        "members",
        "organization_administration",
        "administration",
        "pull_requests",
        "contents",
        "checks",
        "vulnerability_alerts",
        "security_events",
        "secret_scanning_alerts",
        "actions",
        "organization_personal_access_tokens",
    ),
    "read",
)
RULES = [
    {"type": "deletion"},
    {"type": "non_fast_forward"},
    {
        "type": "pull_request",
        "parameters": {
            "required_approving_review_count": 1,
            "dismiss_stale_reviews_on_push": True,
            "require_code_owner_review": False,
            "require_last_push_approval": False,
            "required_review_thread_resolution": False,
        },
    },
    {
        "type": "required_status_checks",
        "parameters": {"strict_required_status_checks_policy": False, "required_status_checks": [{"context": "ci"}]},
    },
]


def fernhill(clock: Clock, app_public_key: str | None = None) -> State:
    """The organization as it stands at the clock's instant: 64 members, 28 repositories, eight months of merged changes.

    `app_public_key` (PEM) installs the GitHub App APP_ID with READ_PERMISSIONS; three tokens exist in any case."""
    now = clock.now()
    state = State(
        login="fernhill",
        clock=clock,
        id=90210,
        name="Fernhill",
        description="Payments for market gardens",
        email="it@fernhill.example",
        created_at=FOUNDED,
    )
    _people(state)
    _repositories(state)
    for change in changes(now - HISTORY, now):
        change.apply(state)
    _alerts(state, now)
    _keys(state, now)
    _credentials(state, now, app_public_key)
    return state


def steps(start: datetime, end: datetime) -> list[Step]:
    """What happens after `start` and not after `end`, in order of time: the story's events, and every merged change and push.

    Play them with `story.play(state, steps(start, end), until=end)` on the state that `fernhill` made at `start`."""
    rows = [Step(each.at, f"{each.repository}: {each.title} ({each.course})", each.apply) for each in changes(start, end)]
    rows += [each for each in story(start) if start < each.at <= end]
    return sorted(rows, key=lambda each: each.at)


def _people(state: State) -> None:
    for each in MEMBERS:
        state.add_member(each.login, role="admin" if each.login in OWNERS else "member", name=each.name, email=each.email)
        if each.login in INSECURE:
            state.people[each.login].second_factor = "insecure"
    state.add_person("dependabot[bot]", name="dependabot", kind="Bot")
    for team in sorted({each.team for each in MEMBERS}):
        state.add_team(team, [each.login for each in MEMBERS if each.team == team], maintainers=MAINTAINERS)
    state.add_team("security-leads", ["tom-okafor", "jonas-weber", "ines-moreau"], maintainers=("tom-okafor",))


def _repositories(state: State) -> None:
    for index, plot in enumerate(PLOTS):
        home = state.add_repository(
            plot.name,
            visibility=plot.visibility,
            archived=plot.archived,
            language=plot.language,
            created_at=FOUNDED + timedelta(days=9 * index),
            description=f"{plot.name.replace('-', ' ').capitalize()} of Fernhill",
        )
        state.teams[plot.team].repositories[plot.name] = "push"
        if plot.guard == "classic":
            home.protections["main"] = BranchProtection(reviews=1, contexts=["ci"], enforce_admins=plot.name != "forecasting")
        if plot.name in ("experiments", "legacy-portal"):
            home.security |= {"secret_scanning": "disabled", "secret_scanning_push_protection": "disabled"}
        if plot.name in ("api", "web-app", "billing-api", "infrastructure"):
            home.environments.append(
                Environment(id=state.number(), name="production", created_at=home.created_at, reviewers=["tom-okafor"])
            )
    for each in CONTRACTORS:
        state.add_outside_collaborator(each.login, each.repository, "push", name=each.name, email=each.email)
    excluded = [each.name for each in PLOTS if each.guard != "ruleset"]
    ruleset = state.add_ruleset("Default branches", RULES, repositories_excluded=excluded)
    ruleset.created_at = ruleset.updated_at = FOUNDED + timedelta(days=300)


def _alerts(state: State, now: datetime) -> None:
    vulnerable = (
        ("api", "jinja2", "medium", 20),
        ("billing-api", "requests", "high", 9),
        ("web-app", "postcss", "low", 41),
        ("web-app", "vite", "medium", 33),
        ("ledger", "pillow", "high", 12),
        ("ios-app", "swift-nio", "medium", 60),
        ("infrastructure", "hashicorp/go-getter", "high", 3),
        ("experiments", "torch", "high", 75),
        ("legacy-portal", "symfony/http-kernel", "high", 200),
        ("reports", "numpy", "low", 110),
    )
    for number, (repository, package, severity, age) in enumerate(vulnerable, 1):
        created = now - timedelta(days=age, hours=number)
        alert = DependabotAlert(
            number=number, package=package, severity=severity, created_at=created, summary=f"{package} accepts crafted input"
        )
        state.repositories[repository].dependabot.append(alert)
    for number in range(11, 41):
        repository = PLOTS[number % 22].name
        created = now - timedelta(days=6 * number - 50, hours=number)
        fixed = created + timedelta(days=number % 6 + 1)
        alert = DependabotAlert(
            number=number,
            package=("urllib3", "lodash", "werkzeug")[number % 3],
            severity=("medium", "high", "low", "critical")[number % 4],
            created_at=created,
            state="fixed",
            fixed_at=fixed,
            updated_at=fixed,
        )
        state.repositories[repository].dependabot.append(alert)
    dismissed = now - timedelta(days=80)
    state.repositories["reports"].dependabot.append(
        DependabotAlert(
            number=41,
            package="scipy",
            severity="medium",
            created_at=now - timedelta(days=95),
            state="dismissed",
            dismissed_at=dismissed,
            updated_at=dismissed,
            dismissed_by="petra-vogel",
            dismissed_reason="not_used",
            dismissed_comment="The affected function is never called",
        )
    )
    for number, (repository, rule, severity, age) in enumerate(
        (("api", "py/sql-injection", "high", 6), ("web-app", "js/xss", "medium", 50), ("ledger", "py/clear-text-logging", "high", 18)), 1
    ):
        state.repositories[repository].code_alerts.append(
            CodeScanningAlert(
                number=number, rule=rule, severity=severity, created_at=now - timedelta(days=age), description=f"Found by {rule}"
            )
        )
    resolved = now - timedelta(days=70)
    state.repositories["kubernetes-config"].secret_alerts.append(
        SecretAlert(
            number=1,
            secret_type="slack_incoming_webhook_url",
            created_at=resolved - timedelta(hours=9),
            state="resolved",
            resolution="revoked",
            resolved_at=resolved,
            resolved_by="tom-okafor",
            updated_at=resolved,
            validity="inactive",
        )
    )


def _keys(state: State, now: datetime) -> None:
    for index, name in enumerate(("api", "web-app", "infrastructure", "warehouse")):
        key = DeployKey(id=70_000 + index, title=f"deploy {name}", created_at=FOUNDED + timedelta(days=30 + index), added_by="tom-okafor")
        key.last_used = now - timedelta(days=200) if name == "warehouse" else now - timedelta(hours=7 + index)
        state.repositories[name].deploy_keys.append(key)
    never = DeployKey(id=70_010, title="old mirror", created_at=FOUNDED + timedelta(days=40), read_only=False, added_by="jonas-weber")
    state.repositories["reports"].deploy_keys.append(never)


def _credentials(state: State, now: datetime, app_public_key: str | None) -> None:
    state.add_token(
        OWNER_TOKEN,
        "classic",
        "jonas-weber",
        scopes={"repo", "admin:org", "security_events", "admin:org_hook", "read:audit_log", "read:user"},
    )
    state.add_token(READER_TOKEN, "fine_grained", "jonas-weber", permissions=dict(READ_PERMISSIONS), expires_at=now + timedelta(days=365))
    state.add_token(MEMBER_TOKEN, "classic", "sarah-klein", scopes={"repo", "read:org"})
    if app_public_key is not None:
        state.install_app(
            app_public_key,
            dict(READ_PERMISSIONS),
            app_id=APP_ID,
            events=["member", "repository", "repository_ruleset", "branch_protection_rule", "pull_request_review"],
        )
    grants = (("tom-okafor", "terraform plan", 300), ("ines-moreau", "release notes", 90), ("petra-vogel", "warehouse sync", None))
    for index, (owner, name, days) in enumerate(grants):
        granted = FOUNDED + timedelta(days=100 + index)
        state.personal_access_tokens.append(
            PersonalAccessToken(
                id=81_000 + index,
                token_id=82_000 + index,
                name=name,
                owner=owner,
                granted_at=granted,
                expires_at=now + timedelta(days=days) if days else None,
                last_used_at=now - timedelta(days=2),
                permissions={"organization": {}, "repository": {"contents": "read", "metadata": "read"}, "other": {}},
            )
        )
    state.hooks.append(Hook(id=83_000, url="https://ci.fernhill.example/github", events=["push", "pull_request"], created_at=FOUNDED))
    for index, days in enumerate((120, 64, 12)):
        at = now - timedelta(days=days)
        action = ("repository_ruleset.update", "protected_branch.policy_override", "org.add_member")[index]
        state.audit_log.append(
            AuditEvent(id=f"audit-{index}", action=action, actor=OWNERS[index % 2], at=at, repository="billing-api" if index < 2 else None)
        )
