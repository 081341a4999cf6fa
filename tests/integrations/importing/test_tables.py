"""Files as rows: any encoding and delimiter is read back, and what is hostile is refused with a line and a reason."""

import csv
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from integrations.importing.decoding import decode, detect_encoding
from integrations.importing.delimited import DELIMITERS, detect_delimiter, read_delimited
from integrations.importing.limits import MAX_ROWS
from integrations.importing.lines import read_lines
from integrations.importing.reading import changed, look_at, table_of
from integrations.importing.refusals import Unreadable
from integrations.importing.workbook import Formula, read_workbook, refuse_bombs

CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"), max_size=20)


def written(rows, delimiter=","):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8),
    delimiter=st.sampled_from([each for each, _label in DELIMITERS]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read_back(rows, delimiter, encoding):
    data = written([("a", "b", "c"), *rows], delimiter).encode(encoding)
    table = read_delimited(decode(data, detect_encoding(data).name), delimiter)
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    again = [row for row in kept if tuple(cell.strip() for cell in row) == ("a", "b", "c")]
    assert [row.cells for row in table.rows] == [row for row in kept if row not in again]
    assert len(table.refused) == len(again)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_crash_it(data):
    try:
        look = look_at(data)
        table_of(data, look) if look.form in ("csv", "jsonl", "xlsx") else None
    except Unreadable as error:
        assert str(error)


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=300))
def test_no_archive_crashes_it(data):
    with pytest.raises(Unreadable):
        read_workbook(b"PK\x03\x04" + data, "")


@pytest.mark.parametrize("delimiter", [each for each, _label in DELIMITERS])
def test_the_delimiter_is_found(delimiter):
    assert detect_delimiter(written([("id", "text"), ("1", "a, b; c"), ("2", "d|e")], delimiter)) == delimiter


@pytest.mark.parametrize(
    ("encoding", "guess", "certain"),
    [
        ("utf-8", "utf-8", True),
        ("utf-8-sig", "utf-8", True),
        ("utf-16", "utf-16", True),
        ("utf-16-le", "utf-16", False),
        ("windows-1252", "windows-1252", False),
    ],
)
def test_the_encoding_is_found_and_a_guess_is_called_one(encoding, guess, certain):
    data = "id;name\n1;Jörg Weißmüller\n2;Zoë\n".encode(encoding)
    look = look_at(data)
    assert (look.encoding, look.certain) == (guess, certain)
    assert table_of(data, look).rows[0].cells == ("1", "Jörg Weißmüller")


def test_a_wrong_encoding_names_the_line():
    with pytest.raises(Unreadable, match="Line 2 is not utf-8"):
        decode("id\nJörg".encode("windows-1252"), "utf-8")


def test_a_header_that_names_a_column_twice_is_no_header():
    with pytest.raises(Unreadable, match="“email” twice"):
        read_delimited("id,email,email\n1,a,b\n", ",")


def test_rows_of_another_width_and_the_header_again_are_refused_by_line():
    table = read_delimited('id,name\n1,Ada\n2\n3,Bo,x\nid,name\n4,"two\nlines"\n5,Cleo,,\n', ",")
    assert [(each.line, each.reason) for each in table.refused] == [
        (3, "has 1 cells where the header has 2"),
        (4, "has 3 cells where the header has 2"),
        (5, "is the header again"),
    ]
    assert [(row.line, row.cells) for row in table.rows] == [(2, ("1", "Ada")), (6, ("4", "two\nlines")), (8, ("5", "Cleo"))]


def test_a_quote_that_is_never_closed_refuses_the_file_and_not_half_of_it():
    with pytest.raises(Unreadable, match="quotation mark"):
        read_delimited('id,name\n1,"Ada\n2,Bo\n', ",")


def test_the_header_may_stand_further_down():
    table = read_delimited("Roster of Fernhill\n\nid,name\n1,Ada\n", ",", 3)
    assert (table.columns, table.rows[0].line) == (("id", "name"), 4)


def test_more_rows_than_are_read_refuse_the_file():
    with pytest.raises(Unreadable, match="100,000"):
        read_delimited("id\n" + "1\n" * (MAX_ROWS + 1), ",")


@pytest.mark.parametrize("data", [b"", b"  \n", b"%PDF-1.7", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0\xa1\xb1", b"PK\x03\x04nothing"])
def test_what_is_no_list_says_so(data):
    with pytest.raises(Unreadable):
        look_at(data)


def test_only_what_is_offered_is_accepted():
    look = look_at(b"a,b\n1,2\n")
    for given_ in ({"encoding": "rot13"}, {"delimiter": "x"}, {"header_line": "-1"}, {"header_line": "9999"}):
        with pytest.raises(Unreadable):
            table_of(b"a,b\n1,2\n", changed(look, given_))


def test_json_lines_are_a_table_of_all_their_keys():
    table = read_lines(b'\xef\xbb\xbf{"id": "1", "tags": ["a"]}\n\n{"id": "2", "mfa": true}\nnonsense\n[1]\n{"id": 1, "id": 2}\n')
    assert table.columns == ("id", "tags", "mfa")
    assert [row.cells for row in table.rows] == [("1", ["a"], None), ("2", None, True)]
    assert [each.line for each in table.refused] == [4, 5, 6]


def book(*rows, mac=False, sheets=("List",)):
    made = openpyxl.Workbook()
    if mac:
        made.epoch = CALENDAR_MAC_1904
    made.active.title = sheets[0]
    for name in sheets[1:]:
        made.create_sheet(name)
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("mac", [False, True])
def test_dates_of_both_calendars_are_the_same_day(mac):
    data = book(("id", "hired"), ("E1", datetime(2026, 3, 1)), mac=mac)  # noqa: DTZ001 - a workbook knows no zones
    assert read_workbook(data, "").rows[0].cells == ("E1", datetime(2026, 3, 1))  # noqa: DTZ001


def test_a_formula_is_kept_as_one_and_never_calculated():
    [row] = read_workbook(book(("id", "n"), ("E1", "=1+1")), "").rows
    assert isinstance(row.cells[1], Formula) and str(row.cells[1]) == "=1+1"


def test_whole_numbers_of_a_workbook_are_whole_and_sheets_are_named():
    data = book(("id", "n"), (1.0, 2.5), sheets=("List", "Other"))
    look = look_at(data)
    assert (look.form, look.sheets) == ("xlsx", ("List", "Other"))
    assert table_of(data, look).rows[0].cells == (1, 2.5)
    with pytest.raises(Unreadable, match="no sheet"):
        table_of(data, changed(look, {"sheet": "Elsewhere"}))


def test_a_zip_bomb_is_not_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 64 * 1024 * 1024)
    with pytest.raises(Unreadable, match="unpacks"):
        refuse_bombs(out.getvalue())


def test_entities_in_a_workbook_do_not_grow():
    inner = zipfile.ZipFile(io.BytesIO(book(("id",), ("E1",))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in inner.namelist():
            data = inner.read(each)
            if each.endswith("sheet1.xml"):
                bomb = b'<!DOCTYPE x [<!ENTITY a "0123456789"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
                data = bomb + data.partition(b"?>")[2].replace(b"E1", b"&b;") if b"?>" in data else bomb + data
            archive.writestr(each, data)
    with pytest.raises(Unreadable):
        read_workbook(out.getvalue(), "")
