"""Work that the people of the demo company gave each other, so that my work and a task have something to show."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from compliance.members.models import Membership
from compliance.tenancy.clock import now as clock_of
from compliance.trail.actor import Actor, ActorKind
from compliance.work.services.comments import comment
from compliance.work.services.tasks import About, open_task


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A task: who gives it to whom (the part of the address before the @), due in so many days, and what was said about it."""

    title: str
    detail: str
    by: str
    to: str
    days: int
    repeats: str = ""
    steps: tuple[str, ...] = ()
    said: str = ""


GIVEN = (
    Given(
        title="Renew the disaster recovery plan for the second region", by="priya", to="tom", days=9,
        detail="The plan still names one region only. The auditor will ask for the test of the new one.",
        steps=("Read the report of the last test", "Walk through the failover with the platform team", "Have it approved"),
        said="@tom the template is where the last plan is. @Elena Rossi approves it.",
    ),
    Given(
        title="Collect this year's SOC 2 reports of the subprocessors", by="priya", to="priya", days=24, repeats="annual",
        detail="Three of them; the mail provider wants an NDA first.",
    ),
    Given(
        title="Ask team leads for the quarterly access review", by="priya", to="jonas", days=3, repeats="quarterly",
        detail="Every lead confirms who in their team may do what.", steps=("Send the lists", "Remind whoever has not answered", "Take away what nobody confirmed"),
    ),
    Given(
        title="Read and accept the information security policy", by="priya", to="sam", days=12, detail="It takes ten minutes. Ask me if something is unclear.",
    ),
)  # fmt: skip


def give_tasks(members: Mapping[str, Membership], zone: zoneinfo.ZoneInfo) -> None:
    """Open them all as of now, each by who gives it. `members` by address, as they were hired."""
    now = clock_of()
    members = {address.partition("@")[0]: member for address, member in members.items()}
    for each in GIVEN:
        actor = _actor(members[each.by])
        due_at = datetime.combine(now.astimezone(zone).date() + timedelta(days=each.days), time(23, 59), zone)
        task = open_task(
            actor=actor, title=each.title, detail=each.detail, owner=members[each.to], due_at=due_at, repeats=each.repeats, steps=each.steps,
            now=now,
        )  # fmt: skip
        if each.said:
            about = About(kind="task", id=task.pk, name=task.title, path=f"tasks/{task.pk}/")
            comment(actor=actor, author=members[each.by], about=about, text=each.said, now=now)


def _actor(membership: Membership) -> Actor:
    return Actor(ActorKind.USER, membership.user.name, membership.user.pk)
