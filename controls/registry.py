"""All monitoring checks that this version knows: what is said about them and the logic of each released version."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from controls.outcomes import Severity
from evidence.facts.fact import Fact

CHECKS = Path(__file__).resolve().parent / "checks"
# Checks of these families judge facts of whatever source provides the kind: personnel systems, trackers, files and pushed facts alike.
OPEN_FAMILIES = frozenset({"hr", "tickets", "processing", "vulnerabilities"})
ABOUT_KEYS = frozenset(
    "id title vendor severity criteria rationale needs completeness empty parameters remediation missing source".split()  # noqa: SIM905
)


class RegistryError(ValueError):
    """A check's description or module is malformed; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One check. `version` 0 means that no logic exists because `missing` names the source that would be needed."""

    id: str
    title: str
    vendor: str
    severity: Severity
    criteria: tuple[str, ...]
    rationale: str
    needs: frozenset[str]
    completeness: str
    empty: str
    parameters: Mapping[str, Mapping[str, str]]
    console: str
    cli: str
    missing: str
    version: int
    module: ModuleType | None = field(repr=False, default=None)
    digest: str = ""

    @property
    def source_vendor(self) -> str:
        """The vendor whose facts are judged, empty when facts of any source that provides the kind are."""
        return "" if self.vendor in OPEN_FAMILIES else self.vendor

    def reads_from(self, vendor: str) -> bool:
        """Whether facts of that vendor are judged by this check."""
        return self.source_vendor in ("", vendor)

    @property
    def fact(self) -> type[Fact] | None:
        """The fact class whose subjects are judged."""
        return self.module.FACT if self.module else None

    @property
    def kind(self) -> str:
        """KIND of those facts, empty without logic."""
        return self.module.FACT.KIND if self.module else ""

    @property
    def others(self) -> tuple[type[Fact], ...]:
        """Further facts of the organization that judging needs."""
        return tuple(self.module.OTHERS) if self.module else ()

    @property
    def kinds(self) -> frozenset[str]:
        """Every fact kind that this check reads."""
        return frozenset({self.kind, *(other.KIND for other in self.others)}) - {""}

    @property
    def defaults(self) -> Mapping[str, object]:
        """Parameters unless the organization sets others."""
        return dict(self.module.PARAMETERS) if self.module else {}

    @property
    def judge(self) -> Callable[..., Any]:
        """The pure function. Raises RegistryError when there is no logic."""
        if self.module is None:
            raise RegistryError(f"{self.id} has no logic: {self.missing}")
        return self.module.judge


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Definition]:
    """Every check by id, in the order of ids. Raises RegistryError for a malformed one."""
    found = (_definition(folder) for folder in sorted(CHECKS.iterdir()) if (folder / "about.yaml").is_file())
    return {definition.id: definition for definition in sorted(found, key=lambda each: each.id)}


def definition(check_id: str) -> Definition:
    """The check of that id. Raises KeyError."""
    return definitions()[check_id]


@lru_cache(maxsize=64)
def versioned(check_id: str, version: int) -> ModuleType:
    """The module of one released version of a check's logic, for judging old facts again as they were judged."""
    return import_module(f"controls.checks.{check_id.replace('.', '_')}.v{version}")


def _definition(folder: Path) -> Definition:
    about = yaml.load((folder / "about.yaml").read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    unknown = about.keys() - ABOUT_KEYS
    if unknown:
        raise RegistryError(f"{folder.name}/about.yaml has unknown keys: {', '.join(sorted(unknown))}")
    if about["id"].replace(".", "_") != folder.name:
        raise RegistryError(f"{folder.name}/about.yaml says id {about['id']}; folder and id must agree")
    versions = sorted(int(path.stem[1:]) for path in folder.glob("v*.py") if path.stem[1:].isdigit())
    if not versions and not about.get("missing"):
        raise RegistryError(f"{folder.name} has neither logic (v1.py) nor `missing:`, the source that it lacks")
    version = versions[-1] if versions else 0
    module = import_module(f"controls.checks.{folder.name}.v{version}") if version else None
    remediation = about.get("remediation") or {}
    return Definition(
        id=about["id"],
        title=about["title"],
        vendor=about["vendor"],
        severity=Severity(about["severity"]),
        criteria=tuple(about["criteria"]),
        rationale=about["rationale"].strip(),
        needs=frozenset(about.get("needs") or ()),
        completeness=about.get("completeness") or "",
        empty=(about.get("empty") or "").strip(),
        parameters=about.get("parameters") or {},
        console=(remediation.get("console") or "").strip(),
        cli=(remediation.get("cli") or "").strip(),
        missing=(about.get("missing") or "").strip(),
        version=version,
        module=module,
        digest=hashlib.sha256((folder / f"v{version}.py").read_bytes()).hexdigest() if version else "",
    )
