"""Rules that imports do not show, read off the syntax trees."""

import ast
import re

import pytest

from tests.architecture import sources

UNSCOPED = {
    "compliance/members/selectors/entering.py",  # which organizations am I in: asked before one is in scope, under the own_rows policy
    "compliance/tenancy/models/tenant.py",  # defines it
}
DECLARED_ACTION = {"compliance/tenancy/scope.py", "compliance/trail/action.py"}
LOCAL_IMPORTS = {
    "compliance/tenancy/apps.py": {"compliance.tenancy.walls"},  # models can be imported only once apps are ready
    "compliance/members/apps.py": {"compliance.members.listening"},  # the same
    "controls/apps.py": {"controls.services.catalogue"},  # the same
    "compliance/vault/store.py": {"compliance.vault.s3store"},  # boto3 costs 30 MB and is loaded only where S3 is used
    "integrations/importing/workbook.py": {"openpyxl", "openpyxl.utils.exceptions"},  # only where somebody brings a workbook
}
GET_MODEL = {"compliance/members/models/user.py"}  # allauth's models need this one: a plain import would be a circle
BANNED_NAMES = {"core", "common", "base", "utils", "util", "helpers", "misc"}
BASE_ALLOWED = {"compliance/tenancy/postgres/base.py"}  # Django looks for a backend's class in a module of this name


# A fault is kept and raised again to each who asks, whatever it is.
CATCHES_ALL = {"integrations/vendors/aws/reading.py", "integrations/vendors/github/reading.py"}


def named(paths):
    return {sources.name(path) for path in paths}


def using(attribute):
    """Files in whose code a name or attribute of that name stands."""
    found = []
    for path in sources.modules():
        for node in ast.walk(sources.tree(path)):
            here = (isinstance(node, ast.Attribute) and node.attr == attribute) or (isinstance(node, ast.Name) and node.id == attribute)
            if here or (isinstance(node, ast.FunctionDef) and node.name == attribute):
                found.append(path)
                break
    return named(found)


def test_the_loud_bypass_stands_in_listed_files_only():
    assert using("unscoped") == UNSCOPED


def test_only_the_trail_declares_an_action():
    assert using("declared_action") == DECLARED_ACTION


def test_models_are_not_reached_round_the_contracts():
    assert using("get_model") <= GET_MODEL


def test_there_are_no_signals_of_our_own():
    assert using("Signal") == set()


def test_no_module_has_a_name_that_excludes_nothing():
    bad = {path for path in sources.modules() if set(path.with_suffix("").parts[-3:]) & BANNED_NAMES}
    assert named(bad) <= BASE_ALLOWED


def test_imports_stand_at_the_top_but_for_the_listed_ones():
    found: dict[str, set[str]] = {}
    for path in sources.modules():
        for function in (node for node in ast.walk(sources.tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom):
                    found.setdefault(sources.name(path), set()).add(node.module or "")
                elif isinstance(node, ast.Import):
                    found.setdefault(sources.name(path), set()).update(each.name for each in node.names)
    assert found == LOCAL_IMPORTS


def test_nothing_is_caught_wholesale():
    found = []
    for path in sources.modules():
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
            ):
                found.append(sources.name(path))
    assert set(found) == CATCHES_ALL


def public_without_docstring(path):
    """Modules, public classes and public functions without a docstring, as file:line name."""
    module = sources.tree(path)
    if module.body and not ast.get_docstring(module):
        yield f"{sources.name(path)}:1 module"
    yield from _without_docstring(path, module.body)


def _without_docstring(path, body):
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or node.name.startswith("_") or node.name == "Meta":
            continue
        overloaded = any(
            getattr(each, "id", "") in ("override", "overload") or getattr(each, "attr", "") == "setter" for each in node.decorator_list
        )
        if not ast.get_docstring(node) and not overloaded:
            yield f"{sources.name(path)}:{node.lineno} {node.name}"
        if isinstance(node, ast.ClassDef):
            yield from _without_docstring(path, node.body)


def test_what_is_public_says_what_it_means():
    assert [line for path in sources.modules() for line in public_without_docstring(path)] == []


def test_every_migration_has_a_name_that_says_what_it_does():
    bad = [
        sources.name(path)
        for path in sources.migrations()
        if not re.fullmatch(r"\d{4}_[a-z0-9]+(_[a-z0-9]+)*", path.stem) or re.search(r"_auto_|_and_more|_alter_|_\d{8}", path.stem)
    ]
    assert bad == []


def test_templates_have_no_inline_script_style_or_event_handlers():
    bad = []
    for path in sources.templates():
        source = path.read_text(encoding="utf-8")
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", source, flags=re.S)
        if path.parent.name in ("pdf", "email"):  # neither is a page: mail readers know no other style than the inline one
            continue
        for pattern in (r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>", r"<style\b", r"\sstyle=\"", r"\son[a-z]+=\""):
            bad += [f"{sources.name(path)}: {found.group()}" for found in re.finditer(pattern, text)]
        if "|safe" in source or ("autoescape off" in source and path.suffix != ".txt"):
            bad.append(f"{sources.name(path)}: unescaped")
    assert bad == []


@pytest.mark.parametrize("word", ["SOC 2 certified", "SOC 2 compliant", "is compliant", "are compliant", "certified by"])
def test_no_page_says_that_anybody_is_certified_or_compliant(word):
    assert [sources.name(path) for path in sources.templates() if word.lower() in path.read_text(encoding="utf-8").lower()] == []
