"""Documents do not promise what is not there: links, make targets, files, commands and settings that they name exist."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from compliance.configuration import SETTING_NAMES
from compliance.operate.management.commands import screenshots
from controls.registry import definitions
from tests.architecture.sources import ROOT, templates

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "compliance").rglob("*.md"),
        *(ROOT / "controls").rglob("*.md"),
        *(ROOT / "integrations").rglob("*.md"),
    ]
)
DECISIONS = sorted((ROOT / "compliance" / "decisions").glob("*.md"))
LINK = re.compile(r"(?<!\!)\[[^\]\[]+\]\(([^()\s]+)\)|!\[[^\]]*\]\(([^()\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A path of ours as documents write it: from the root of the checkout, with a folder or an ending.
ROOMS = ("compliance", "controls", "evidence", "integrations", "templates", "tests", "docs", "bench", "bin")
PATH = re.compile(rf"(?<![\w./-])(?:(?:{'|'.join(ROOMS)})(?:/[\w.-]+)+|requirements[\w-]*\.lock|pyproject\.toml|docker-compose\.yml)")
SETTING = re.compile(r"[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+")
# Upper-case words with an underscore that are no settings of ours.
NOT_SETTINGS = {
    "NOT_APPLICABLE", "NO_DATA", "NO_POPULATION", "NAME_FILE", "PUBLISHED_PORT", "CERTIFICATE_VERIFY_FAILED", "HTTP_PROXY", "HTTPS_PROXY",
}  # fmt: skip
# What `make screenshots` writes; the pictures themselves are taken after a page has changed, not with it.
PICTURES = {
    ROOT / "docs" / "screenshots" / f"{name}-{mode}.jpg"
    for mode, *_size in screenshots.MODES
    for name in (*screenshots.PAGES, "subject", "connection")
    if mode == "light" or name in screenshots.IN_EACH_MODE
}
NEVER = re.compile(r"certif(?:ied|ication)|compliant", re.IGNORECASE)
EXPLAINED = re.compile(r"never|nobody|no one|not an?\b|is ours|instead of", re.IGNORECASE)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors that headings of a page get on the code host."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", head).lower() for head in heads)
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in plain}


def named_code(path: Path) -> list[str]:
    """What the page sets as code: in a line, and each line of a block."""
    text = text_of(path)
    blocks = [line for block in FENCED.findall(text) for line in block.splitlines()]
    return CODE.findall(FENCE.sub("", text)) + blocks


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page):
    dead = []
    for first, second in LINK.findall(FENCE.sub("", text_of(page))):
        target = first or second
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        file = (page.parent / place).resolve() if place else page
        if file in PICTURES:
            continue
        if not file.exists() or not file.is_relative_to(ROOT) or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_that_is_named_exists(page):
    targets = set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))
    asked = {name for code in named_code(page) for name in re.findall(r"(?:^|&& |; )make ([a-z][a-z-]*)", code)}
    assert asked - targets == set()


def test_the_readme_names_every_make_target_that_works():
    targets = set(re.findall(r"^([a-z][a-z-]*):.*##", text_of(ROOT / "Makefile"), re.MULTILINE))
    told = set(CODE.findall(text_of(ROOT / "README.md")))
    assert targets - told == {"help"}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_management_command_that_is_named_exists(page):
    known = set(get_commands())
    asked = {name for code in named_code(page) for name in re.findall(r"(?:manage\.py|compliance\.operate\.engine manage) ([a-z_]+)", code)}
    assert asked - known == set()


@pytest.mark.parametrize("page", [page for page in PAGES if named(page) != "docs/api.md"], ids=named)  # there, paths are addresses
def test_every_file_of_ours_that_is_named_exists(page):
    asked = {path.rstrip(".") for code in named_code(page) for path in PATH.findall(code)}
    assert {path for path in asked if not (ROOT / path).exists() and not (page.parent / path).exists()} == set()


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "operator").glob("*.md")) + [ROOT / "README.md", ROOT / "SECURITY.md"], ids=named)
def test_every_setting_that_is_named_to_operators_exists(page):
    known = {*SETTING_NAMES, *NOT_SETTINGS}
    asked = {code for code in CODE.findall(FENCE.sub("", text_of(page))) if SETTING.fullmatch(code)}
    assert {name for name in asked if name not in known and name.removesuffix("_FILE") not in known} == set()


def test_every_address_of_the_tour_is_served():
    paths = re.findall(r"`(/[a-z0-9/<>_-]*/)`", text_of(ROOT / "docs" / "tour.md"))
    some_id, dead = "018f0000-0000-7000-8000-000000000001", []
    for path in paths:
        try:
            resolve(path.replace("<id>", "aws.iam.root_mfa" if "/checks/" in path else some_id).replace("<code>", "AC-01"))
        except Resolver404:
            dead.append(path)
    assert len(paths) > 10 and dead == []


def test_the_readme_is_one_page_and_counts_right():
    text = text_of(ROOT / "README.md")
    deciding = sum(1 for each in definitions().values() if each.version)
    assert len(text.splitlines()) < 150
    assert f"judged by {deciding} checks" in text


def test_decisions_are_numbered_without_a_gap_and_say_why():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        text = text_of(path)
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name


def wrong_words(text: str) -> list[str]:
    """Sentences that say of somebody what no attestation report says; those that explain the word are left out."""
    sentences = re.split(r"(?<=[.;:!?|>])\s", re.sub(r"\s+", " ", unescape(text)))
    return [sentence for sentence in sentences if NEVER.search(sentence) and not EXPLAINED.search(sentence)]


@pytest.mark.parametrize("page", [*PAGES, *templates()], ids=named)
def test_nobody_is_called_what_an_attestation_does_not_say(page):
    assert wrong_words(text_of(page)) == []


def test_the_sieve_of_words_catches_a_boast_and_lets_an_explanation_pass():
    assert wrong_words("<p>Fernhill is SOC 2\n certified.</p> <p>100 % Compliant</p>") == [
        "<p>Fernhill is SOC 2 certified.</p>",
        "<p>100 % Compliant</p>",
    ]
    assert wrong_words('SOC 2 is an attestation report; nobody is "certified".') == []
