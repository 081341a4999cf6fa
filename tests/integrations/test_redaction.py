"""What is taken out of an answer before anything is hashed or kept, and how it is said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.seal.canonical import canonical_bytes
from integrations.transport.redaction import MASK, Form, Redaction, Rule, Unreadable, drop, mask, only, redact
from integrations.transport.spool import Spool

VARIABLES = drop("Functions[].Environment.Variables")
FUNCTIONS = b'{"Functions": [{"Name": "a", "Environment": {"Variables": {"DB": "hunter2"}}}, {"Name": "b"}], "NextMarker": null}'


def test_a_dropped_value_is_gone_and_the_rest_stands_in_canonical_form() -> None:
    kept = redact(FUNCTIONS, VARIABLES)
    assert kept.body == b'{"Functions":[{"Environment":{},"Name":"a"},{"Name":"b"}],"NextMarker":null}'
    assert kept.removed == ("Functions[].Environment.Variables: dropped",)


def test_an_answer_in_which_nothing_is_found_is_kept_byte_by_byte() -> None:
    body = b'{ "Functions" : [ {"Name":"b"} ] }'
    assert redact(body, VARIABLES) == redact(body, None)
    assert redact(body, VARIABLES).body == body and redact(body, VARIABLES).removed == ()


def test_a_masked_value_leaves_its_name() -> None:
    kept = redact(b'[{"secret": "AKIAREAL", "number": 1}, {"secret": null}, {"secret": ""}]', mask("[].secret"))
    assert json.loads(kept.body) == [{"secret": MASK, "number": 1}, {"secret": None}, {"secret": ""}]
    assert kept.removed == ("[].secret: masked",)


def test_only_named_fields_stay_so_that_what_is_added_tomorrow_is_not_kept() -> None:
    kept = redact(b'{"Users": [{"UserName": "sam", "Birthdate": "1990-01-01", "ShoeSize": 43}]}', only("Users[]", "UserName", "UserId"))
    assert json.loads(kept.body) == {"Users": [{"UserName": "sam"}]}
    assert kept.removed == ("Users[]: all but UserName, UserId dropped",)


def test_entries_of_a_list_are_dropped_unless_their_field_is_true() -> None:
    body = b'{"Emails": [{"Value": "a", "Primary": false}, {"Value": "b", "Primary": true}, {"Value": "c"}, "d"]}'
    assert json.loads(redact(body, drop("Emails[!Primary]")).body) == {"Emails": [{"Value": "b", "Primary": True}]}


def test_every_field_of_an_object_can_be_named_at_once() -> None:
    assert json.loads(redact(b'{"tags": {"a": "x", "b": "y"}}', mask("tags.*")).body) == {"tags": {"a": MASK, "b": MASK}}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>maintenance</html>",
        b'{"Functions": [{"Environment": {"Variables": {"DB": "hunter2"',
        b'{"Functions": [], "Functions": [{"Environment": {"Variables": {"DB": "hunter2"}}}]}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"Functions": {"Environment": {"Variables": {"DB": "hunter2"}}}}',
        b'{"Functions": ["hunter2"]}',
        b'{"Functions": [{"Environment": "DB=hunter2"}]}',
        b'["hunter2"]',
        b"\xff\xfe",
    ],
)
def test_an_answer_that_cannot_be_searched_with_certainty_may_not_be_kept(body: bytes) -> None:
    with pytest.raises(Unreadable):
        redact(body, VARIABLES)


def test_an_error_answer_of_another_shape_is_kept_as_it_is() -> None:
    body = b'{"message": "Not Found"}'
    assert redact(body, mask("[].secret"), strict=False).body == body


def test_numbers_keep_all_their_digits() -> None:
    body = b'{"id": 123456789012345678901234567890, "secret": "x", "when": 1.5}'
    assert redact(body, drop("secret")).body == b'{"id":123456789012345678901234567890,"when":1.5}'


XML = b"""<?xml version="1.0"?>
<R xmlns="http://x/"><Owner><ID>1</ID><DisplayName>marta</DisplayName></Owner><!-- <DisplayName> -->
<L><M><E a=">">marta@fernhill.example</E><K>1</K></M><M><E/><K>2</K></M></L><DisplayName>kept</DisplayName></R>"""


def test_elements_are_cut_out_and_all_other_bytes_stay() -> None:
    kept = redact(XML, drop("Owner.DisplayName", form=Form.XML) + mask("L.M.E", form=Form.XML))
    expected = XML.replace(b"<DisplayName>marta</DisplayName>", b"").replace(b'<E a=">">marta@fernhill.example</E>', b"<E>[redacted]</E>")
    assert kept.body == expected.replace(b"<E/>", b"<E>[redacted]</E>")
    assert kept.removed == ("L.M.E: masked", "Owner.DisplayName: dropped")


@pytest.mark.parametrize("body", [b"<R><A>", b"{}", b'<!DOCTYPE r [<!ENTITY e "x">]><R>&e;</R>', b"<R></R><R></R>"])
def test_xml_that_cannot_be_read_may_not_be_kept(body: bytes) -> None:
    with pytest.raises(Unreadable):
        redact(body, drop("A", form=Form.XML))


def test_an_answer_has_one_form() -> None:
    with pytest.raises(ValueError, match="one form"):
        drop("A") + drop("B", form=Form.XML)


NAMES = st.text("abc", min_size=1, max_size=2)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(TREES, st.dictionaries(NAMES, st.integers(0, 9), max_size=2))
def test_nothing_of_a_planted_secret_remains_and_nothing_else_is_lost(rest: object, others: dict) -> None:
    page = {"rest": rest, "rows": [{**others, "secret": "planted-secret"}, dict(others)]}
    body = json.dumps(page).encode()
    kept = redact(body, drop("rows[].secret"))
    assert b"planted-secret" not in kept.body
    assert json.loads(kept.body) == {"rest": rest, "rows": [others, others]}
    assert kept.body == canonical_bytes(json.loads(kept.body))
    assert redact(kept.body, drop("rows[].secret")).body == kept.body  # the hash is stable


@given(st.lists(st.sampled_from([b"<a>x</a>", b"<b/>", b"<a><b>y</b></a>", b"text &amp; more", b"<!-- a -->", b"<c k='>'><a>z</a></c>"])))
def test_cutting_xml_equals_removing_the_elements(pieces: list[bytes]) -> None:
    body = b"<r>" + b"".join(pieces) + b"</r>"
    kept = redact(body, Redaction(Form.XML, (Rule("a", "drop"),)))
    assert kept.body == b"<r>" + b"".join(each for each in pieces if not each.startswith(b"<a>")) + b"</r>"


def test_the_spool_remembers_what_was_taken_out_of_which_page() -> None:
    with Spool() as spool:
        plain, cut = spool.put(b"{}"), spool.put(b"[]", ("[].secret: masked",))
        assert spool.redactions() == {cut: ("[].secret: masked",)}
        assert plain not in spool.redactions()
