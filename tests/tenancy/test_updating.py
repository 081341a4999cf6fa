"""Many rows written by one statement: each gets its own values, of every sort of field, and no other organization's row is touched."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import FieldDoesNotExist

from compliance.tenancy.scope import scope
from compliance.tenancy.updating import update_rows
from evidence.models import Source, Stream

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def streams(arrange):
    def made(organization):
        with arrange(organization):
            source = Source.objects.create(vendor="aws", account="1", account_name="one", connection_id=organization.pk, first_seen_at=NOON)
            return [Stream.objects.create(source=source, vendor="aws", kind=kind, mode="snapshot") for kind in ("account", "bucket")]

    return made


def test_each_row_gets_its_own_values_in_one_statement(fernhill, arrange, streams, django_assert_num_queries):
    first, second = streams(fernhill)
    first.stale_at, first.denied, first.staleness_seconds, first.stale_marked = NOON, ["iam:ListUsers"], 60, True
    second.trouble_detail, second.cursor = 'it\'s 100 % \\ odd, "quoted" {and} more', {"since": "2026"}
    with arrange(fernhill):
        with django_assert_num_queries(1):
            update_rows([first, second], ["stale_at", "denied", "staleness_seconds", "stale_marked", "trouble_detail", "cursor"])
        kept = list(Stream.objects.order_by("kind").values_list("stale_at", "denied", "staleness_seconds", "stale_marked"))
        told = list(Stream.objects.order_by("kind").values_list("trouble_detail", "cursor"))
    assert kept[0] == (NOON, ["iam:ListUsers"], 60, True)
    assert kept[1] == (None, [], second.staleness_seconds, False)
    assert told == [("", first.cursor), ('it\'s 100 % \\ odd, "quoted" {and} more', {"since": "2026"})]


def test_rows_of_another_organization_stay_as_they_are(fernhill, brackwater, arrange, streams):
    theirs = streams(brackwater)
    for each in theirs:
        each.trouble = "taken over"
    with arrange(fernhill):
        update_rows(theirs, ["trouble"])
    with scope(brackwater.pk):
        assert list(Stream.objects.values_list("trouble", flat=True)) == ["", ""]


def test_nothing_to_write_asks_the_database_nothing(fernhill, django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows([], ["trouble"])


def test_a_name_that_is_no_field_is_refused(fernhill, arrange, streams):
    rows = streams(fernhill)
    with arrange(fernhill), pytest.raises(FieldDoesNotExist):
        update_rows(rows, ["mood"])
