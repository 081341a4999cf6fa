"""Payloads are read through one getter per class: the same bytes as canonical JSON of the fields, one by one."""

from dataclasses import dataclass, fields

from hypothesis import given
from hypothesis import strategies as st

from compliance.seal.canonical import canonical_bytes, fact_bytes
from evidence.facts.fact import Fact, Part, check_definition

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Part):
    word: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Thing(Fact):
    KIND = "thing"
    VERSION = 1

    flag: bool | None = None
    number: int | None = None
    words: tuple[str, ...] | None = None
    step: Step | None = None
    steps: tuple[Step, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()


STEPS = st.builds(Step, word=TEXT)
THINGS = st.builds(
    Thing, subject=TEXT, name=TEXT, region=TEXT, flag=st.none() | st.booleans(), number=st.none() | WHOLE,
    words=st.none() | st.lists(TEXT, max_size=4).map(tuple), step=st.none() | STEPS, steps=st.lists(STEPS, max_size=3).map(tuple),
    pairs=st.lists(st.tuples(TEXT, WHOLE), max_size=3).map(tuple),
)  # fmt: skip


def slowly(value):
    if isinstance(value, Part):
        return {field.name: slowly(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [slowly(each) for each in value]
    return value


@given(THINGS)
def test_the_payload_of_any_fact_is_its_fields_one_by_one_and_its_bytes_are_canonical(thing):
    assert thing.payload() == slowly(thing)
    assert fact_bytes(thing.payload()) == canonical_bytes(slowly(thing))


@given(THINGS)
def test_a_fact_loaded_from_its_payload_is_the_same_fact(thing):
    assert Thing.load(thing.payload()) == thing
