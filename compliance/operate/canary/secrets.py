"""Finding secrets in text that is about to leave this machine: exact values, known shapes, and whatever looks random."""

import math
import re
from collections import Counter
from collections.abc import Iterable

SHORTEST = 6
SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\b(?:SSWS|Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{12,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|\bATATT[A-Za-z0-9_=-]{20,}"
)
WORD = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
HARMLESS = re.compile(r"(?:[0-9a-f]+|[0-9A-F]+|[0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]+(?:[-_/][a-z0-9]+)*|[A-Za-z]+)\Z")
RANDOM_BITS = 4.0  # per character; words and identifiers of people stay below, random base64 above


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(text)
    return -sum(number / len(text) * math.log2(number / len(text)) for number in counts.values())


def secrets_in(text: str, exact: Iterable[str] = ()) -> list[str]:
    """Every piece of `text` that is one of `exact`, has the shape of a secret, or looks random; longest first, each once."""
    found = {each for value in exact for each in _lines(value) if each in text}
    found |= {match.group() for match in SHAPES.finditer(text)}
    found |= {word for word in WORD.findall(text) if not HARMLESS.match(word) and entropy(word) > RANDOM_BITS}
    return sorted(found, key=lambda each: (-len(each), each))


def _lines(value: str) -> set[str]:
    return {each for each in (value.strip(), *(line.strip() for line in value.splitlines())) if len(each) >= SHORTEST}
