"""What the database itself must hold, asked of the database."""

import io

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import ForeignKey, ManyToManyField

from compliance.operate.handover import HOLDINGS
from compliance.tenancy.models import TenantModel
from compliance.tenancy.walls import tenant_models

# Questions that may be asked across organizations or before one is in scope; each answers only where to look, or numbers.
SECURITY_DEFINER = {
    "plumbline_api_token",
    "plumbline_bytes_removed",
    "plumbline_due_connections",
    "plumbline_execute_deletion",
    "plumbline_forget_whole_digest",
    "plumbline_found_items",
    "plumbline_hook",
    "plumbline_installation_figures",
    "plumbline_invitation",
    "plumbline_keys_in_organization",
    "plumbline_keeps_an_admin",
    "plumbline_last_verifications",
    "plumbline_organizations_to_freeze",
    "plumbline_organizations_to_judge",
    "plumbline_organizations_to_tell",
    "plumbline_organizations_with_bytes_to_remove",
    "plumbline_organizations_with_pending_leaves",
    "plumbline_organizations_with_sessions_to_end",
}
# Keys between tenant tables without a composite constraint: their services fetch the target through the scoped manager first.
FETCHED_IN_SCOPE = {("work_problem", "owner_id")}

# Keys that a foreign key would look up row by row, longer than all the rest of recording and judging together takes: triggers check them
# for a whole statement. The waiver's is among them because subjects have no second unique index for a foreign key to stand on.
CHECKED_BY_STATEMENT = {
    ("evidence_subject", "stream_id"),
    ("evidence_record", "subject_id"),
    ("evidence_record", "run_id"),
    ("controls_verdict", "check_row_id"),
    ("controls_verdict", "subject_id"),
    ("controls_verdictpast", "check_row_id"),
    ("controls_verdictpast", "subject_id"),
    ("controls_waiver", "subject_id"),
    ("people_pairing", "account_id"),
    ("people_pairing", "person_id"),
}


def rows(statement, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def tenant_keys():
    """(table, column) of every foreign key from a tenant table to another."""
    return {
        (model._meta.db_table, field.column)
        for model in tenant_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and issubclass(field.related_model, TenantModel)
    }


def composite_keys():
    """(table, column) of every key that carries the organization, as the database has it."""
    found = rows(
        """SELECT c.conrelid::regclass::text, array_agg(a.attname::text) FROM pg_constraint c
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
           WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 GROUP BY c.oid, c.conrelid"""
    )
    return {(table, next(iter(set(columns) - {"organization_id"}))) for table, columns in found if "organization_id" in columns}


def set_checked_keys():
    """(table, column) of every key that triggers hold for whole statements, all four of them in place and on."""
    found = rows(
        """SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
           WHERE p.proname IN ('plumbline_keys_in_organization', 'plumbline_key_stays', 'plumbline_key_is_needed') AND t.tgenabled = 'O'"""
    )
    names = {name for _table, name in found}
    return {
        (table, name.removeprefix(f"{table}_").removesuffix("_in_organization"))
        for table, name in found
        if name.endswith("_in_organization")
        and {name.replace("_in_organization", end) for end in ("_stays", "_target_stays", "_needed")} <= names
    }


def test_a_row_cannot_point_into_another_organization(db):
    assert tenant_keys() - composite_keys() - set_checked_keys() == FETCHED_IN_SCOPE


def test_keys_are_checked_by_statement_only_where_rows_come_by_the_hundred_thousand(db):
    assert set_checked_keys() == CHECKED_BY_STATEMENT


def test_no_table_between_two_others_is_made_without_an_organization(db):
    through = [
        field.remote_field.through._meta.db_table
        for model in tenant_models()
        for field in model._meta.get_fields()
        if isinstance(field, ManyToManyField) and field.remote_field.through._meta.auto_created
    ]
    assert through == []


def test_functions_that_pass_the_wall_are_the_listed_ones_with_a_fixed_search_path(db):
    found = rows(
        """SELECT p.proname, coalesce(array_to_string(p.proconfig, ','), '') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
           WHERE p.prosecdef AND n.nspname = 'public' AND d.objid IS NULL"""
    )
    assert {name for name, _ in found} == SECURITY_DEFINER
    assert [name for name, settings in found if not settings.startswith("search_path=")] == []


def test_models_and_migrations_agree(db):
    said = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()


def test_everything_with_an_owner_is_handed_over_when_the_owner_leaves():
    owned = {
        model
        for model in apps.get_models()
        if model._meta.app_label != "members"
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.name == "owner" and field.related_model._meta.label == "members.Membership"
    }
    assert owned == {each.model for each in HOLDINGS}


LARGE = ("evidence_subject", "evidence_record", "controls_verdict", "controls_verdictpast", "controls_checkpoint")


def test_an_organization_that_statistics_do_not_know_is_not_taken_for_a_single_row(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "WHERE a.attname = 'organization_id' AND a.attstattarget = 0 AND c.relkind = 'r'"
        )
        assert {name for (name,) in cursor.fetchall()} == set(LARGE)
