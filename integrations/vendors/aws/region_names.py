"""The names of AWS's regions, from the SDK's data file: it is read without loading the SDK, because pages ask."""

import difflib
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

SHAPE = re.compile(r"[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}")


@lru_cache(maxsize=1)
def known_regions() -> frozenset[str]:
    """All regions of all partitions that the installed SDK knows. Empty when its data file is not where it is expected."""
    spec = find_spec("botocore")
    folders = spec.submodule_search_locations if spec else None
    file = Path(next(iter(folders))) / "data" / "partitions.json" if folders else None
    if file is None or not file.is_file():
        return frozenset()
    partitions = json.loads(file.read_text(encoding="utf-8"))["partitions"]
    return frozenset(name for partition in partitions for name in partition["regions"] if SHAPE.fullmatch(name))


def split(text: str) -> tuple[str, ...]:
    """The names of a setting, which stand between commas, blanks or line breaks."""
    return tuple(text.replace(",", " ").split())


def flaw_of_regions(text: str) -> str:
    """What is wrong with a list of regions, in words; "" when nothing is. A name of the right shape that the SDK does not know is
    refused too: reading a region that does not exist would find nothing, and nothing looks like an empty account."""
    unknown = [each for each in split(text) if not _exists(each)]
    return " ".join(_said(each) for each in unknown[:5])


def flaw_of_region(text: str) -> str:
    """The same of one region."""
    return flaw_of_regions(text) if len(split(text)) == 1 else "Give one region, for example eu-central-1."


def _exists(name: str) -> bool:
    known = known_regions()
    return name in known if known else bool(SHAPE.fullmatch(name))


def _said(name: str) -> str:
    near = _nearest(name, sorted(known_regions()))
    return f"“{name[:40]}” is no region of AWS{f'; did you mean {near}?' if near else '; they are called like eu-central-1.'}"


def _nearest(name: str, among: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name.lower().replace("_", "-"), list(among), n=1, cutoff=0.75)), "")
