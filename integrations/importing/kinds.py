"""The kinds of fact that a person or a program may bring: every kind there is, except those that are computed from others."""

import pkgutil
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

import evidence.facts
from evidence.facts.fact import Fact

# Computed by the platform itself out of other facts: whoever brought one would speak for the platform.
DERIVED = frozenset(
    "access_grant account_holder merge_actor person_access privilege "  # noqa: SIM905 - out of people and their accounts
    "access_scope check_population clock_offset collection_record control_evidence evidence_sample exclusion judging_logic "
    "population_count stream_reading".split()  # out of evidence about evidence
)
_VERSION = re.compile(r"v(\d+)")


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, type[Fact]]:
    """The newest version of each kind's class, by KIND in the order of the alphabet."""
    found = {kind: newest for kind in _folders() if kind not in DERIVED and (newest := _newest(kind)) is not None}
    return dict(sorted(found.items()))


def title_of(kind: str) -> str:
    """`job_run` as a person reads it."""
    return kind.replace("_", " ").capitalize()


def summary_of(fact: type[Fact]) -> str:
    """What the kind is, in one sentence: the first of its module."""
    text = (import_module(fact.__module__).__doc__ or "").strip().split("\n\n")[0]
    return " ".join(text.split())


def meaning_of(fact: type[Fact]) -> str:
    """What its fields mean, as the class says."""
    return " ".join((fact.__doc__ or "").replace("`", "").split())


def _folders() -> list[str]:
    return [each.name for each in pkgutil.iter_modules(evidence.facts.__path__) if each.ispkg]


def _newest(kind: str) -> type[Fact] | None:
    package = import_module(f"evidence.facts.{kind}")
    versions = sorted(int(found[1]) for each in pkgutil.iter_modules(package.__path__) if (found := _VERSION.fullmatch(each.name)))
    if not versions:
        return None
    module = import_module(f"evidence.facts.{kind}.v{versions[-1]}")
    classes = (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Fact))
    return next((each for each in classes if kind == each.KIND), None)
