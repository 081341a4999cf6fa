"""Checks of databases, snapshots, tables and other stores: passing, failing, absent, denied."""

from datetime import UTC, datetime

import pytest

from controls.outcomes import Outcome
from evidence.facts.database.v1 import Database
from evidence.facts.database_snapshot.v1 import DatabaseSnapshot
from evidence.facts.database_table.v1 import DatabaseTable
from evidence.facts.datastore.v1 import Datastore
from evidence.facts.tag import Tag
from tests.controls.checks.judging import judged, outcome


def database(**known) -> Database:
    return Database(**{"subject": "arn:aws:rds:eu-central-1:123456789012:db:orders", "name": "orders", "form": "instance", **known})


@pytest.mark.parametrize(("check", "field"), [("aws.rds.encrypted", "encrypted"), ("aws.rds.deletion_protection", "deletion_protection")])
def test_what_must_be_on_passes_only_when_it_is_on(check, field):
    assert outcome(check, database(**{field: True})) is Outcome.PASS
    assert outcome(check, database(**{field: False})) is Outcome.FAIL
    assert outcome(check, database(**{field: None})) is Outcome.NO_DATA


def test_a_public_database_fails():
    assert outcome("aws.rds.not_public", database(public=True)) is Outcome.FAIL
    assert outcome("aws.rds.not_public", database(public=False)) is Outcome.PASS
    assert outcome("aws.rds.not_public", database(public=None)) is Outcome.NO_DATA


def test_a_cluster_without_addresses_of_its_own_is_judged_by_its_instances():
    assert outcome("aws.rds.not_public", database(form="cluster", public=None)) is Outcome.NOT_APPLICABLE
    assert outcome("aws.rds.not_public", database(form="cluster", public=True)) is Outcome.FAIL


@pytest.mark.parametrize("check", ["aws.rds.backup_7d", "aws.rds.multi_az", "aws.rds.deletion_protection", "aws.rds.tls_required"])
def test_what_a_cluster_decides_is_judged_at_the_cluster(check):
    member = database(cluster="orders", backup_days=0, multi_zone=False, deletion_protection=False, tls_setting="", tags=())
    assert outcome(check, member) is Outcome.NOT_APPLICABLE


# -- backups

FRESH = "2026-03-01T12:00:00Z"


def test_a_week_of_current_backups_passes_until_the_newest_point_is_a_day_old():
    judgement = judged("aws.rds.backup_7d", database(backup_days=7, restorable_until=FRESH))
    assert judgement.outcome is Outcome.PASS
    assert judgement.holds_until == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_backups_that_stopped_a_day_ago_fail_at_that_instant():
    stopped = database(backup_days=35, restorable_until=FRESH)
    assert outcome("aws.rds.backup_7d", stopped, now=datetime(2026, 3, 2, 11, 59, 59, tzinfo=UTC)) is Outcome.PASS
    assert outcome("aws.rds.backup_7d", stopped, now=datetime(2026, 3, 2, 12, tzinfo=UTC)) is Outcome.FAIL


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"backup_days": 6, "restorable_until": FRESH}, Outcome.FAIL),
        ({"backup_days": 0, "restorable_until": FRESH}, Outcome.FAIL),
        ({"backup_days": 0, "restorable_until": None}, Outcome.FAIL),
        ({"backup_days": 7, "restorable_until": ""}, Outcome.FAIL),
        ({"backup_days": None, "restorable_until": "2026-02-01T00:00:00Z"}, Outcome.FAIL),
        ({"backup_days": None, "restorable_until": FRESH}, Outcome.NO_DATA),
        ({"backup_days": 7, "restorable_until": None}, Outcome.NO_DATA),
        ({"backup_days": 7, "restorable_until": "2026-01-01T00:00:00Z", "stopped": True}, Outcome.PASS),
        ({"backup_days": 0, "restorable_until": "", "replica": True}, Outcome.NOT_APPLICABLE),
    ],
)
def test_backups_that_are_too_few_old_or_unknown_do_not_pass(known, expected):
    assert outcome("aws.rds.backup_7d", database(**known)) is expected


# -- zones


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"multi_zone": True}, Outcome.PASS),
        ({"multi_zone": False, "zones": ("a", "b"), "form": "cluster"}, Outcome.PASS),
        ({"multi_zone": False, "zones": ("a",)}, Outcome.FAIL),
        ({"multi_zone": None}, Outcome.NO_DATA),
    ],
)
def test_a_production_database_stands_in_two_zones(known, expected):
    assert outcome("aws.rds.multi_az", database(**known)) is expected


def test_a_selector_leaves_other_databases_out():
    tags = (Tag(key="env", value="test"),)
    assert outcome("aws.rds.multi_az", database(multi_zone=False, tags=tags), production_tags=["env=prod"]) is Outcome.NOT_APPLICABLE
    assert outcome("aws.rds.multi_az", database(multi_zone=False, tags=None), production_tags=["env=prod"]) is Outcome.NO_DATA


# -- TLS


@pytest.mark.parametrize(
    ("setting", "value", "pending", "expected"),
    [
        ("rds.force_ssl", "1", False, Outcome.PASS),
        ("require_secure_transport", "ON", False, Outcome.PASS),
        ("require_secure_transport", "1", None, Outcome.PASS),
        ("tls", "enabled", False, Outcome.PASS),
        ("tls", "disabled", False, Outcome.FAIL),
        ("rds.force_ssl", "0", False, Outcome.FAIL),
        ("rds.force_ssl", "0", True, Outcome.FAIL),
        ("require_secure_transport", "OFF", False, Outcome.FAIL),
        ("require_secure_transport", "", False, Outcome.FAIL),
        ("", "", False, Outcome.FAIL),
        ("rds.force_ssl", "1", True, Outcome.NO_DATA),
        (None, None, False, Outcome.NO_DATA),
    ],
)
def test_the_parameter_group_must_demand_tls(setting, value, pending, expected):
    assert outcome("aws.rds.tls_required", database(tls_setting=setting, tls_value=value, tls_pending=pending)) is expected


# -- versions


@pytest.mark.parametrize(
    ("engine", "version", "last"),
    [
        ("postgres", "16.3", "2029-02-28"),
        ("mysql", "8.0.45", "2026-07-31"),
        ("mariadb", "10.11.8", "2028-02-29"),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", "2028-04-30"),
        ("aurora-postgresql", "15.4", "2028-02-29"),
        ("sqlserver-ex", "15.00.4073.23.v1", "2030-01-08"),
    ],
)
def test_a_database_that_takes_minor_upgrades_passes_until_its_version_is_out_of_support(engine, version, last):
    database_ = database(engine=engine, engine_version=version, minor_upgrades=True)
    judgement = judged("aws.rds.minor_upgrades", database_)
    assert judgement.outcome is Outcome.PASS
    assert last in judgement.reason
    assert judgement.holds_until is not None
    turned = judged("aws.rds.minor_upgrades", database_, now=judgement.holds_until)
    assert turned.outcome is Outcome.FAIL


def test_support_lasts_to_the_end_of_its_last_day():
    database_ = database(engine="mysql", engine_version="8.0.45", minor_upgrades=True)
    assert outcome("aws.rds.minor_upgrades", database_, now=datetime(2026, 7, 31, 23, 59, tzinfo=UTC)) is Outcome.PASS
    assert outcome("aws.rds.minor_upgrades", database_, now=datetime(2026, 8, 1, tzinfo=UTC)) is Outcome.FAIL


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"engine": "postgres", "engine_version": "9.6.24", "minor_upgrades": True}, Outcome.FAIL),
        ({"engine": "postgres", "engine_version": "11.22", "minor_upgrades": None}, Outcome.FAIL),
        ({"engine": "aurora", "engine_version": "5.6.10a", "minor_upgrades": True}, Outcome.FAIL),
        ({"engine": "postgres", "engine_version": "16.3", "minor_upgrades": False}, Outcome.FAIL),
        ({"engine": "postgres", "engine_version": "16.3", "minor_upgrades": None}, Outcome.NO_DATA),
        ({"engine": "oracle-ee", "engine_version": "19.0.0.0", "minor_upgrades": True}, Outcome.NO_DATA),
        ({"engine": "docdb", "engine_version": "5.0.0", "minor_upgrades": True}, Outcome.PASS),
        ({"engine": "aurora-mysql", "engine_version": "8.0", "minor_upgrades": None, "form": "cluster"}, Outcome.NOT_APPLICABLE),
    ],
)
def test_old_versions_and_missing_upgrades_do_not_pass(known, expected):
    assert outcome("aws.rds.minor_upgrades", database(**known)) is expected


# -- snapshots, tables, stores


@pytest.mark.parametrize(
    ("shared", "expected"),
    [((), Outcome.PASS), (("210987654321",), Outcome.PASS), (("210987654321", "all"), Outcome.FAIL), (None, Outcome.NO_DATA)],
)
def test_a_snapshot_that_anyone_may_restore_fails(shared, expected):
    assert outcome("aws.rds.snapshot_private", DatabaseSnapshot(subject="s", shared_with=shared)) is expected


@pytest.mark.parametrize(("on", "expected"), [(True, Outcome.PASS), (False, Outcome.FAIL), (None, Outcome.NO_DATA)])
def test_a_table_needs_continuous_backup(on, expected):
    assert outcome("aws.dynamodb.pitr", DatabaseTable(subject="t", continuous_backup=on)) is expected


@pytest.mark.parametrize(
    ("form", "engine", "at_rest", "in_transit", "expected"),
    [
        ("warehouse", "redshift", True, None, Outcome.PASS),
        ("warehouse", "redshift", False, None, Outcome.FAIL),
        ("files", "efs", None, None, Outcome.NO_DATA),
        ("cache", "redis", True, True, Outcome.PASS),
        ("cache", "redis", True, False, Outcome.FAIL),
        ("cache", "redis", False, None, Outcome.FAIL),
        ("cache", "redis", True, None, Outcome.NO_DATA),
        ("cache", "memcached", False, True, Outcome.PASS),
        ("cache", "memcached", False, False, Outcome.FAIL),
        ("search", "opensearch", True, False, Outcome.PASS),
    ],
)
def test_stores_are_encrypted_at_rest_and_caches_also_in_transit(form, engine, at_rest, in_transit, expected):
    store = Datastore(subject="d", form=form, engine=engine, encrypted_at_rest=at_rest, encrypted_in_transit=in_transit)
    assert outcome("aws.redshift_cache_search.encrypted", store) is expected
