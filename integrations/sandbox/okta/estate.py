"""What the demo company has set up at Okta: apps, policies with rules, authenticators, zones, log streams."""

from typing import Any

from integrations.sandbox.okta.state import CONSOLE, State, okta_id

SCIM = ["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION"]
# key, label, mode, features, teams ("*": everybody), people assigned one by one
APPS: tuple[tuple[str, str, str, list[str], tuple[str, ...], tuple[str, ...]], ...] = (
    (CONSOLE, "Okta Admin Console", "OPENID_CONNECT", [], (), ("jonas.weber", "tom.okafor")),
    ("slack", "Slack", "SAML_2_0", SCIM, ("*",), ()),
    ("github_enterprise_cloud", "GitHub", "SAML_2_0", SCIM, ("platform", "backend", "frontend", "data", "mobile", "quality"), ()),
    ("amazon_aws_sso", "AWS", "SAML_2_0", SCIM, ("platform", "backend", "data"), ()),
    ("jira_saas", "Jira", "SAML_2_0", SCIM, ("*",), ()),
    ("bamboohr", "BambooHR", "SAML_2_0", ["IMPORT_NEW_USERS", "PROFILE_MASTERING"], ("people", "finance"), ()),
    ("zoomus", "Zoom", "SAML_2_0", ["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES"], ("*",), ()),
    ("figma", "Figma", "SAML_2_0", [], ("frontend",), ("mia.schneider", "elif.demir", "clara.jensen")),
    ("oidc_client", "Dashboards", "OPENID_CONNECT", [], ("platform", "data"), ()),
    ("bookmark", "Visitor list", "BOOKMARK", [], ("it",), ()),
)


def second_factor(*, phishing_resistant: bool = False, mode: str = "2FA") -> dict[str, Any]:
    """The actions of a rule that demands factors."""
    possession = {"deviceBound": "REQUIRED", "phishingResistant": "REQUIRED" if phishing_resistant else "OPTIONAL", "required": True}
    constraints: list[dict[str, Any]] = [{"possession": possession}] if mode == "2FA" else []
    return {
        "appSignOn": {
            "access": "ALLOW",
            "verificationMethod": {"type": "ASSURANCE", "factorMode": mode, "reauthenticateIn": "PT2H", "constraints": constraints},
        }
    }


def denied() -> dict[str, Any]:
    """The actions of a rule that lets nobody in."""
    return {"appSignOn": {"access": "DENY", "verificationMethod": {"type": "ASSURANCE", "factorMode": "1FA", "constraints": []}}}


def session(*, idle: int = 120, lifetime: int = 720, persistent: bool = False) -> dict[str, Any]:
    """The actions of a global session rule."""
    return {
        "signon": {
            "access": "ALLOW",
            "requireFactor": True,
            "factorPromptMode": "ALWAYS",
            "rememberDeviceByDefault": False,
            "factorLifetime": 15,
            "primaryFactor": "PASSWORD_IDP_ANY_FACTOR",
            "session": {"maxSessionIdleMinutes": idle, "maxSessionLifetimeMinutes": lifetime, "usePersistentCookie": persistent},
        }
    }


def password(*, length: int = 14, attempts: int = 10, history: int = 4, common: bool = True, username: bool = True) -> dict[str, Any]:
    """The settings of a password policy."""
    return {
        "password": {
            "complexity": {
                "minLength": length, "minLowerCase": 1, "minUpperCase": 1, "minNumber": 1, "minSymbol": 0, "excludeUsername": username,
                "dictionary": {"common": {"exclude": common}}, "excludeAttributes": [],
            },
            "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": history},
            "lockout": {"maxAttempts": attempts, "autoUnlockMinutes": 30, "userLockoutNotificationChannels": [], "showLockoutFailures": False},
        },
        "recovery": {"factors": {"okta_email": {"status": "ACTIVE", "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}}}}},
        "delegation": {"options": {"skipUnlock": False}},
    }  # fmt: skip


def rule(name: str, actions: dict[str, Any], groups: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """A rule as Okta writes it."""
    people = {"groups": {"include": groups}} if groups else {"users": {"exclude": []}}
    return {
        "id": okta_id("0pr", name),
        "name": name,
        "conditions": {"people": people, "network": {"connection": "ANYWHERE"}},
        "actions": actions,
        **more,
    }


def furnish(state: State) -> None:
    """Set all of it up; people and their groups must be there."""
    everyone = next(each for each in state.groups.values() if each.name == "Everyone")
    console = state.add_policy(
        "ACCESS_POLICY", "Okta Admin Console", description="Administrators",
        rules=[rule("Administrators", second_factor(phishing_resistant=True)), rule("Nobody else", denied(), system=True)],
    )  # fmt: skip
    usual = state.add_policy("ACCESS_POLICY", "Any two factors", rules=[rule("Catch-all", second_factor(), system=True)])
    legacy = state.add_policy(
        "ACCESS_POLICY", "Bookmarks", rules=[rule("Office", second_factor(mode="1FA")), rule("Elsewhere", denied(), system=True)]
    )
    state.add_policy("OKTA_SIGN_ON", "Contractors", rules=[rule("Short sessions", session(idle=30, lifetime=480))])
    state.add_policy(
        "OKTA_SIGN_ON", "Default Policy", system=True, groups=[everyone.id], rules=[rule("Default Rule", session(), system=True)]
    )
    state.add_policy("PASSWORD", "Default Policy of passwords", system=True, groups=[everyone.id], settings=password())
    state.add_policy(
        "MFA_ENROLL", "Default enrollment", system=True, groups=[everyone.id],
        settings={"type": "AUTHENTICATORS", "authenticators": [{"key": "okta_verify", "enroll": {"self": "REQUIRED"}}]},
    )  # fmt: skip
    policies = {CONSOLE: console.id, "bookmark": legacy.id}
    for key, label, mode, features, teams, people in APPS:
        wanted = [each for each in state.groups.values() if each.name in teams or ("*" in teams and each.name == "Everyone")]
        state.add_app(
            key, label, sign_on_mode=mode, features=list(features), groups=tuple(wanted),
            people=tuple(state.user(each) for each in people if _there(state, each)), access_policy=policies.get(key, usual.id),
        )  # fmt: skip
    _settings(state)


def _settings(state: State) -> None:
    kinds = (
        ("okta_password", "Password", "password", "ACTIVE", {}),
        ("okta_verify", "Okta Verify", "app", "ACTIVE", {"channelBinding": {"style": "NUMBER_CHALLENGE", "required": "HIGH_RISK_ONLY"}}),
        ("webauthn", "Security key or biometric", "security_key", "ACTIVE", {}),
        ("okta_email", "Email", "email", "ACTIVE", {"allowedFor": "recovery", "tokenLifetimeInMinutes": 5}),
        ("phone_number", "Phone", "phone", "ACTIVE", {"allowedFor": "recovery"}),
        ("google_otp", "Google Authenticator", "app", "INACTIVE", {}),
    )
    for key, name, sort, status, settings in kinds:
        row: dict[str, Any] = {"id": okta_id("aut", key), "key": key, "name": name, "type": sort, "status": status}
        state.authenticators.append({**row, "settings": settings} if settings else row)
    state.zones += [
        {
            "id": okta_id("nzo", "Office"), "name": "Office", "type": "IP", "status": "ACTIVE", "usage": "POLICY", "system": False,
            "gateways": [{"type": "CIDR", "value": "203.0.113.0/24"}], "proxies": None,
        },
        {
            "id": okta_id("nzo", "BlockedIpZone"), "name": "BlockedIpZone", "type": "IP", "status": "ACTIVE", "usage": "BLOCKLIST",
            "system": True, "gateways": [{"type": "RANGE", "value": "198.51.100.0-198.51.100.255"}], "proxies": None,
        },
    ]  # fmt: skip
    state.streams.append(
        {
            "id": okta_id("0oa", "EventBridge"), "name": "EventBridge", "type": "aws_eventbridge", "status": "ACTIVE",
            "settings": {"accountId": "123456789012", "eventSourceName": "okta_log", "region": "eu-central-1"},
        }
    )  # fmt: skip
    state.threats = {"action": "block", "excludeZones": []}


def _there(state: State, user: str) -> bool:
    return okta_id("00u", user) in state.users
