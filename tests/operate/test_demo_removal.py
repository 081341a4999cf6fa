"""The demo company goes as a whole, with its logins; whoever is no demo stays untouched."""

import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from compliance.members.models import Membership, User
from compliance.members.roles import Role
from compliance.operate.scale.history import look
from compliance.operate.scale.population import Population
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.models import Entry
from compliance.trail.names import ActionName
from compliance.vault.services.sealing import seal_pending
from controls.models import Verdict
from controls.services.adoption import adopt_controls
from evidence.models import Record

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def furnished(slug, email, *, demo):
    """An organization with an admin, a control, records, verdicts and a sealed log."""
    organization = Organization.objects.create(name=slug.title(), slug=slug, time_zone="Europe/Berlin", is_demo=demo)
    user = User.objects.create_user(email, "a long enough password", name="Marta Lindqvist")
    with scope(organization.pk):
        with action(ActionName.MEMBER_JOINED, actor=OPERATOR):
            Membership.objects.create(user=user, role=Role.ADMIN)
        adopt_controls(actor=OPERATOR, codes=["AC-07"], now=NOW)
        look(Population(9, NOW), uuid.uuid4(), NOW + timedelta(hours=1))
        seal_pending(now=NOW + timedelta(hours=2))
    return organization


def rows(organization):
    with scope(organization.pk):
        return Record.objects.count(), Verdict.objects.count(), Membership.objects.count(), Entry.objects.count()


def test_removing_takes_the_demo_company_with_its_last_admin_and_leaves_everybody_else():
    demo = furnished("fernhill", "marta@fernhill.example", demo=True)
    real = furnished("harbour", "marta@harbour.example", demo=False)
    guest = User.objects.create_user("jonas@fernhill.example", "a long enough password", name="Jonas Weber")
    with scope(real.pk), action(ActionName.MEMBER_JOINED, actor=OPERATOR):
        Membership.objects.create(user=guest, role=Role.VIEWER)
    assert min(rows(demo)) > 0
    before = rows(real)
    said = StringIO()
    call_command("seed_demo", "--remove", stdout=said)
    assert "1 demo organization(s) removed" in said.getvalue()
    assert list(Organization.objects.values_list("slug", flat=True)) == ["harbour"]
    assert rows(demo) == (0, 0, 0, 0)
    assert rows(real) == before
    assert set(User.objects.values_list("email", flat=True)) == {"marta@harbour.example", "jonas@fernhill.example"}
