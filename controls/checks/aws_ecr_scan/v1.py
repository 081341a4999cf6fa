"""Image repositories are scanned on push or continuously (CC7.1, CC8.1)."""

import re
from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.image_repository.v1 import ImageRepository

FACT = ImageRepository
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
SCANNING = frozenset({"SCAN_ON_PUSH", "CONTINUOUS_SCAN"})


def judge(fact: ImageRepository, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """A registry rule that scans on push or continuously matches the repository's name, or the repository itself scans on push."""
    matching = [each for each in fact.scan_rules or () if each.frequency in SCANNING and any(selects(f, fact.name) for f in each.filters)]
    if matching:
        return passed(f"a registry rule scans it ({matching[0].frequency})")
    if fact.scan_on_push:
        return passed("scans images on push")
    if fact.scan_rules is None or fact.scan_on_push is None:
        return no_data("the registry's rules or the repository's own setting were not observed")
    return failed("neither a registry rule nor the repository itself scans its images")


def selects(pattern: str, name: str) -> bool:
    """How ECR reads a filter: with `*` it must fit the whole name, without it the name only has to contain it."""
    if "*" not in pattern:
        return pattern in name
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), name) is not None
