"""The instance metadata service demands session tokens (CC6.1, CC6.8)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.virtual_machine.v1 import VirtualMachine

FACT = VirtualMachine
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: VirtualMachine, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """HttpTokens=required, or a metadata service that is switched off."""
    if fact.metadata_enabled is False:
        return passed("the metadata service is off")
    if fact.metadata_tokens is None:
        return no_data("the metadata options were not observed")
    if fact.metadata_tokens == "required":
        return passed("session tokens are required")
    return failed(f"session tokens are {fact.metadata_tokens}")
