"""Who is meant by @name."""

import uuid

import pytest

from compliance.work.mentions import AmbiguousMention, Mentionable, mentioned

TOM = Mentionable(uuid.uuid4(), "Tom Okafor", "tom@fernhill.example")
THOMAS = Mentionable(uuid.uuid4(), "Tom Lindqvist", "thomas@fernhill.example")
PRIYA = Mentionable(uuid.uuid4(), "Priya Natarajan", "priya@fernhill.example")
ANNE = Mentionable(uuid.uuid4(), "Anne-Marie O’Neill", "am.oneill@fernhill.example")
ALL = [TOM, THOMAS, PRIYA, ANNE]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@priya please look", [PRIYA]),
        ("please, @Priya Natarajan, look", [PRIYA]),
        ("@Tom Okafor and @Tom Lindqvist", [TOM, THOMAS]),
        ("@thomas", [THOMAS]),
        ("@am.oneill.", [ANNE]),
        ("@Anne-Marie O’Neill!", [ANNE]),
        ("@PRIYA @priya", [PRIYA]),
        ("write to priya@fernhill.example", []),
        ("@nobody knows", []),
        ("@Priyanka is somebody else", []),
        ("@", []),
        ("", []),
    ],
)
def test_a_mention_means_whom_a_reader_would_think_of(text, meant):
    assert mentioned(text, ALL) == meant


def test_the_part_before_the_at_sign_decides_over_a_first_name_two_people_share():
    assert mentioned("@tom", ALL) == [TOM]


def test_a_first_name_of_two_people_is_asked_about():
    other = Mentionable(uuid.uuid4(), "Priya Shah", "pshah@fernhill.example")
    natarajan = Mentionable(PRIYA.id, PRIYA.name, "pnatarajan@fernhill.example")
    with pytest.raises(AmbiguousMention, match="@pnatarajan or @pshah"):
        mentioned("@priya", [natarajan, other])
