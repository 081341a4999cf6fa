"""The contract, clause by clause. Every connector passes all of it over its own bed."""

import hashlib
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from evidence.facts.fact import FactError
from integrations import errors, persons
from integrations.errors import Cancelled, Fault, ForbiddenAddress, QuotaShareReached, WriteRefused
from integrations.kit.bed import Bed, Trouble, Unknown, World
from integrations.kit.looking import Look, close, look, probe, reading
from integrations.transport.contract import Mode, Stream
from integrations.transport.ledger import Call

MADE_HERE = frozenset({Cancelled, ForbiddenAddress, QuotaShareReached, WriteRefused})  # the kit brings these about itself
TAXONOMY = tuple(
    each for _name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Fault) and each.__module__ == errors.__name__ and each is not Fault
)  # fmt: skip
UNREFUSED = ("ok", "not_licensed")


class Killed(BaseException):
    """The worker dies. No connector may catch it."""


class Spent:
    """A quota of which our share is used up."""

    def spend(self, bucket: str, cost: int = 1) -> None:
        """Always too much."""
        raise QuotaShareReached(f"our share of {bucket} is used up", retry_at=datetime(2100, 1, 1, tzinfo=UTC))

    def learn(self, bucket: str, *, limit: int, remaining: int, resets_at: datetime) -> None:
        """Nothing to learn."""


class ConnectorContract:
    """Derive from it in a test file, with `bed` set."""

    bed: ClassVar[Bed]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each kind, trouble or unknown value that the bed names."""
        bed = metafunc.cls.bed
        cases = {
            "kind": sorted(bed.counts),
            "paged": sorted(bed.paged),
            "drifting": sorted(bed.drifting),
            "vacant": sorted(bed.empties),
            "fault": sorted(bed.troubles, key=lambda each: each.__name__),
            "unknown": list(bed.unknowns),
        }
        for name, values in cases.items():
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, values, ids=[_name(each) for each in values])

    @pytest.fixture
    def world(self) -> Iterator[World]:
        """The seeded twin."""
        with self.bed.world() as made:
            yield made

    def stream(self, kind: str) -> Stream:
        """The connector's stream of a kind."""
        return next(each for each in self.bed.connector.STREAMS if each.kind == kind)

    # -- what a connector states about itself ----------------------------------------------------------------------------

    def test_the_connector_states_what_the_product_must_know(self) -> None:
        """Key, name, version, settings and streams; one stream a kind; operations are named; secrets are marked."""
        connector = self.bed.connector
        assert connector.KEY.isidentifier() and connector.KEY.lower() == connector.KEY and connector.NAME and connector.VERSION
        kinds = [each.kind for each in connector.STREAMS]
        assert len(kinds) == len(set(kinds)) and all(each.operations for each in connector.STREAMS)
        assert set(self.bed.counts) <= set(kinds), "counts names a kind that the connector does not read"
        names = [each.name for each in connector.SETTINGS]
        assert len(names) == len(set(names))
        hidden = {each.name for each in connector.SETTINGS if each.secret}
        with self.bed.world() as world:
            assert set(world.secrets) <= hidden, "a secret of the bed is no secret field of the connect form"
            assert not hidden & set(world.settings)

    def test_every_fault_of_the_taxonomy_is_scripted_or_explained(self) -> None:
        """No kind of trouble is forgotten: each is made by the twin, by the kit, or the bed says why the vendor cannot give it."""
        spoken_for = set(self.bed.troubles) | set(self.bed.never) | MADE_HERE
        assert set(TAXONOMY) <= spoken_for, [each.__name__ for each in set(TAXONOMY) - spoken_for]
        assert not set(self.bed.troubles) & set(self.bed.never)
        assert all(len(why.split()) > 3 for why in self.bed.never.values())

    # -- completeness ----------------------------------------------------------------------------------------------------

    def test_everything_seeded_is_read_once(self, world: World) -> None:
        """Every stream is whole, every subject is there, none twice, and no kind but those asked for is read."""
        seen = look(self.bed, world)
        assert seen.fault is None and seen.identity is not None and seen.identity.account
        assert {
            kind: (reading.complete, [str(each) for each in reading.faults]) for kind, reading in seen.readings.items()
        } == dict.fromkeys(self.bed.counts, (True, []))
        subjects = {kind: [each.fact.subject for each in reading.observations] for kind, reading in seen.readings.items()}
        assert {kind: len(each) for kind, each in subjects.items()} == dict(self.bed.counts)
        assert all(len(each) == len(set(each)) for each in subjects.values())
        assert all(kind == each.fact.KIND for kind, reading in seen.readings.items() for each in reading.observations)

    def test_only_what_is_asked_for_is_called(self, world: World, kind: str) -> None:
        """A run of one kind makes no call that another stream declares and this one does not."""
        seen = look(self.bed, world, kinds=frozenset({kind}))
        own = set(self.stream(kind).operations)
        foreign = {operation for each in self.bed.connector.STREAMS for operation in each.operations} - own
        assert set(seen.readings) == {kind}
        assert {call.operation for call in seen.calls} & foreign <= self._identifying(world) | self.bed.shared

    def _identifying(self, world: World) -> set[str]:
        with reading(self.bed, world, kinds=frozenset()) as context:
            connector = self.bed.make()
            connector.identify(context)
            close(connector)
            return {call.operation for call in context.ledger.calls()}

    def test_pages_are_followed_and_told_in_the_ledger(self, world: World, paged: str) -> None:
        """A list of several pages is read to its end: pages are numbered from one, each but the last says that more follows."""
        seen = look(self.bed, world, kinds=frozenset({paged}))
        own = [call for call in seen.calls if call.operation in self.stream(paged).operations and not call.fault]
        assert max(call.page for call in own) >= 2, "the twin serves it in one page: make its pages smaller or the world bigger"
        assert any(call.more for call in own) and not own[-1].more
        assert seen.readings[paged].complete and len(seen.facts(paged)) == self.bed.counts[paged]

    def test_every_call_is_told_and_every_fact_has_its_page(self, world: World) -> None:
        """The ledger holds each request with times, status and the digest of what was kept; facts point at kept pages."""
        seen = look(self.bed, world)
        assert seen.calls
        for call in seen.calls:
            assert call.operation and call.started_at <= call.finished_at and (call.status or call.fault)
            assert not call.sha256 or hashlib.sha256(seen.pages[call.sha256]).hexdigest() == call.sha256
        made = [each for reading in seen.readings.values() for each in reading.observations]
        assert all(each.pages and set(each.pages) <= set(seen.pages) for each in made)

    def test_a_run_killed_at_any_page_leaves_nothing_that_harms_the_next(self, world: World, paged: str) -> None:
        """At each call of the clean run the worker dies; the run after it reads the same facts, whole, none twice."""
        only = frozenset({paged})
        clean = look(self.bed, world, kinds=only)
        for boundary in range(1, len(clean.calls) + 1):
            died = _dies(self.bed, world, only, boundary)
            after = look(self.bed, world, kinds=only)
            assert died, f"the connector swallowed its death at call {boundary}"
            assert after.readings[paged].complete and after.facts(paged) == clean.facts(paged)
            assert len(after.readings[paged].observations) == len(clean.readings[paged].observations)

    def test_an_incremental_stream_goes_on_where_it_ended(self, world: World, kind: str) -> None:
        """From its cursor it reads nothing new where nothing is new, and what overlaps is equal byte by byte."""
        if self.stream(kind).mode is not Mode.INCREMENTAL:
            pytest.skip("a snapshot has no cursor")
        first = look(self.bed, world, kinds=frozenset({kind}))
        cursor = first.readings[kind].cursor
        assert cursor, "a whole run of an incremental stream says where the next may begin"
        second = look(self.bed, world, kinds=frozenset({kind}), cursors={kind: cursor}, later=timedelta(minutes=5))
        assert second.readings[kind].complete and second.facts(kind).items() <= first.facts(kind).items()

    def test_a_row_that_leaves_between_pages_costs_nobody_elses(self, world: World, drifting: str) -> None:
        """While page two is fetched a row of page one goes. Who stays is read, or the stream says that it was not read whole."""
        only = frozenset({drifting})
        before = look(self.bed, world, kinds=only)
        gone: list[str] = []

        def strike(call: Call) -> None:
            if call.more and not gone and call.operation in self.stream(drifting).operations:
                gone.append(self.bed.leave(world, drifting))

        during = look(self.bed, world, kinds=only, on_call=strike)
        assert gone and gone[0] in before.facts(drifting), "leave() must name a subject that was there"
        lost = set(before.facts(drifting)) - set(gone) - set(during.facts(drifting))
        admitted = not during.readings[drifting].complete or during.readings[drifting].completeness in ("last_page", "none")
        assert not lost or admitted, f"{len(lost)} rows are missing from a stream that calls itself whole"

    def test_nothing_found_is_only_said_when_the_vendor_said_so(self, vacant: str) -> None:
        """Zero rows of an account without any are a whole reading; zero rows for want of a permission are none."""
        with self.bed.world(empty=True) as world:
            allowed = look(self.bed, world, kinds=frozenset({vacant})).readings[vacant]
            assert (allowed.complete, len(allowed.observations)) == (True, 0)
        with self.bed.world(empty=True) as world:
            self.bed.deny(world, vacant)
            refused = look(self.bed, world, kinds=frozenset({vacant})).readings[vacant]
            assert not refused.complete and refused.faults

    def test_two_reads_give_the_same_bytes(self, world: World) -> None:
        """Facts are functions of what the vendor says: an hour later nothing of an unchanged account looks changed."""
        first, second = look(self.bed, world), look(self.bed, world, later=timedelta(hours=1))
        assert {kind: first.facts(kind) for kind in self.bed.counts} == {kind: second.facts(kind) for kind in self.bed.counts}

    # -- trouble ---------------------------------------------------------------------------------------------------------

    def test_each_trouble_has_its_name_and_no_stream_passes_for_whole(self, world: World, fault: type[Fault]) -> None:
        """The vendor's way of saying it becomes our fault; what was not read is not said to be; nothing secret is in the words."""
        trouble: Trouble = self.bed.troubles[fault]
        trouble.script(world)
        seen = look(self.bed, world)
        assert fault.kind in seen.faults(), f"{fault.kind} was expected, seen were {sorted(seen.faults())}"
        if seen.fault is None:
            assert seen.readings[trouble.kind].complete is trouble.field
        _assert_nothing_leaks(seen, world)
        if fault.ends_run and seen.fault is None:
            after = [each.kind for each in self.bed.connector.STREAMS if each.kind in self.bed.counts]
            rest = after[after.index(trouble.kind) + 1 :]
            assert not any(seen.readings[kind].observations or seen.readings[kind].complete for kind in rest)

    def test_a_refused_list_is_a_missing_permission_and_others_go_on(self, world: World, kind: str) -> None:
        """The stream is not read and says which operation was refused; streams that do without it are whole."""
        self.bed.deny(world, kind)
        seen = look(self.bed, world)
        refused = seen.readings[kind]
        assert not refused.complete and not refused.observations
        assert refused.denied & set(self.stream(kind).operations), f"{refused.faults} names no operation of the stream"
        spared = [each for each in self.bed.counts if not refused.denied & set(self.stream(each).operations)]
        assert all(seen.readings[each].complete for each in spared)

    def test_the_probe_names_the_permission_that_is_missing(self, world: World, kind: str) -> None:
        """With all permissions every operation is ok; with one taken away, that one is named."""
        only = frozenset({kind})
        whole = probe(self.bed, world, only)
        assert {each.operation for each in whole} >= set(self.stream(kind).operations)
        assert [each for each in whole if each.outcome not in UNREFUSED] == []
        self.bed.deny(world, kind)
        missing = {each.operation for each in probe(self.bed, world, only) if each.outcome == "missing"}
        assert missing & set(self.stream(kind).operations)

    def test_what_one_may_not_see_is_unknown(self, world: World, unknown: Unknown) -> None:
        """The row stays, the value is None, neither true nor false, and the operation that was refused is named."""
        unknown.script(world)
        seen = look(self.bed, world, kinds=frozenset({unknown.kind})).readings[unknown.kind]
        assert len(seen.observations) == self.bed.counts[unknown.kind]
        values = [getattr(each.fact, unknown.field) for each in seen.observations]
        assert None in values and not any(isinstance(each, bool) for each in values)
        assert unknown.silent or seen.denied, "a refused value is reported with its operation"

    def test_a_cancelled_run_ends_between_pages(self, world: World, paged: str) -> None:
        """Asked to stop after the first answer, the connector reads no list to its end."""
        answered: list[Call] = []
        seen = look(self.bed, world, kinds=frozenset({paged}), on_call=answered.append, is_cancelled=lambda: bool(answered))
        assert Cancelled.kind in seen.faults()
        assert not seen.readings or not seen.readings[paged].complete

    def test_our_share_of_the_quota_is_asked_before_each_call(self, world: World) -> None:
        """With no share left nothing is sent, and the fault says when to come back."""
        before = len(world.requests())
        seen = look(self.bed, world, quota=Spent())
        assert seen.faults() == {QuotaShareReached.kind}
        assert len(world.requests()) == before

    def test_an_address_inside_the_network_is_not_called(self, world: World) -> None:
        """Without the operator's leave the twin on loopback is out of bounds, and hears nothing."""
        before = len(world.requests())
        with pytest.raises(ForbiddenAddress):
            _raised(look(self.bed, world, allow=()))
        assert len(world.requests()) == before

    # -- harm ------------------------------------------------------------------------------------------------------------

    def test_no_write_ever_leaves(self, world: World) -> None:
        """All that the twin was asked are reads; a write through the connector's own client is refused before it is sent."""
        look(self.bed, world)
        probe(self.bed, world, frozenset(self.bed.counts))
        asked = list(world.requests())
        assert asked and [each for each in asked if not self.bed.reads.fullmatch(each)] == []
        with reading(self.bed, world) as context:
            connector = self.bed.make()
            with pytest.raises(WriteRefused):
                self.bed.write(connector, context)
            close(connector)
        assert [each for each in world.requests() if not self.bed.reads.fullmatch(each)] == []

    def test_no_secret_and_nothing_private_is_kept_said_or_logged(self, world: World) -> None:
        """Ledger, pages, facts, faults and log lines at DEBUG hold neither the credential nor what the bed planted."""
        seen = look(self.bed, world)
        _assert_nothing_leaks(seen, world)
        assert [planted for planted in self.bed.private if planted in seen.texts()] == []

    def test_every_field_about_persons_is_declared(self, world: World) -> None:
        """Fields that sound like a person's stand in private.yaml with what they are and why they are read."""
        seen = look(self.bed, world)
        facts = {type(each.fact) for reading in seen.readings.values() for each in reading.observations}
        stated = persons.declared(self.bed.private_file)
        assert persons.personal_fields(facts) - set(stated.read) - set(stated.things) == set()
        assert all(each["what"] and each["why"] for each in stated.read.values()) and stated.never

    def test_facts_can_be_read_again_from_their_bytes(self, world: World) -> None:
        """What is stored gives the same fact back, years later."""
        seen = look(self.bed, world)
        for kind, stream in seen.readings.items():
            for each in stream.observations:
                try:
                    assert type(each.fact).load(each.fact.payload()) == each.fact
                except FactError as error:
                    pytest.fail(f"{kind}: {error}")


def _dies(bed: Bed, world: World, kinds: frozenset[str], boundary: int) -> bool:
    """A look whose worker dies when the given call has been told. Whether it did."""
    told: list[Call] = []

    def strike(call: Call) -> None:
        told.append(call)
        if len(told) == boundary:
            raise Killed

    try:
        look(bed, world, kinds=kinds, on_call=strike)
    except Killed:
        return True
    return False


def _raised(seen: Look) -> None:
    if seen.fault is not None:
        raise seen.fault


def _assert_nothing_leaks(seen: Look, world: World) -> None:
    texts = seen.texts()
    for name, secret in world.secrets.items():
        lines = [line for line in secret.splitlines() if len(line) >= 6]
        assert not any(line in texts for line in lines), f"the secret {name} is in what was kept, said or logged"


def _name(case: object) -> str:
    if isinstance(case, Unknown):
        return f"{case.kind}.{case.field}"
    return getattr(case, "__name__", str(case))
