"""Released versions of checks, facts and collectors are never edited afterwards: an old verdict can be reached again."""

import json

import pytest

from controls.checks import ledger


def test_nothing_released_was_edited_or_removed_and_everything_new_is_listed():
    found = ledger.compare(ledger.read_ledger(), ledger.digests())
    assert (found.changed, found.missing, found.new) == ((), (), ()), "see docs/checks.md: a new behaviour is a new version"


def test_every_version_and_every_data_table_is_listed():
    listed = ledger.read_ledger().keys()
    assert {path for path in listed if path.endswith(".yaml")} == {
        "controls/checks/aws_lambda_runtime_supported/runtimes_v1.yaml",
        "controls/checks/aws_rds_minor_upgrades/engines_v1.yaml",
    }
    for place in ("controls/checks", "evidence/facts", "integrations/vendors"):
        present = {path.relative_to(ledger.ROOT).as_posix() for path in (ledger.ROOT / place).rglob("v[0-9]*.py")}
        assert present and present <= listed


@pytest.fixture
def house(tmp_path):
    """A small house with one released check, its table and a shared module."""
    check = tmp_path / "controls/checks/door_locked"
    check.mkdir(parents=True)
    (check / "v1.py").write_text("LIMIT = 1\n")
    (check / "locks_v1.yaml").write_text("- brass\n")
    (check / "about.yaml").write_text("title: The door is locked\n")
    (check.parent / "shared").mkdir()
    (check.parent / "shared/keys.py").write_text("KEYS = 2\n")
    assert ledger.main([], tmp_path) == 0
    return tmp_path


@pytest.mark.parametrize("edited", ["door_locked/v1.py", "door_locked/locks_v1.yaml", "shared/keys.py"])
def test_an_edit_of_something_released_is_refused_and_leaves_the_ledger_alone(house, edited, capsys):
    before = (house / ledger.LEDGER).read_bytes()
    (house / "controls/checks" / edited).write_text("# edited\n")
    assert ledger.main([], house) == 1
    assert f"controls/checks/{edited} was released and may not change" in capsys.readouterr().err
    assert (house / ledger.LEDGER).read_bytes() == before


def test_a_released_version_cannot_be_removed(house):
    (house / "controls/checks/door_locked/v1.py").unlink()
    assert ledger.main([], house) == 1


def test_a_second_version_is_added_and_the_first_stays(house):
    first = json.loads((house / ledger.LEDGER).read_text())
    (house / "controls/checks/door_locked/v2.py").write_text("LIMIT = 2\n")
    assert ledger.main([], house) == 0
    second = json.loads((house / ledger.LEDGER).read_text())
    assert second.keys() - first.keys() == {"controls/checks/door_locked/v2.py"}
    assert first.items() <= second.items()


def test_what_is_said_about_a_check_may_be_put_better(house):
    (house / "controls/checks/door_locked/about.yaml").write_text("title: Every door is locked\n")
    assert ledger.main([], house) == 0
