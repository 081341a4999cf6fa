"""A stream as of any instant equals a replay of what was looked at, and so does what differs between two."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.tenancy.scope import scope
from evidence.models import Stream
from evidence.selectors.then import counts_between, difference, stream_at
from tests.evidence.looking import NOON, look, member

NAMES = ("ada", "ben", "cleo")
LOOKS = st.lists(st.dictionaries(st.sampled_from(NAMES), st.booleans()), min_size=1, max_size=5)
HOUR = timedelta(hours=1)
accounts = itertools.count()


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


@given(looks=LOOKS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_of_equals_a_replay_of_every_look(inside, looks):
    account = f"a{next(accounts)}"
    for number, there in enumerate(looks):
        facts = [member(name, enabled=enabled) for name, enabled in there.items()]
        look(*facts, at=NOON + number * HOUR, account=account, kind="account")
    stream = Stream.objects.get(source__account=account)
    moments = [NOON - HOUR / 2 + number * HOUR for number in range(len(looks) + 1)]
    replayed = [{}, *looks]
    for moment, there in zip(moments, replayed, strict=True):
        found = {each.name: '"enabled":true' in each.fact for each in stream_at(stream.pk, moment)}
        assert found == there
    for (early, before), (late, after) in itertools.combinations(list(zip(moments, replayed, strict=True)), 2):
        kinds = {each.name: each.kind for each in difference(stream.pk, early, late)}
        expected = dict.fromkeys(after.keys() - before.keys(), "added") | dict.fromkeys(before.keys() - after.keys(), "gone")
        expected |= {name: "changed" for name in after.keys() & before.keys() if before[name] != after[name]}
        assert kinds == expected
        counts = counts_between(stream.pk, early, late)
        assert (counts.earlier, counts.later, counts.added + counts.gone + counts.changed) == (len(before), len(after), len(expected))


def test_a_long_stream_is_turned_page_by_page(inside):
    look(*(member(f"user-{number}") for number in range(7)))
    (stream,) = Stream.objects.all()
    first = stream_at(stream.pk, NOON, limit=4)
    rest = stream_at(stream.pk, NOON, after=first[-1].key, limit=4)
    assert len(first) == 4 and len(rest) == 3 and not {each.key for each in first} & {each.key for each in rest}
