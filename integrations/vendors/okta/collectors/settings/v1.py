"""Turns Okta's answers about authenticators, tokens, zones, devices, log streams and the organization into facts."""

import re
from datetime import timedelta

from evidence.facts import instants
from evidence.facts.authenticator.v1 import Authenticator
from evidence.facts.identity_device.v1 import IdentityDevice
from evidence.facts.identity_organization.v1 import IdentityOrganization
from evidence.facts.identity_token.v1 import IdentityToken
from evidence.facts.log_stream.v1 import LogStream
from evidence.facts.network_zone.v1 import NetworkZone
from evidence.facts.threat_setting.v1 import ThreatSetting
from integrations.vendors.okta.collectors.values import Row, day, flag, identifier, inner, instant, lower, one_of, rows, word, words

THREAT_SUBJECT = "threat-insight"
DAYS = re.compile(r"P(\d{1,4})D")
# https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Device/: which values mean that all of it is encrypted
ENCRYPTED = {"FULL": True, "USER": True, "ALL_INTERNAL_VOLUMES": True, "SYSTEM_VOLUME": False, "NONE": False}


def organization(row: Row, streams: tuple[str, ...] | None) -> IdentityOrganization:
    """Of `GET /api/v1/org`. `streams`: names of the active log streams, None when they could not be read."""
    return IdentityOrganization(
        subject=identifier(row),
        name=word(row, "companyName") or word(row, "subdomain"),
        status=lower(row, "status"),
        created=instant(row, "created"),
        log_streams=streams,
    )


def authenticator(row: Row) -> Authenticator:
    """Of a row of `GET /api/v1/authenticators`."""
    settings = inner(row, "settings")
    return Authenticator(
        subject=identifier(row),
        name=word(row, "name"),
        key=word(row, "key"),
        active=one_of(row, "status", "ACTIVE", "INACTIVE"),
        allowed_for=lower(settings, "allowedFor") if "allowedFor" in settings else "",
    )


def token(row: Row, *, status: str | None, roles: tuple[str, ...] | None) -> IdentityToken:
    """Of a row of `GET /api/v1/api-tokens`. A token ends so long after its last use as its window says, so that the end tells the use;
    where it does not (another form than days), the last change of the row does."""
    network = inner(row, "network")
    connection = word(network, "connection")
    return IdentityToken(
        subject=identifier(row),
        name=word(row, "name"),
        owner=word(row, "userId"),
        created=instant(row, "created"),
        last_used=_last_used(row),
        restricted={"ANYWHERE": False, "ZONE": True}.get(connection),
        networks=words(network, "include"),
        owner_status=status,
        owner_roles=roles,
    )


def _last_used(row: Row) -> str | None:
    ends, window = instant(row, "expiresAt"), DAYS.fullmatch(word(row, "tokenWindow"))
    if ends is None or window is None:
        return day(row, "lastUpdated") or None
    try:
        used = instants.to_text(instants.from_text(ends) - timedelta(days=int(window[1]))) or ""
    except (OverflowError, ValueError):  # before the first year, or so early that its text is none
        return None
    return f"{used[:10]}T00:00:00Z"


def zone(row: Row) -> NetworkZone:
    """Of a row of `GET /api/v1/zones`."""
    gateways = row.get("gateways")
    return NetworkZone(
        subject=identifier(row),
        name=word(row, "name"),
        zone_type=lower(row, "type"),
        active=one_of(row, "status", "ACTIVE", "INACTIVE"),
        blocks=one_of(row, "usage", "BLOCKLIST", "POLICY"),
        ranges=tuple(sorted(word(each, "value") for each in rows(row, "gateways"))) if isinstance(gateways, list) else None,
    )


def device(row: Row) -> IdentityDevice:
    """Of a row of `GET /api/v1/devices?expand=user`. The name that a device has is often its owner's, and is dropped."""
    profile = inner(row, "profile")
    held = inner(row, "_embedded").get("users")
    users = [inner(each, "user") for each in rows(inner(row, "_embedded"), "users")]
    states = {word(each, "managementStatus") for each in rows(inner(row, "_embedded"), "users")}
    managed = flag(profile, "managed")
    if managed is None and states:
        managed = states == {"MANAGED"}
    return IdentityDevice(
        subject=identifier(row),
        name=identifier(row),
        platform=lower(profile, "platform"),
        os_version=word(profile, "osVersion") or None,
        status=lower(row, "status"),
        registered=flag(profile, "registered"),
        managed=managed,
        encrypted=ENCRYPTED.get(word(profile, "diskEncryptionType")),
        secure_hardware=flag(profile, "secureHardwarePresent"),
        users=tuple(sorted(word(each, "id") for each in users)) if isinstance(held, list) else None,
    )


def log_stream(row: Row) -> LogStream:
    """Of a row of `GET /api/v1/logStreams`."""
    return LogStream(
        subject=identifier(row),
        name=word(row, "name"),
        stream_type=lower(row, "type"),
        active=one_of(row, "status", "ACTIVE", "INACTIVE"),
        created=instant(row, "created"),
    )


def threat_setting(row: Row) -> ThreatSetting:
    """Of `GET /api/v1/threats/configuration`."""
    return ThreatSetting(subject=THREAT_SUBJECT, name="ThreatInsight", action=lower(row, "action"), exempt_zones=words(row, "excludeZones"))
