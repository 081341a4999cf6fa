"""Inspector is on for what exists in the region (CC7.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.arns import account_of
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.function.v1 import Function
from evidence.facts.image_repository.v1 import ImageRepository
from evidence.facts.virtual_machine.v1 import VirtualMachine
from evidence.facts.vulnerability_scanner.v1 import VulnerabilityScanner

FACT = VulnerabilityScanner
OTHERS: tuple[type, ...] = (VirtualMachine, ImageRepository, Function)
PARAMETERS: Mapping[str, object] = {}
_OFF = frozenset({"DISABLED", "DISABLING", "SUSPENDED", "SUSPENDING"})


def judge(fact: VulnerabilityScanner, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence]) -> Judgement:
    """Judge one region: for each kind of resource that exists there, scanning must be on."""
    needed = (
        ("machines", fact.machines, VirtualMachine),
        ("images", fact.images, ImageRepository),
        ("functions", fact.functions, Function),
    )
    states = [(name, state) for name, state, kind in needed if _any_here(fact, others[kind.KIND])]
    if not states:
        return not_applicable("the region has no machines, image repositories or functions")
    off = [f"{name} ({state.lower()})" for name, state in states if state in _OFF]
    if off:
        return failed(f"not searched: {', '.join(off)}")
    unclear = [name for name, state in states if state != "ENABLED"]
    if unclear:
        return no_data(f"whether these are searched was not observed: {', '.join(unclear)}")
    return passed(f"searched: {', '.join(name for name, _state in states)}")


def _any_here(scanner: VulnerabilityScanner, found: Sequence) -> bool:
    own = account_of(scanner.subject)
    return any(each.region == scanner.region and account_of(each.subject) == own for each in found)
