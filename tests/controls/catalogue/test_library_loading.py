"""What the loader says about a library that is off, and that it finds its data in an installed package."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controls.catalogue.loading import CatalogueError, CriteriaSet, Library, load_library
from tests.controls.catalogue.conftest import PACKAGED

FILE = "access.yaml"


@pytest.mark.parametrize(
    ("passage", "replacement", "entry", "remedy"),
    [
        ("edition: plumbline-1", "edition: plumbline-0", "the file", "must carry 'plumbline-1'"),
        ("prefixes: [AC]", "prefixes: [AC, CH]", "CH", "is defined 2 times"),
        ("- code: AC-01\n", "- code: AC-02\n", "AC-02", "is defined 2 times"),
        ("- code: AC-01\n", "- code: AC1\n", "AC1", "code must be two capital letters"),
        ("- code: AC-01\n", "- code: CH-01\n", "CH-01", "its prefix is not one of AC; move it"),
        ("- code: AC-01\n", "- title: x\n", "a mapping", "repeats the key 'title'"),
        ("- code: AC-01\n", "- code: AC-01\n  severity: high\n", "AC-01", "unknown key 'severity'"),
        ("  type: preventive\n", "", "AC-01", "lacks the key 'type'"),
        ("  type: preventive\n", "  type: preventative\n", "AC-01", "type is 'preventative' (did you mean 'preventive'?)"),
        ("  nature: it_dependent_manual\n", "  nature: hybrid\n", "AC-01", "nature is 'hybrid'; choose one of manual, automated"),
        ("  level: process\n", "  level: team\n", "AC-01", "level is 'team'; choose one of entity, process"),
        ("  key: true\n", "  key: yes indeed\n", "AC-01", "key must be true or false"),
        ("  frequency: continuous\n", "  frequency: hourly\n", "AC-01", "frequency is 'hourly'"),
        ("  frequency: continuous\n", "  frequency: weekly\n", "AC-01", "needs due_rule and grace_days"),
        ("  due_rule: end_of_period\n", "", "AC-09", "needs due_rule and grace_days"),
        ("  due_rule: end_of_period\n", "  due_rule: whenever\n", "AC-09", "due_rule is 'whenever'"),
        ("  grace_days: 15\n", "  grace_days: 400\n", "AC-09", "grace_days must be a whole number from 0 to 60"),
        ("  frequency: quarterly\n", "  frequency: event\n", "AC-09", "has no due date; remove due_rule and grace_days"),
        ("  default_owner_role: IT lead\n", "  default_owner_role: IT leed\n", "AC-01", "did you mean 'IT lead'?"),
        ("  - List of accounts paired with the roster\n", "  - 2026\n", "AC-01", "typical_evidence holds 2026"),
        ("  - code: CC6.1\n", "  - code: CC6.9\n", "AC-01, criterion CC6.9", "there is no criterion 'CC6.9' (did you mean"),
        ("    - identification-and-authentication-managed\n", "    - mfa\n", "AC-01, criterion CC6.1", "no point of focus 'mfa' under"),
        ("    kind: operation\n", "    kind: decisive\n", "AC-01, check x.account.shared", "kind is 'decisive'; choose one of"),
        ("  - id: x.account.shared\n", "  - id: Shared accounts\n", "AC-01, check Shared accounts", "must be a published check id"),
        ("  - id: x.account.shared\n", "  - id: x.account.unlinked\n", "AC-01, check x.account.unlinked", "is defined 2 times"),
    ],
)
def test_a_broken_library_is_refused_with_its_place_and_what_to_do(
    criteria: CriteriaSet, library_copy, passage: str, replacement: str, entry: str, remedy: str
) -> None:
    library_copy.replace(FILE, passage, replacement)

    with pytest.raises(CatalogueError) as refusal:
        load_library(criteria, library_copy.folder)

    assert refusal.value.entry.startswith(entry)
    assert remedy in refusal.value.remedy
    assert str(refusal.value).startswith(f"{refusal.value.file}: {entry}")


class Edited:
    """One area of the library as data, to be changed and written back."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        self.path = folder / file
        self.document = yaml.safe_load(self.path.read_text())
        self.first = self.document["controls"][0]

    def save(self) -> None:
        self.path.write_text(yaml.safe_dump(self.document, allow_unicode=True))


def _refusal(criteria: CriteriaSet, folder: Path) -> CatalogueError:
    with pytest.raises(CatalogueError) as refusal:
        load_library(criteria, folder)
    return refusal.value


def test_a_missing_rationale_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder)
    del area.first["criteria"][0]["rationale"]
    area.save()

    error = _refusal(criteria, library_copy.folder)

    assert (error.file, error.entry, error.remedy) == (FILE, "AC-01, criterion CC6.1", "lacks the key 'rationale'; add it")


def test_an_empty_rationale_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder)
    area.first["checks"][0]["rationale"] = None
    area.save()

    error = _refusal(criteria, library_copy.folder)

    assert (error.entry, error.remedy) == ("AC-01, check x.account.shared", "rationale is missing; write it")


def test_a_rationale_of_a_few_words_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder)
    area.first["criteria"][0]["rationale"] = "Supports CC6.1."
    area.save()

    assert _refusal(criteria, library_copy.folder).remedy == "rationale has 15 characters; write at least 40"


def test_a_rationale_used_twice_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder)
    area.first["criteria"][1]["rationale"] = area.first["criteria"][0]["rationale"]
    area.save()

    error = _refusal(criteria, library_copy.folder)

    assert error.entry == "AC-01 with CC6.2"
    assert error.remedy == "has the same rationale as AC-01 with CC6.1; write one for this pair"


def test_a_criterion_linked_twice_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder)
    area.first["criteria"].append({"code": "CC6.1", "rationale": "Another reason, which belongs into the first rationale."})
    area.save()

    error = _refusal(criteria, library_copy.folder)

    assert error.entry == "AC-01, criterion CC6.1"
    assert error.remedy.startswith("is defined 2 times")


def test_a_control_without_criteria_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder)
    area.first["criteria"] = []
    area.save()

    assert _refusal(criteria, library_copy.folder).remedy == "criteria must be a list with at least one item"


def test_a_criterion_without_control_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder, "privacy.yaml")
    area.document["controls"] = [c for c in area.document["controls"] if c["code"] not in {"PR-13", "PR-14"}]
    area.save()

    error = _refusal(criteria, library_copy.folder)

    assert error.entry == "P6.2, P6.3"
    assert error.remedy == "no control serves it; link one with a rationale"


def test_a_statement_too_short_to_test_is_refused(criteria: CriteriaSet, library_copy) -> None:
    area = Edited(library_copy.folder)
    area.first["statement"] = "MFA is on."
    area.save()

    assert _refusal(criteria, library_copy.folder).remedy == "statement has 10 characters; write at least 120"


def test_an_empty_folder_is_refused(criteria: CriteriaSet, tmp_path: Path) -> None:
    assert "holds no .yaml file" in _refusal(criteria, tmp_path).remedy


def test_the_digest_covers_each_file(criteria: CriteriaSet, library: Library, library_copy) -> None:
    assert load_library(criteria, library_copy.folder).digest == library.digest

    library_copy.replace("vendor.yaml", "title: Vendors\n", "title: Suppliers\n")

    assert load_library(criteria, library_copy.folder).digest != library.digest


def test_the_order_of_files_and_controls_is_the_same_each_time(criteria: CriteriaSet, library: Library) -> None:
    again = load_library(criteria)

    assert [control.code for control in again.controls] == [control.code for control in library.controls]
    assert [area.name for area in again.areas] == sorted(area.name for area in again.areas)


_values = st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.text(max_size=8), max_size=3)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), value=_values | st.dictionaries(st.text(max_size=8), _values, max_size=3))
def test_whatever_a_field_holds_it_loads_or_is_a_catalogue_error(criteria: CriteriaSet, tmp_path: Path, data, value: object) -> None:
    document = yaml.load((PACKAGED / "library" / FILE).read_text(), Loader=yaml.CSafeLoader)
    control = data.draw(st.sampled_from(document["controls"]))
    control[data.draw(st.sampled_from(sorted(control)))] = value
    (tmp_path / FILE).write_text(yaml.dump(document, Dumper=yaml.CSafeDumper))

    with pytest.raises(CatalogueError):  # at the latest because one area alone leaves criteria without a control
        load_library(criteria, tmp_path)


def test_the_data_is_found_in_a_packed_package(criteria: CriteriaSet, library: Library, tmp_path: Path) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("controls/__init__.py", "")
        for path in sorted(PACKAGED.rglob("*")):
            if path.suffix in {".py", ".yaml"}:
                archive.write(path, f"controls/catalogue/{path.relative_to(PACKAGED)}")
    program = (
        f"import sys; sys.path.insert(0, {str(packed)!r})\n"
        "from controls.catalogue import loading\n"
        "criteria = loading.load_criteria()\n"
        "print(loading.__file__, criteria.digest, loading.load_library(criteria).digest)"
    )

    answer = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert answer.stdout.split() == [f"{packed}/controls/catalogue/loading.py", criteria.digest, library.digest]
