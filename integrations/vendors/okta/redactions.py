"""What is taken out of Okta's answers before anything is hashed, kept or parsed: credentials, and what concerns people only.

Profiles are cut down to an allow-list: an organization may put anything into a profile (pay grades, home addresses), and what it adds
tomorrow is not kept either. `private.yaml` says what is read about people and why.
"""

from types import MappingProxyType

from integrations.transport.redaction import Redaction, Table, drop, only

PROFILE = ("login", "email", "secondEmail", "firstName", "lastName", "displayName", "employeeNumber", "userType")
PERSON = (
    "id", "status", "created", "activated", "statusChanged", "lastLogin", "lastUpdated", "passwordChanged", "type", "profile",
    "transitioningToStatus",
)  # fmt: skip
_ACTOR = ("id", "type", "alternateId", "displayName")


def _people(path: str) -> Redaction:
    inside = f"{path}.profile" if path else "profile"
    return only(path, *PERSON) + only(inside, *PROFILE)


REDACTIONS: Table = MappingProxyType(
    {
        "GET /api/v1/users": _people("[]"),
        "GET /api/v1/users/{id}": _people(""),
        "GET /api/v1/users/{userId}/factors": only("[]", "id", "factorType", "provider", "status", "created", "lastUpdated"),
        "GET /api/v1/groups/{groupId}/users": only("[]", "id", "status"),
        "GET /api/v1/apps": drop(
            "[].credentials", "[].settings", "[].profile", "[].licensing", "[].accessibility", "[].visibility", "[]._embedded",
            "[].universalLogout", "[].expressConfiguration",
        ),
        "GET /api/v1/apps/{appId}/users": only("[]", "id", "scope", "status"),
        "GET /api/v1/apps/{appId}/groups": only("[]", "id", "priority"),
        "GET /api/v1/api-tokens": drop("[].clientName"),
        "GET /api/v1/devices": drop(
            "[].profile.displayName",
            "[].profile.serialNumber", "[].profile.imei", "[].profile.meid", "[].profile.udid", "[].profile.sid", "[].profile.tpmPublicKeyHash",
            "[].resourceAlternateId", "[].resourceDisplayName",
        )
        + only("[]._embedded.users[].user", "id"),
        "GET /api/v1/logStreams": drop("[].settings"),
        "GET /api/v1/authenticators": drop("[].provider", "[].settings.appInstanceId"),
        "GET /api/v1/org": only("", "id", "subdomain", "companyName", "status", "created"),
        "GET /api/v1/logs": only(
            "[]", "uuid", "published", "eventType", "version", "severity", "outcome", "actor", "target", "debugContext"
        )
        + only("[].actor", *_ACTOR)
        + only("[].target[]", *_ACTOR)
        + only("[].debugContext", "debugData")
        + only("[].debugContext.debugData", "privilegeGranted", "privilegeRevoked"),
    }
)  # fmt: skip
