"""Appending 100,000 leaves to an organization's log: hashing, tiles, leaf rows, signature and commit."""

import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection

from bench.figures import Figure
from compliance.operate.scale.history import make_organization
from compliance.tenancy import scope as tenancy
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.names import ActionName
from compliance.vault.models import PendingPack
from compliance.vault.services.sealing import seal_pending

LEAVES = 100_000
PACK = 1000
SINGLES = """
INSERT INTO vault_pendingleaf (id, organization_id, kind, ref, at, content_hash)
SELECT uuidv7(), %s, 'evidence.record', gen_random_uuid(), %s, sha256(uuid_send(gen_random_uuid())) FROM generate_series(1, %s)
"""


def measure(quick: bool) -> Iterator[Figure]:
    """Once as recordings leave them, packed by the thousand, and once a row each."""
    leaves = LEAVES // 10 if quick else LEAVES
    now = datetime.now(UTC)
    organization = make_organization("bench-log", now)
    with scope(organization.pk):
        seal_pending(now=now)
        for how, wait in (("packed", _wait_packed), ("a row each", _wait_alone)):
            wait(leaves, now)
            began = time.perf_counter()
            appended = seal_pending(now=now)
            seconds = time.perf_counter() - began
            if appended != leaves:
                raise RuntimeError(f"{appended:,} leaves were appended instead of {leaves:,}")
            goal = 2 * leaves / LEAVES
            yield Figure(f"appending {leaves:,} leaves, {how}", seconds, goal, "at most", " s", f"{leaves / seconds:,.0f} leaves/s")


def _wait_packed(leaves: int, at: datetime) -> None:
    packs = (b"".join(uuid.uuid4().bytes + os.urandom(32) for _ in range(PACK)) for _ in range(leaves // PACK))
    with action(ActionName.RUN_RECORDED, actor=OPERATOR):
        PendingPack.objects.bulk_create([PendingPack(kind="evidence.record", at=at, leaves=pack) for pack in packs])


def _wait_alone(leaves: int, at: datetime) -> None:
    with action(ActionName.RUN_RECORDED, actor=OPERATOR), connection.cursor() as cursor:
        cursor.execute(SINGLES, [tenancy.organization_id(), at, leaves])
