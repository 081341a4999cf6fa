"""What goes into a package: items that the reader may see, populations with their sheets; and any byte altered anywhere is found."""

import hashlib
import io
import json
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.packages.archive import Archive
from audits.packages.checking import program
from compliance.members.roles import Role
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from evidence.services.populations import Asked, freeze_population
from tests.audits.conftest import NOON, key_of, package
from tests.evidence.library import brought
from tests.evidence.looking import look, member

NOW = NOON + timedelta(days=1)


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class Held:
    """A package in memory, as the verifier wants it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def names(self):
        return iter(self.files)

    def pieces(self, name: str):
        if name not in self.files:
            raise program().Refused(f"{name}: it is missing")
        yield self.files[name]


def problems_of(files: dict[str, bytes], key: str) -> list[str]:
    try:
        return program().Verification(Held(files), program().read_key(key)).run()
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, program().Refused) as error:
        return [str(error)]


def test_only_items_that_the_role_may_see_are_in_it_in_all_versions(judged, fernhill) -> None:
    brought("Access review of Q1", b"reviewed by Tom\n", "review.txt", now=NOW)
    brought("Salaries", b"secret\n", "salaries.txt", now=NOW, roles=frozenset({"admin"}))
    own, others = (unzipped(package(fernhill, "everything", "", role=role)) for role in (Role.ADMIN, Role.EXECUTIVE))
    assert own["items/Access-review-of-Q1/001-review.txt"] == b"reviewed by Tom\n"
    assert own["items/Salaries/001-salaries.txt"] == b"secret\n"
    assert not any("alaries" in name for name in others) and not any(b"secret" in data for data in others.values())
    assert problems_of(own, key_of(fernhill)) == [] == problems_of(others, key_of(fernhill))
    listed = json.loads(own["items/items.json"])
    assert {each["title"] for each in listed} == {"Access review of Q1", "Salaries"}
    own["items/Access-review-of-Q1/001-review.txt"] = b"reviewed by Tim\n"
    assert sorted(problems_of(own, key_of(fernhill))) == [
        "items/Access-review-of-Q1/001-review.txt: it was altered; it is not the file of the manifest",
        "items/Access-review-of-Q1/001-review.txt: the statement about it in the log (item) names other bytes",
    ]


def test_a_population_comes_with_rows_sheet_and_the_statement_that_names_their_digests(fernhill) -> None:
    with scope(fernhill.pk):
        look(member("ada"), member("ben"), at=NOON)
        berlin = ZoneInfo("Europe/Berlin")
        march = (datetime(2026, 3, 1, tzinfo=berlin), datetime(2026, 4, 1, tzinfo=berlin))
        frozen = freeze_population(Asked("users", *march, berlin), actor=SYSTEM, title="Users", now=datetime(2026, 4, 2, tzinfo=UTC))
    files = unzipped(package(fernhill, "population", str(frozen.pk)))
    folder = next(name.rpartition("/")[0] for name in files if name.endswith("rows.jsonl"))
    assert {name.removeprefix(f"{folder}/") for name in files if name.startswith(folder)} == {
        "rows.jsonl", "rows.csv", "population.json", "sheet.html", "sheet.json",
    }  # fmt: skip
    assert hashlib.sha256(files[f"{folder}/rows.jsonl"]).hexdigest() == frozen.rows_digest
    assert len(json.loads(files[f"{folder}/sheet.json"])["facts"]) == 12
    assert problems_of(files, key_of(fernhill)) == []
    assert not any(name.startswith(("records/", "controls/")) for name in files)


@pytest.mark.slow
def test_whatever_byte_is_altered_in_whatever_file_is_found(judged, fernhill) -> None:
    files, key = unzipped(package(fernhill)), key_of(fernhill)
    names = sorted(name for name, data in files.items() if data)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(name=st.sampled_from(names), where=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
    def altered(name: str, where: float, bits: int) -> None:
        data = files[name]
        place = int(where * len(data))
        told = problems_of({**files, name: data[:place] + bytes([data[place] ^ bits]) + data[place + 1 :]}, key)
        assert told, (name, place, bits)

    altered()


@settings(max_examples=25, deadline=None)
@given(contents=st.lists(st.tuples(st.sampled_from(["a.txt", "b.png", "c.json"]), st.binary(max_size=2000)), max_size=6))
def test_what_is_streamed_in_comes_out_again_whatever_it_is(contents) -> None:
    with Archive(NOON) as archive:
        sent = b""
        for number, (name, data) in enumerate(contents):
            sent += b"".join(archive.add(f"{number}-{name}", [data[:7], data[7:]], "a file"))
        sent += archive.end()
        told = list(archive.listed())
    with zipfile.ZipFile(io.BytesIO(sent)) as made:
        assert made.testzip() is None
        assert [made.read(each["path"]) for each in told] == [data for _name, data in contents]
    assert [each["sha256"] for each in told] == [hashlib.sha256(data).hexdigest() for _name, data in contents]


def test_a_large_file_goes_through_in_little_memory() -> None:
    piece = hashlib.sha256(b"seed").digest() * 8192  # a quarter of a megabyte
    tracemalloc.start()
    with Archive(NOON) as archive:
        sent = sum(len(each) for each in archive.add("large.png", (piece for _number in range(256)), "64 MB"))
        archive.end()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 64 * 1024 * 1024
    assert peak < 8 * 1024 * 1024
