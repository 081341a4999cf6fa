"""Proving a connection before it is relied upon: who are we there, and may we make the calls that are needed?"""

import uuid
from dataclasses import asdict
from datetime import UTC, datetime

from django.conf import settings

from evidence.selectors.demand import demanded_kinds
from integrations.errors import Fault
from integrations.models import Connection, Due
from integrations.registry import load_connector
from integrations.services.credentials import renewing, reveal_secrets
from integrations.transport.closing import closed_afterwards
from integrations.transport.context import Context
from integrations.transport.spool import Spool


def probe_connection(connection_id: uuid.UUID) -> dict:
    """Ask the vendor and keep the outcome on the work list row: state (`ok`, `missing`, `failed`), identity, one line per operation."""
    connection = Connection.objects.get(pk=connection_id)
    connector_class = load_connector(connection.vendor)
    known = {stream.kind for stream in connector_class.STREAMS}
    kinds = frozenset(demanded_kinds(connection.vendor)) & known or frozenset(known)
    outcome: dict = {"at": datetime.now(UTC).isoformat(timespec="seconds")}
    with Spool() as spool:
        plain = {**connection.settings, **({"external_id": connection.external_id} if connection.external_id else {})}
        context = Context(
            settings=plain, secrets=reveal_secrets(connection), kinds=kinds, spool=spool, allow=settings.CONFIGURATION.outgoing_allow,
            renew=renewing(connection, allow=settings.CONFIGURATION.outgoing_allow, clock=lambda: datetime.now(UTC)),
        )  # fmt: skip
        try:
            with closed_afterwards(connector_class()) as connector:
                identity = connector.identify(context)
                probes = connector.probe(context, kinds)
        except Fault as fault:
            outcome |= {"state": "failed", "kind": fault.kind, "detail": fault.detail, "operations": []}
        else:
            missing = [each for each in probes if each.outcome not in ("ok", "not_licensed")]
            outcome |= {
                "state": "missing" if missing else "ok", "account": identity.account, "account_name": identity.account_name,
                "principal": identity.principal, "operations": [asdict(each) for each in probes],
            }  # fmt: skip
    Due.objects.filter(connection_id=connection_id).update(probe=outcome)
    return outcome
