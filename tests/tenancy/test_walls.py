"""The two walls between tenants and the door to writing, as the restricted role."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from compliance.tenancy.scope import NoScope, scope
from compliance.tenancy.walls import tenant_models
from compliance.trail.models import Entry
from compliance.work.models import Problem


def _problem(title):
    now = timezone.now()
    return Problem(cause=title, title=title, severity="low", about_kind="connection", opened_at=now, last_seen_at=now)


def test_reading_without_a_scope_raises_instead_of_answering_nothing(db):
    with pytest.raises(NoScope):
        Problem.objects.count()


def test_the_tests_run_as_the_restricted_role(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user AND schemaname = 'public'")
        assert cursor.fetchone() == (0,)


def test_a_rivals_rows_stay_invisible_even_through_the_loud_bypass(fernhill, brackwater, arrange):
    with arrange(fernhill):
        _problem("fernhill's").save()
    with scope(brackwater.pk):
        assert Problem.objects.count() == 0
        assert Problem.unscoped.count() == 0
    with scope(fernhill.pk):
        assert Problem.unscoped.count() == 1


def test_two_organizations_back_to_back_on_one_connection_see_only_their_own(fernhill, brackwater, arrange):
    for organization in (fernhill, brackwater, fernhill):
        with arrange(organization):
            _problem(f"{organization.slug} {Problem.objects.count()}").save()
    with scope(fernhill.pk):
        assert sorted(Problem.objects.values_list("title", flat=True)) == ["fernhill 0", "fernhill 1"]
        with scope(brackwater.pk):
            assert list(Problem.unscoped.values_list("title", flat=True)) == ["brackwater 0"]
        assert Problem.unscoped.count() == 2


def test_writing_outside_an_action_is_refused_by_the_database(fernhill):
    with scope(fernhill.pk), pytest.raises(ProgrammingError, match="outside an action"), transaction.atomic():
        _problem("unnamed").save()
    with scope(fernhill.pk), pytest.raises(ProgrammingError, match="outside an action"), transaction.atomic():
        Problem.objects.bulk_create([_problem("bulk")])
    with scope(fernhill.pk):
        assert Problem.objects.count() == 0


def test_the_door_is_closed_again_after_an_action(fernhill, arrange):
    with arrange(fernhill):
        _problem("named").save()
    with scope(fernhill.pk), pytest.raises(ProgrammingError, match="outside an action"), transaction.atomic():
        _problem("after").save()


def test_a_row_for_another_organization_is_refused(fernhill, brackwater, arrange):
    with scope(brackwater.pk):
        stray = _problem("stray")
    with arrange(fernhill), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Problem.unscoped.bulk_create([stray])


def test_the_trail_cannot_be_rewritten(fernhill, arrange):
    with arrange(fernhill):
        _problem("named").save()
    for statement in ("UPDATE trail_entry SET reason = 'x'", "DELETE FROM trail_entry"):
        with (
            arrange(fernhill),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with scope(fernhill.pk):
        assert Entry.objects.filter(reason="").count() == Entry.objects.count()


def test_every_tenant_table_has_forced_row_security_and_its_organization_first_in_its_indexes(db):
    missing = []
    with connection.cursor() as cursor:
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table])
            if cursor.fetchone() != (True, True):
                missing.append(f"{table}: row-level security is not forced")
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexdef NOT LIKE '%%_pkey%%'", [table])
            missing += [f"{table}: {definition}" for (definition,) in cursor.fetchall() if "(organization_id" not in definition]
    allowed = {"members_membership", "integrations_due"}  # looked up by user, and by time across organizations
    assert [line for line in missing if line.split(":")[0] not in allowed] == []
