"""One round over an organization: tell what is new, end what is no longer true, say what recovered."""

from datetime import datetime, timedelta

from django.db import connection

from compliance.telling.gathering import Gathered
from compliance.telling.mailing import send_mails
from compliance.telling.posting import post_messages
from compliance.tenancy import scope
from compliance.tenancy.models import Organization
from compliance.tenancy.uuid7 import uuid7
from compliance.work.selectors.notices import heard_keys, keys_in_force
from compliance.work.services.deliveries import take_deliveries
from compliance.work.services.notices import end_notices, tell

EVERY = timedelta(minutes=5)
TRACKED = ("control:", "problem:", "task:", "occurrence:", "waiver:")

NEXT_ROUND = """
INSERT INTO work_tellinground (id, organization_id, next_at) VALUES (%s, %s, %s)
ON CONFLICT (organization_id) DO UPDATE SET next_at = excluded.next_at
"""


def tell_round(now: datetime) -> int:
    """Look over the organization in scope. Returns how many notices are new; a round that finds nothing new writes only when the next
    one is due."""
    organization = Organization.objects.get(pk=scope.organization_id())
    gathered = Gathered(now, organization.zone)
    over = keys_in_force(TRACKED) - {each.key for each in gathered.told}
    recovered = list(gathered.recovered(heard_keys(key for key in over if key.startswith("control:")))) if over else []
    if over:
        end_notices(keys=over, now=now)
    new = tell(told=[*gathered.told, *recovered], now=now)
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ROUND, [uuid7(), scope.organization_id(), now + EVERY])
    return new


def send_out(now: datetime) -> int:
    """Send what is due in the organization in scope; no transaction is open while a server is spoken to. Returns how many were tried."""
    organization = Organization.objects.get(pk=scope.organization_id())
    tried = 0
    while taken := take_deliveries(now):
        send_mails([each for each in taken if each.way == "email"], organization, now)
        post_messages([each for each in taken if each.way != "email"], organization, now)
        tried += len(taken)
    return tried


def organizations_to_tell(now: datetime) -> list:
    """Organizations of which something waits to go out, or which are to be looked over, by `now`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organization_id FROM plumbline_organizations_to_tell(%s)", [now])
        return [row[0] for row in cursor.fetchall()]
