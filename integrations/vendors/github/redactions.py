"""What is taken out of GitHub's answers before anything is hashed, kept or parsed: secrets, code, and what concerns people only.

GraphQL answers hold what our documents ask for and nothing else. `private.yaml` says what is read about people and why.
"""

from types import MappingProxyType

from integrations.transport.redaction import Redaction, Table, drop, mask, only

PERSON = ("id", "node_id", "login", "type", "site_admin")


def _people(path: str, *more: str) -> Redaction:
    return only(path, *PERSON, *more)


_HOOKS = mask("[].config.secret") + drop("[].last_response")

REDACTIONS: Table = MappingProxyType(
    {
        "GET /user": _people(""),
        "GET /orgs/{org}": drop("billing_email", "email"),
        "GET /orgs/{org}/members": _people("[]", "role_name"),
        "GET /orgs/{org}/outside_collaborators": _people("[]", "role_name"),
        "GET /orgs/{org}/personal-access-tokens": _people("[].owner"),
        "GET /orgs/{org}/audit-log": drop(
            "[].actor_ip", "[].actor_location", "[].user_agent", "[].hashed_token", "[].token_id", "[].external_identity_nameid"
        ),
        "GET /orgs/{org}/secret-scanning/alerts": mask("[].secret")
        + drop(
            "[].first_location_detected", "[].resolution_comment", "[].push_protection_bypass_request_comment",
            "[].push_protection_bypass_request_reviewer_comment",
        ),
        "GET /orgs/{org}/code-scanning/alerts": drop(
            "[].most_recent_instance.message", "[].most_recent_instance.snippet", "[].most_recent_instance.location.snippet",
            "[].dismissed_comment",
        ),
        "GET /orgs/{org}/dependabot/alerts": drop("[].dismissed_comment"),
        # not read today; the secrets that sign deliveries shall not be kept by whoever reads them one day
        "GET /orgs/{org}/hooks": _HOOKS,
        "GET /repos/{owner}/{repo}/hooks": _HOOKS,
    }
)  # fmt: skip
