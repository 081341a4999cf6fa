"""How members want to be told, and how the organization signs its mail."""

import zoneinfo
from collections.abc import Sequence

from django.core.exceptions import ValidationError

from compliance.members.models import Membership
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.work.models import Letterhead, Preference
from compliance.work.models.notice import EVENTS
from compliance.work.models.preference import MODES


def set_preference(
    *, actor: Actor, member: Membership, mail: str, digest_hour: int, quiet_from: int, quiet_until: int, zone: str, muted: Sequence[str],
    daily_budget: int,
) -> Preference:  # fmt: skip
    """Keep how a member wants to be told. Raises ValidationError naming the field that is wrong; nothing is changed then."""
    wrong: dict[str, str] = {}
    if mail not in MODES:
        wrong["mail"] = "Choose at once, one digest a day, or no mail."
    for name, hour in (("digest_hour", digest_hour), ("quiet_from", quiet_from), ("quiet_until", quiet_until)):
        if not 0 <= hour <= 23:
            wrong[name] = "Give a full hour from 0 to 23."
    if not 1 <= daily_budget <= 500:
        wrong["daily_budget"] = "Give a number from 1 to 500."
    if zone and zone not in zoneinfo.available_timezones():
        wrong["zone"] = f"“{zone}” is no time zone; use a name such as Europe/Berlin."
    if unknown := sorted(set(muted) - set(EVENTS)):
        wrong["muted"] = f"Unknown: {', '.join(unknown)}."
    if wrong:
        raise ValidationError(wrong)
    with action(ActionName.PREFERENCE_SET, actor=actor, subject=member, subject_name=str(member.user)):
        preference, _created = Preference.objects.update_or_create(
            member=member,
            defaults={
                "mail": mail, "digest_hour": digest_hour, "quiet_from": quiet_from, "quiet_until": quiet_until, "zone": zone,
                "muted": sorted(set(muted)), "daily_budget": daily_budget,
            },
        )  # fmt: skip
    return preference


def set_letterhead(*, actor: Actor, sender_name: str, reply_to: str) -> Letterhead:
    """Name and answer address of the organization's mail. Raises ValidationError for a name that could forge a header."""
    if any(sign in sender_name for sign in '\r\n<>"@'):
        raise ValidationError({"sender_name": "Use a plain name, without line breaks, quotes, @ or angle brackets."})
    with action(ActionName.LETTERHEAD_SET, actor=actor, detail={"sender_name": sender_name, "reply_to": reply_to}):
        letterhead = Letterhead.objects.first() or Letterhead()
        letterhead.sender_name, letterhead.reply_to = sender_name.strip(), reply_to
        letterhead.full_clean(validate_constraints=False)
        letterhead.save()
    return letterhead
