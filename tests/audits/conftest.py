"""A company with something to give out: judged facts with their raw pages, and items of evidence."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from audits.packages.building import stream_package
from audits.packages.scopes import PackageScope
from compliance.members.roles import Role
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.selectors.log import log_verifier
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_run
from evidence.facts.account.v1 import Account as AccountFact
from evidence.readings import CallMade, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONNECTION = uuid.UUID("018f0000-0000-7000-8000-000000000001")
PAGE = b'{"users": ["tom", "jonas"], "note": "\xc3\xa4"}'


def look(at: datetime, *facts: AccountFact, page: bytes = PAGE) -> None:
    """One run, recorded with its page and one line of ledger, and judged."""
    digest = hashlib.sha256(page).hexdigest()
    run = start_run(actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=["account"], started_by="t", now=at)
    reading = Reading(
        vendor="aws", kind="account", mode="snapshot", complete=True, completeness="consistent_read",
        observations=[Observed(fact, (digest,)) for fact in facts],
    )  # fmt: skip
    call = CallMade(
        operation="iam:GetCredentialReport", parameters={}, partition="us-east-1", page=1, rows=2, total=None, more=False, status=200,
        started_at=at, finished_at=at, vendor_time=None, request_id="r", sha256=digest, size=len(page), quota_limit=None, quota_remaining=None,
        not_modified=False, fault="",
    )  # fmt: skip
    record_run(
        actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "role"), readings=[reading], calls=[call],
        read_page=lambda _digest: page, now=at,
    )  # fmt: skip
    evaluate_run(run, now=at)
    end_run(actor=SYSTEM, run=run, now=at)


def user(name: str, mfa: bool) -> AccountFact:
    """A console user."""
    return AccountFact(subject=f"arn:aws:iam::123456789012:user/{name}", name=name, console_access=True, mfa=mfa)


@pytest.fixture
def judged(fernhill) -> Iterator[None]:
    """AC-07 of Fernhill with two users, of whom one turned."""
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=NOON - timedelta(days=1))
        look(NOON, user("tom", mfa=False), user("jonas", mfa=True))
        look(NOON + timedelta(hours=1), user("tom", mfa=True), user("jonas", mfa=True), page=PAGE + b" ")
        yield


def package(organization, kind: str = "control", ref: str = "AC-07", role: Role = Role.ADMIN, raw: bool = True) -> bytes:
    """The bytes of a package of March 2026."""
    what = PackageScope(
        kind=kind, ref=ref, start=NOON - timedelta(days=1), until=NOON + timedelta(days=2), role=role, raw=raw,
    )  # fmt: skip
    return b"".join(stream_package(organization.pk, what, actor=SYSTEM, now=NOON + timedelta(days=2)))


def key_of(organization) -> str:
    """The public key, as an auditor would get it from the log's page."""
    with scope(organization.pk):
        return log_verifier()
