"""The default token of workflows only reads, and not every action of the world may run (CC6.8, CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.pipeline_settings.v1 import PipelineSettings

FACT = PipelineSettings
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: PipelineSettings, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge default_workflow_permissions, allowed_actions and sha_pinning_required."""
    if fact.enabled_for == "none":
        return not_applicable("no workflow may run at all")
    pinned = fact.pinning_required is True
    if fact.token_permission not in (None, "read"):
        return failed(f"a workflow's token may {fact.token_permission} by default")
    if fact.allowed_steps == "all" and fact.pinning_required is not True:
        return failed("any action may run, and none need be pinned")
    if fact.token_permission is None:
        return no_data("what a workflow's token may do by default was not shown")
    if fact.allowed_steps is None and not pinned:
        return no_data("which actions may run was not shown")
    return passed(
        "a workflow's token reads by default; " + ("actions must be pinned" if pinned else f"allowed actions: {fact.allowed_steps}")
    )
