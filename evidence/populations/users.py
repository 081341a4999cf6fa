"""Accounts of every system over the period, and those of them that administrate it."""

from evidence.populations.definition import Column, Definition, Feed, Filter, Shape

ACCOUNT = (
    Column("login", "name"),
    Column("email", "email"),
    Column("enabled", "enabled"),
    Column("administrator", "administrator"),
    Column("second_factor", "mfa", "A second factor is active."),
    Column("created", "created", "When the account was made, as the system says."),
    Column("last_sign_in", "last_sign_in", "Empty: never; unknown: not shown."),
)
IDENTITY = (
    Column("login", "login"),
    Column("email", "email"),
    Column("enabled", "enabled"),
    Column("status", "status"),
    Column("roles", "roles", "Administrator roles."),
    Column("created", "created"),
    Column("last_sign_in", "last_sign_in"),
)
TRACKER = (
    Column("login", "name"),
    Column("email", "email"),
    Column("enabled", "enabled"),
    Column("administrator", "administrator"),
    Column("account_kind", "kind", "Person, app or customer."),
)
PRINCIPAL = (
    Column("login", "name"),
    Column("form", "form", "User, role, workforce user or group."),
    Column("administers_through", "administers_through", "Every way in which it may do everything."),
)
ENABLED = (Filter("enabled", "is_not", (False,)),)
MISSING = "Any system with accounts: Okta, GitHub, AWS, Jira, or accounts brought as a file or by API (facts account, identity)."
DEFINITIONS = (
    Definition(
        kind="users",
        title="Users per system",
        meaning="Every account that could sign in at any time of the period, with the dates from and until which it could.",
        why="Access reviews, second factors and removals are tested on the users of each system, not on today's list.",
        group="Access",
        missing=MISSING,
        feeds=(
            Feed("account", Shape.STAY, ACCOUNT, (ENABLED,)),
            Feed("identity", Shape.STAY, IDENTITY, (ENABLED,)),
            Feed("tracker_user", Shape.STAY, TRACKER, (ENABLED,)),
            Feed("outside_collaborator", Shape.STAY, (Column("login", "login"),)),
        ),
        second="roster_of_users",
    ),
    Definition(
        kind="privileged_users",
        title="Privileged users per system",
        meaning="Every account that was enabled and administrated its system at any time of the period, with both dates.",
        why="Who could change or switch off controls is looked at one by one.",
        group="Access",
        missing=MISSING,
        feeds=(
            Feed("account", Shape.STAY, ACCOUNT, (ENABLED, (Filter("administrator", "is", (True,)),))),
            Feed("identity", Shape.STAY, IDENTITY, (ENABLED, (Filter("roles", "filled"),))),
            Feed("tracker_user", Shape.STAY, TRACKER, (ENABLED, (Filter("administrator", "is", (True,)),))),
            Feed("principal", Shape.STAY, PRINCIPAL, ((Filter("administers_through", "filled"),),)),
        ),
        second="roster_of_users",
        notes=("An account of which the system does not show whether it administrates is not in the list; it is counted among what was left out.",),
    ),
    Definition(
        kind="privileged_access_granted",
        title="Privileged access granted",
        meaning="Every grant of a group or role in the identity provider's log within the period.",
        why="Each grant is tested for a request that was approved before it.",
        group="Access",
        missing="An identity provider's log that is read and joined with people (fact access_grant): Okta.",
        feeds=(
            Feed(
                "access_grant",
                Shape.EVENT,
                (
                    Column("event", "event"), Column("to", "target_name"), Column("right", "right_name"), Column("privileged", "privileged"),
                    Column("given_by", "by"), Column("requests", "requests", "Tickets that could stand behind it."),
                ),
                date="at",
            ),
        ),
    ),
)  # fmt: skip
