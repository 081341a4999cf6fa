"""Marking connections as live-verified, by the report of a live look at the same account."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from evidence.selectors.sources import account_of
from integrations.models import Connection
from integrations.registry import load_connector


def attach_live_report(
    *, actor: Actor, vendor: str, connector_version: str, at: str, verified: bool, live: bool, is_account: Callable[[str], bool], now: datetime
) -> list[Connection]:  # fmt: skip
    """Mark the connections of the organization that read the report's account. Returns them. Raises ValidationError when the report
    proves nothing (not everything was read, a sandbox, another version of the connector) or no connection reads that account."""
    if not live:
        raise ValidationError("The report is of an address inside a private network; only a look at the vendor itself verifies.")
    if not verified:
        raise ValidationError("Not every stream was read whole; repair what the report names, and look again.")
    if connector_version != load_connector(vendor).VERSION:
        raise ValidationError(f"The report is of version {connector_version} of the connector; look again with the one that is installed.")
    seen = datetime.fromisoformat(at)
    if seen.utcoffset() is None or seen > now:
        raise ValidationError("The report's time is none, or lies ahead.")
    chosen = [each for each in Connection.objects.filter(vendor=vendor).exclude(state="deleted") if _reads(each, is_account)]
    if not chosen:
        raise ValidationError("No connection of this organization reads the report's account; connect it, and let it be read once.")
    for connection in chosen:
        with action(ActionName.CONNECTION_CHANGED, actor=actor, subject=connection, detail={"live_verified": at}):
            connection.live_verified_at = seen
            connection.save()
    return chosen


def _reads(connection: Connection, is_account: Callable[[str], bool]) -> bool:
    account = account_of(connection.source_id) if connection.source_id else None
    return account is not None and is_account(account)
