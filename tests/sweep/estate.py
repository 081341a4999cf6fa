"""Something real of each kind in Fernhill, so that the sweep asks for what exists."""

import uuid
from datetime import UTC, datetime, timedelta

from compliance.members.models import Membership, User
from compliance.members.roles import Right, Role
from compliance.members.services.invitations import invite
from compliance.members.services.tokens import create_token
from compliance.operate.keeping.asking import ask_for_erasure
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.services.blobs import digest_of
from compliance.vault.services.keeping import place_hold
from compliance.work.services.tasks import open_task
from compliance.work.services.webhooks import add_webhook
from controls.models import Check, Control
from controls.registry import definitions
from controls.selectors.links import links_of_items
from controls.services.adoption import adopt_controls, library
from controls.services.links import bring_item, place_of
from evidence.facts.account.v1 import Account as AccountFact
from evidence.models import Record
from evidence.readings import Observed, Reading
from evidence.services.items import Dated, Described
from evidence.services.populations import Asked, ask_freeze, freeze_population
from evidence.services.receiving import receive
from evidence.services.runs import Account, end_run, record_run, start_run
from evidence.services.sessions import open_item_session
from integrations.importing.mapping import load_map
from integrations.models import Connection, Due, KeptMapping
from integrations.services.imports import map_columns, upload_file
from integrations.services.pushes import open_session
from people.models import Account as PersonAccount
from people.models import Person
from tests.conftest import actor_of, arranging

PAGE = b"the raw page"


def estate(organization: Organization, admin: User, owner: User) -> dict[str, str]:
    """Make it, and answer the values for variable parts of addresses, by their names there."""
    now = datetime.now(UTC)
    with scope(organization.pk):
        code = next(code for code, control in library().items() if any(link.id in definitions() for link in control.checks))
        adopt_controls(actor=SYSTEM, codes=[code], now=now)
        connection = _connection(organization, now)
        record = _record(connection, now)
        acting = Membership.objects.get(user=admin)
        sent = invite(actor=actor_of(admin), email="jonas@fernhill.example", role=Role.VIEWER, now=now)
        token, _ = create_token(
            actor=actor_of(admin), membership=acting, name="export", rights=[Right.SEE_MEMBERS], expires_at=now + timedelta(days=1), now=now
        )
        return {
            "slug": organization.slug,
            "log": organization.slug,
            "tile": "0/000.p/1",
            "size": "1",
            "membership_id": str(Membership.objects.get(user=owner).pk),
            "invitation_id": str(sent.invitation.pk),
            "token_id": str(token.pk),
            "code": Control.objects.get().code,
            "check_id": Check.objects.order_by("check_id").first().check_id,
            "connection_id": str(connection.pk),
            "vendor": "aws",
            "run_id": str(record.run_id),
            "subject_id": str(record.subject_id),
            "record_id": str(record.pk),
            "digest": digest_of(PAGE),
            **_fed(now),
            **_frozen(organization, now),
            **_library(now),
            **_person(organization, now),
            **_kept(organization, admin, record, now),
            **_work(admin, owner, now),
        }


def _library(now: datetime) -> dict[str, str]:
    """An item with a link, an open upload of nobody, and an open session of pushed items."""
    received = receive(iter([b"minutes of the review"]), "review.txt", role="admin")
    place = (place_of(control=Control.objects.get().code), "Minutes")
    item = bring_item(
        actor=SYSTEM, kind="file", described=Described(title="Access review"), dated=Dated(), received=received, places=[place], now=now
    )
    session = open_item_session(actor=SYSTEM, name="Scans", cadence_days=7, expected=1, sha256="0" * 64, now=now)
    return {
        "item_id": str(item.pk),
        "link_id": str(links_of_items([item.pk])[item.pk][0].pk),
        "item_session_id": str(session.pk),
        "sheet": "1",
    }


def _frozen(organization: Organization, now: datetime) -> dict[str, str]:
    """A frozen population of what was recorded, and one that waits."""
    asked = Asked("users", now - timedelta(days=1), now + timedelta(days=1), organization.zone)
    population = freeze_population(asked, actor=SYSTEM, title="Users", now=now + timedelta(seconds=1))
    waiting = ask_freeze(asked, actor=SYSTEM, title="More users", now=now + timedelta(seconds=1))
    return {
        "population_kind": "users", "population_id": str(population.pk), "freezing_id": str(waiting.pk), "fact_kind": "account", "form": "json",
        "stream_id": str(Record.objects.get().subject.stream_id),
    }  # fmt: skip


def _connection(organization: Organization, now: datetime) -> Connection:
    with arranging(organization):
        settings = {"role_arn": "arn:aws:iam::123456789012:role/plumbline-reader"}
        made = Connection.objects.create(
            vendor="aws", name="Production", state="paused", external_id="x", created_at=now, settings=settings
        )
        Due.objects.create(connection=made, next_run_at=now)
        return made


def _record(connection: Connection, now: datetime) -> Record:
    run = start_run(
        actor=SYSTEM, connection_id=connection.pk, vendor="aws", connector_version="1", kinds=["account"], started_by="test", now=now
    )
    fact = AccountFact(subject="arn:aws:iam::123456789012:user/ada", name="ada", console_access=True, mfa=True)
    reading = Reading(
        vendor="aws", kind="account", mode="snapshot", complete=True, completeness="last_page",
        observations=[Observed(fact, (digest_of(PAGE),))], faults=(), only=None,
    )  # fmt: skip
    account = Account("123456789012", "Fernhill", "arn:role")
    record_run(actor=SYSTEM, run=run, account=account, readings=[reading], calls=(), read_page=lambda _digest: PAGE, now=now)
    end_run(actor=SYSTEM, run=run, now=now)
    return Record.objects.get()


def _person(organization: Organization, now: datetime) -> dict[str, str]:
    """Somebody on the roster with one account."""
    with arranging(organization):
        made = Person.objects.create(
            key="hr/fernhill/E0001", name="Ada", records=["hr/fernhill/E0001"], first_seen_at=now, digest=b"0" * 32
        )
        account = PersonAccount.objects.create(
            key="aws/1/account/ada", system="aws", category="cloud", source="1", kind="account", login="ada", holder_since=now,
            subject_id=made.pk, first_seen_at=now, digest=b"0" * 32,
        )  # fmt: skip
        return {"person_id": str(made.pk), "account_id": str(account.pk)}


def _work(admin: User, owner: User, now: datetime) -> dict[str, str]:
    """A task of the control owner with one step, and a channel that reads along."""
    theirs = Membership.objects.get(user=owner)
    task = open_task(actor=actor_of(admin), title="Renew the plan", owner=theirs, due_at=None, steps=["Read it"], now=now)
    url = "https://hooks.slack.example/x"
    hook = add_webhook(actor=actor_of(admin), name="#soc2", way="slack", url=url, events=["failed"], now=now)
    return {"task_id": str(task.pk), "webhook_id": str(hook.pk)}


def _fed(now: datetime) -> dict[str, str]:
    """A file that waits to be recorded, a kept mapping and an open push session."""
    imported = upload_file(
        actor=SYSTEM, name="Payroll export", kind="person", mode="snapshot", fresh_days=35, filename="roster.csv", data=b"id,email\n1,a@b.example\n",
        zone="UTC", now=now,
    )  # fmt: skip
    given = load_map(imported.column_map)
    map_columns(actor=SYSTEM, imported=imported, given=given, keep_as="Payroll", now=now)
    session = open_session(
        actor=SYSTEM, name="Jobs", kind="job_run", version=1, fields=["subject", "job", "scheduled_for"], mode="snapshot", fresh_days=2, expected=1,
        sha256="0" * 64, as_of=None, now=now,
    )  # fmt: skip
    return {"file_id": str(imported.pk), "mapping_id": str(KeptMapping.objects.get().pk), "session_id": str(session.pk)}


def _kept(organization: Organization, admin: User, record: Record, now: datetime) -> dict[str, str]:
    """A legal hold on something else, and a deletion that the admin asked for."""
    with scope(organization.pk, admin.pk):
        hold = place_hold(actor=actor_of(admin), name="Case 12", reason="Litigation", now=now, about_id=uuid.uuid4())
        asked = ask_for_erasure(actor=actor_of(admin), subjects=[record.subject_id], reason="Asked for it by letter", now=now)
    return {"hold_id": str(hold.pk), "deletion_id": str(asked.pk)}
