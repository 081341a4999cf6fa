"""Fernhill's programme as the routes show it: one control, one check that decides it, three people, three looks."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.members.models import Membership
from compliance.members.services.tokens import create_token
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.services.blobs import digest_of
from compliance.vault.services.sealing import seal_pending
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_run
from controls.services.periods import set_period
from evidence.facts.account.v1 import Account as AccountFact
from evidence.readings import CallMade, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
from tests.conftest import actor_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHECK = "aws.iam.console_user_mfa"
CONNECTION = uuid.UUID("018f0000-0000-7000-8000-000000000001")
PAGE = b'{"user": "ben"}'


def hours(number):
    return NOON + timedelta(hours=number)


def user(name, mfa=True, console=True):
    return AccountFact(subject=f"arn:aws:iam::123456789012:user/{name}", name=name, console_access=console, mfa=mfa)


def call_made(number, at):
    return CallMade(
        operation="iam:GetCredentialReport", parameters={}, partition="", page=number, rows=3, total=None, more=False, status=200, started_at=at,
        finished_at=at, vendor_time=None, request_id=f"r{number}", sha256=digest_of(PAGE), size=len(PAGE), quota_limit=None,
        quota_remaining=None, not_modified=False, fault="",
    )  # fmt: skip


def look(at, *facts, connection_id=CONNECTION, account="123456789012", calls=2):
    """One complete run, recorded and judged."""
    run = start_run(
        actor=SYSTEM, connection_id=connection_id, vendor="aws", connector_version="1", kinds=["account"], started_by="t", now=at
    )
    reading = Reading(
        vendor="aws", kind="account", mode="snapshot", complete=True, completeness="consistent_read",
        observations=[Observed(fact, (digest_of(PAGE),)) for fact in facts],
    )  # fmt: skip
    record_run(
        actor=SYSTEM, run=run, account=Account(account, "Fernhill", "role"), readings=[reading],
        calls=[call_made(number, at) for number in range(1, calls + 1)], read_page=lambda _digest: PAGE, now=at,
    )  # fmt: skip
    evaluate_run(run, now=at)
    end_run(actor=SYSTEM, run=run, now=at)
    return run


def programme(organization):
    """Ben is without a second factor at noon and has one an hour later; Cleo loses hers then. Sealed. Answers the runs."""
    with scope(organization.pk):
        set_period(actor=SYSTEM, name="Type 2, first report", first_day=date(2026, 2, 1), last_day=date(2026, 4, 30))
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=NOON - timedelta(days=10))
        runs = [
            look(NOON, user("ada"), user("ben", mfa=False), user("cleo"), user("cron", console=False)),
            look(hours(1), user("ada"), user("ben"), user("cleo", mfa=False), user("cron", console=False)),
            look(hours(2), user("ada"), user("ben"), user("cleo", mfa=False), user("cron", console=False)),
        ]
        seal_pending(now=hours(3))
    return runs


def token_of(person, organization, *rights):
    """The text of a token of that member's with these rights."""
    now = datetime.now(UTC)
    with scope(organization.pk):
        membership = Membership.objects.select_related("user").get(user=person)
        _token, text = create_token(
            actor=actor_of(person), membership=membership, name="nightly export", rights=rights, expires_at=now + timedelta(days=1), now=now
        )
    return text


class Caller:
    """A program with a token, or a browser with its session: answers are responses."""

    def __init__(self, client=None, text=""):
        self.client = client or Client()
        self.headers = {"authorization": f"Bearer {text}"} if text else {}
        self.post, self.patch = partial(self._send, "post"), partial(self._send, "patch")

    def get(self, address, **parameters):
        return self.client.get(f"/api/v1/fernhill/{address}", parameters, headers=self.headers)

    def read(self, address, **parameters):
        """The JSON of an answer that must be 200."""
        answer = self.get(address, **parameters)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def all_of(self, address, **parameters):
        """Every row of a list, page by page."""
        answer = self.read(address, **parameters)
        rows = list(answer["results"])
        while answer["next"]:
            answer = self.client.get(answer["next"], headers=self.headers).json()
            rows += answer["results"]
        return rows

    def read_list(self, address):
        """The JSON of an answer that is a plain list."""
        return self.read(address)

    def delete(self, address):
        return self.client.delete(f"/api/v1/fernhill/{address}", headers=self.headers)

    def _send(self, method, address, body):
        return getattr(self.client, method)(
            f"/api/v1/fernhill/{address}", json.dumps(body), content_type="application/json", headers=self.headers
        )

    def statements(self, address, **parameters):
        """How many statements the answer costs."""
        self.get(address, **parameters)  # what is looked up once per process is not counted
        with CaptureQueriesContext(database) as asked:
            rows = self.read(address, **parameters)["results"]
        return len(asked), len(rows)
