"""A small company in five systems, recorded as connectors would; each test changes what it is about."""

import uuid
from datetime import UTC, datetime, timedelta

from compliance.trail.actor import SYSTEM
from controls.services.evaluation import evaluate_run
from evidence.facts.access_key.v1 import AccessKey
from evidence.facts.account.v1 import Account as AccountFact
from evidence.facts.federated_identity.v1 import FederatedIdentity
from evidence.facts.identity.v1 import Factor, Identity
from evidence.facts.person.v1 import Person as PersonFact
from evidence.facts.tracker_user.v1 import TrackerUser
from evidence.readings import Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
from people.services.pairing import pair

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCES = {
    "bamboohr": "fernhill",
    "okta": "fernhill.okta.example",
    "aws": "123456789012",
    "github": "fernhill",
    "jira": "fernhill.atlassian.example",
}
WHOLE = 3 * 3600
OF_CATEGORY = {"hr": "bamboohr", "identity": "okta", "cloud": "aws", "code": "github", "tickets": "jira"}


def at(hours=0, days=0):
    return NOON + timedelta(hours=hours, days=days)


def record(vendor, kind, facts, now=NOON, *, mode="snapshot", staleness=WHOLE):
    """One complete run of one stream, judged."""
    connection = uuid.uuid5(uuid.NAMESPACE_DNS, vendor)
    run = start_run(actor=SYSTEM, connection_id=connection, vendor=vendor, connector_version="1", kinds=[kind], started_by="t", now=now)
    reading = Reading(
        vendor=vendor, kind=kind, mode=mode, complete=True, completeness="double_pass", observations=[Observed(each) for each in facts],
        staleness_seconds=staleness,
    )  # fmt: skip
    account = Account(SOURCES[vendor], vendor, "reader")
    record_run(actor=SYSTEM, run=run, account=account, readings=[reading], calls=(), read_page=lambda _d: b"", now=now)
    evaluate_run(run, now=now)
    end_run(actor=SYSTEM, run=run, now=now)
    return run


def paired(now=NOON):
    """Pair and judge, as the pipeline does."""
    run = pair(now=now)
    evaluate_run(run, now=now)
    end_run(actor=SYSTEM, run=run, now=now)
    return run


def person(number, name, email, **more):
    given = {"employment": "employee", "status": "active", "hired": "2022-01-10", "last_day": "", "zone": "Europe/Berlin", **more}
    return PersonFact(subject=number, name=name, employee_number=number, work_email=email, **given)


def identity(user, email=None, *, number="", enabled=True, **more):
    email = email or f"{user}@fernhill.example"
    given = {
        "status": "active" if enabled else "deprovisioned", "factors": (Factor(kind="push", status="active"),), "roles": (), "groups": (),
        "created": "2022-01-10T08:00:00Z", "last_sign_in": "2026-03-01T08:00:00Z", **more,
    }  # fmt: skip
    return Identity(subject=f"00u{user}", name=user, login=email, email=email, employee_number=number, enabled=enabled, **given)


def iam_user(name, **more):
    given = {"console_access": True, "mfa": True, "created": "2022-01-10T08:00:00Z", "last_sign_in": "2026-03-01T08:00:00Z", **more}
    return AccountFact(subject=f"arn:aws:iam::123456789012:user/{name}", name=name, **given)


def octocat(login, **more):
    given = {"console_access": True, "mfa": True, "enabled": True, "administrator": False, "created": "2022-01-10T08:00:00Z", **more}
    return AccountFact(subject=f"user:{login}", name=login, **given)


def saml(login, name):
    return FederatedIdentity(subject=f"user:{login}", name=login, linked=bool(name), external_name=name)


def tracker(user, email, **more):
    given = {"kind": "person", "enabled": True, "administrator": False, **more}
    return TrackerUser(subject=f"5b{user}", name=user, email=email, **given)


def key(name, place=1, **more):
    given = {"active": True, "rotated": "2026-01-01T00:00:00Z", "last_used": "2026-02-28T00:00:00Z", **more}
    arn = f"arn:aws:iam::123456789012:user/{name}"
    return AccessKey(subject=f"{arn}#access-key-{place}", name=f"{name}, key {place}", owner=arn, **given)


TOM = "tom.okafor@fernhill.example"
SAM = "sam.carter@fernhill.example"


def small_company(now=NOON, *, without=(), staleness=WHOLE):
    """Tom and Sam, each in all systems, with a second factor everywhere; nobody is privileged."""
    streams = {
        ("bamboohr", "person"): [person("E0001", "Tom Okafor", TOM), person("E0002", "Sam Carter", SAM)],
        ("okta", "identity"): [identity("tom.okafor", number="E0001"), identity("sam.carter", number="E0002")],
        ("aws", "account"): [iam_user("tom.okafor", administrator=False), iam_user("sam.carter", administrator=False)],
        ("aws", "access_key"): [],
        ("github", "federated_identity"): [saml("tom-okafor", TOM), saml("sam-carter", SAM)],
        ("github", "account"): [octocat("tom-okafor"), octocat("sam-carter")],
        ("jira", "tracker_user"): [tracker("tom", TOM), tracker("sam", SAM)],
    }
    for (vendor, kind), facts in streams.items():
        if vendor not in without:
            record(vendor, kind, facts, now, staleness=staleness)
