"""The twelve facts, on the page, as JSON and on paper."""

import pypdfium2
import pypdfium2.raw
import pytest

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from evidence.models import Record
from evidence.printer import NothingIsFetched, refuse
from evidence.services.populations import freeze_population, review_population
from evidence.sheets import UnknownSubject, sheet_of_population, sheet_of_record, sheet_of_stream_run
from evidence.sheets.printing import pdf_of
from evidence.sheets.sheet import LABELS
from tests.evidence.looking import NOON, change, look, member
from tests.evidence.test_populations import APRIL, asked


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def words(sheet, number):
    return " | ".join(next(each for each in sheet.facts if each.number == number).values)


def test_a_population_is_told_by_twelve_facts_and_what_is_not_known_says_so(inside):
    look(member("ada"), member("ben"), expected=2)
    population = freeze_population(asked("users"), actor=SYSTEM, title="", now=APRIL)
    sheet = sheet_of_population(population)
    assert [each.number for each in sheet.facts] == list(LABELS) == list(range(1, 13))
    assert "github/fernhill (Fernhill), facts of kind account" in words(sheet, 1)
    assert "GET /things: 1 call" in words(sheet, 2) and "Collector github 1.4; its" in words(sheet, 2)
    assert "2026-03-01 00:00 CET to before 2026-04-01 00:00 CEST" in words(sheet, 3) and "before the first reading" in words(sheet, 3)
    assert "vendor's clock then: 2026-03-02 12:00:00 UTC" in words(sheet, 4)
    assert "app/plumbline; nothing that it asked for was refused" in words(sheet, 5)
    assert "independent count by the vendors 2" in words(sheet, 6) and "the records held 2 then" in words(sheet, 6)
    assert population.ids_digest in words(sheet, 9) and population.rows_digest in words(sheet, 9)
    assert words(sheet, 11) == "Nobody has reviewed completeness and accuracy yet" and not sheet.facts[10].known
    assert sheet.as_json()["facts"][0]["label"] == "Source and account"
    review_population(population, actor=SYSTEM, note="Two of two.", now=APRIL)
    assert "Two of two." in words(sheet_of_population(population), 11)


def test_an_empty_population_states_what_was_looked_at(inside):
    look(change(1, "2026-02-04T10:00:00Z"), mode="incremental")
    population = freeze_population(asked("merged_changes"), actor=SYSTEM, title="", now=APRIL)
    assert "Within the period nothing met the definition" in words(sheet_of_population(population), 12)
    assert "1 whole readings" in words(sheet_of_population(population), 12)


def test_a_record_and_a_reading_have_sheets_and_what_is_not_there_has_none(inside):
    run = look(member("ada"))
    record = Record.objects.get()
    assert "Key U_ada" in words(sheet_of_record(record.pk), 7)
    assert bytes(record.digest).hex() in words(sheet_of_record(record.pk), 9)
    assert "1 rows received" in words(sheet_of_stream_run(run.pk, "account"), 6)
    for missing in (lambda: sheet_of_record(run.pk), lambda: sheet_of_stream_run(run.pk, "person")):
        with pytest.raises(UnknownSubject):
            missing()


def test_the_paper_is_one_tagged_page_however_long_the_facts_are(inside):
    for hour in range(3):
        look(
            *(member("x" * 200 + str(number), email=f"<img src=http://x/>{number}") for number in range(3)), at=NOON.replace(hour=hour * 8)
        )
    population = freeze_population(asked("users"), actor=SYSTEM, title="Users <b>of</b> March", now=APRIL)
    sheet = sheet_of_population(population).with_fact(8, [f"Left out {number}: " + "reason " * 30 for number in range(80)])
    document = pypdfium2.PdfDocument(pdf_of(sheet))
    text = document[0].get_textpage().get_text_range()
    assert len(document) == 1 and pypdfium2.raw.FPDFCatalog_IsTagged(document)
    assert "Users <b>of</b> March" in text and "more on the page and in the JSON" in text and population.ids_digest[:16] in text


def test_printing_fetches_nothing():
    with pytest.raises(NothingIsFetched):
        refuse("http://169.254.169.254/latest/meta-data")
