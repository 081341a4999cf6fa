"""What a connection to Jira is set up with. Pages show these fields."""

import re

from integrations.transport.contract import Setting
from integrations.transport.typed import flaw_of_address, flaw_of_email, flaw_of_site, flaw_of_token

KEY = "jira"
NAME = "Jira Cloud"
API_URL = "https://api.atlassian.com"
AUTH_URL = "https://auth.atlassian.com"
ADMIN_GROUPS = "site-admins, org-admins, administrators, jira-administrators, jira-admins-*"
APPROVAL_FIELDS = "Approvals, Approver, Approvers, Approved by"
PEOPLE_FIELDS = "Employee, Leaver, Access for, On behalf of"
PAGE_TYPES = "Incident"
PROJECT = re.compile(r"[A-Z][A-Z0-9_]{1,30}", re.ASCII)


def flaw_of_projects(text: str) -> str:
    """What is wrong with a list of project keys, in words; "" when nothing is."""
    wrong = [each for each in names(text) if not PROJECT.fullmatch(each)]
    return "" if not wrong else f"“{wrong[0][:40]}” is no project's key; it is the SEC of tickets like SEC-12."


def names(text: str) -> tuple[str, ...]:
    """What stands between the commas of a setting."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


SETTINGS = (
    Setting(name="site_url", label="Address of the site", hint="As people open it: https://NAME.atlassian.net", flaw=flaw_of_site),
    Setting(
        name="email",
        label="E-mail address of the account",
        hint="Of the account whose API token is used. Leave empty when you sign in at Atlassian instead.",
        required=False,
        flaw=flaw_of_email,
        beside=("api_token",),
    ),
    Setting(
        name="api_token",
        label="API token",
        hint="Made at id.atlassian.com > Security > API tokens by an account with the permissions of this page. Better sign in instead.",
        secret=True,
        required=False,
        flaw=flaw_of_token,
        beside=("email",),
        either="an API token or an app",
    ),
    Setting(
        name="client_id",
        label="Client ID of the app",
        hint="Of your OAuth 2.0 integration at developer.atlassian.com. Save it, then press “Sign in at the vendor” on the next page.",
        required=False,
        flaw=flaw_of_token,
        beside=("client_secret",),
        either="an API token or an app",
    ),
    Setting(
        name="client_secret",
        label="Secret of the app",
        hint="Stands beside the client ID.",
        secret=True,
        required=False,
        flaw=flaw_of_token,
        beside=("client_id",),
    ),  # fmt: skip
    Setting(
        name="projects",
        label="Project keys",
        hint="Only these projects are read, separated by commas: SEC, OPS. Empty: all that the account may browse.",
        required=False,
        flaw=flaw_of_projects,
    ),
    Setting(
        name="admin_groups",
        label="Groups of site administrators",
        hint="Names separated by commas; a * at the end stands for any rest.",
        required=False,
        default=ADMIN_GROUPS,
    ),
    Setting(
        name="approval_fields",
        label="Fields that hold approvals",
        hint="Names of custom fields, separated by commas. Approvals of Jira Service Management are found by themselves.",
        required=False,
        default=APPROVAL_FIELDS,
    ),
    Setting(
        name="people_fields",
        label="Fields that say whom a ticket is about",
        hint="Names of custom fields that hold a user, separated by commas.",
        required=False,
        default=PEOPLE_FIELDS,
    ),
    Setting(
        name="page_types",
        label="Types whose linked pages are read",
        hint="Linked pages (a post-mortem) cost one call a ticket, so they are read of these types only.",
        required=False,
        default=PAGE_TYPES,
    ),
    Setting(name="cloud_id", label="Cloud ID", hint="Found by itself when you sign in at Atlassian.", required=False),
    Setting(
        name="api_url", label="Address of Atlassian's API", hint="Leave as it is.", required=False, default=API_URL, flaw=flaw_of_address
    ),
    Setting(
        name="auth_url",
        label="Address of Atlassian's sign-in",
        hint="Leave as it is.",
        required=False,
        default=AUTH_URL,
        flaw=flaw_of_address,
    ),
)
