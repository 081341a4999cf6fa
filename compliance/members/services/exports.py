"""Reads that matter are on the trail too."""

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName


def note_export(*, actor: Actor, what: str, filters: dict[str, str]) -> None:
    """Enter that somebody downloads `what`, filtered as said. Call it before the download begins."""
    with action(ActionName.EXPORT_DOWNLOADED, actor=actor, subject_name=what, detail=filters):
        pass
