"""Lists of what would go: of a person, or of what retention asks for no longer.

A raw page holds many people. Where one of them is erased the page goes as a whole, since it would hold their data otherwise; records of
the others stay, verifiable in the log, and say that their raw page was deleted.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from compliance.tenancy.models import Organization
from compliance.vault.retention import expired_before, keep_until, years_of
from compliance.vault.selectors.deletion import blob_ids, retention_rules
from compliance.vault.services.deletion import Target
from controls.selectors.periods import periods
from evidence.selectors.keeping import (
    digests_of_other_versions,
    expired_item_versions,
    expired_records,
    pages_of_other_records,
    pages_of_records,
    records_of_subjects,
)

AT_ONCE = 50_000
RULED = {"observation": "Observations and their raw responses", "item": "Files, links and statements in the library"}


def period_ends(organization: Organization) -> list[datetime]:
    """The instant at which each observation period ended, in the organization's zone."""
    days = periods().values_list("last_day", flat=True)
    return [datetime.combine(day + timedelta(days=1), time(), organization.zone).astimezone(UTC) for day in days]


def years_kept(kind: str) -> int:
    """Years after its period's end that something of that kind (of RULED) is kept."""
    return years_of([(each.kind, each.about_id, each.years) for each in retention_rules()], kind)


def erasure_targets(subjects: Sequence[uuid.UUID]) -> list[Target]:
    """Everything observed of those subjects: the subjects, their records, and the raw pages these were made from."""
    records = records_of_subjects(subjects)
    abouts = {each.id: each.abouts for each in records}
    sources = tuple({about for each in records for about in each.abouts})
    pages = blob_ids(pages_of_records(list(abouts)))
    return [
        *(Target("subject", subject, None, sources) for subject in subjects),
        *(Target("record", record, None, about) for record, about in abouts.items()),
        *(Target("blob", page, None, sources) for page in pages),
    ]


def new_since(subjects: Sequence[uuid.UUID], listed: Sequence[uuid.UUID]) -> int:
    """How many records of those subjects the list does not name: recorded after somebody asked."""
    return len({each.id for each in records_of_subjects(subjects)} - set(listed))


def expired_targets(organization: Organization, now: datetime) -> list[Target]:
    """What retention asks for no longer, oldest first, at most 50,000 of a kind: observations that were superseded, with raw pages that no
    record besides them needs, and versions of items with bytes that no other version has."""
    ends = period_ends(organization)
    return [*_observations(ends, now), *_items(ends, now)]


def _observations(ends: Sequence[datetime], now: datetime) -> list[Target]:
    years = years_kept("observation")
    bound = expired_before(now, ends, years)
    if bound is None:
        return []
    records = expired_records(bound, AT_ONCE)
    keys = [each.id for each in records]
    pages = pages_of_records(keys)
    alone = blob_ids(pages - pages_of_other_records(keys, sorted(pages)))
    latest = max((keep_until(each.ended, ends, years) for each in records), default=None)
    sources = tuple({about for each in records for about in each.abouts})
    return [
        *(Target("record", each.id, keep_until(each.ended, ends, years), each.abouts) for each in records),
        *(Target("blob", page, latest, sources) for page in alone),
    ]


def _items(ends: Sequence[datetime], now: datetime) -> list[Target]:
    years = years_kept("item")
    bound = expired_before(now, ends, years)
    if bound is None:
        return []
    versions = expired_item_versions(bound, AT_ONCE)
    shared = digests_of_other_versions([each.id for each, _digest in versions], [digest for _each, digest in versions])
    shared |= pages_of_other_records([], [digest for _each, digest in versions])
    alone = blob_ids({digest for _each, digest in versions} - shared)
    items = tuple({about for each, _digest in versions for about in each.abouts})
    return [
        *(Target("item_version", each.id, keep_until(bound, ends, years), each.abouts) for each, _digest in versions),
        *(Target("blob", page, keep_until(bound, ends, years), items) for page in alone),
    ]
