"""Occurrences of the demo company's periodic controls: most performed in time, a few late, one missed."""

import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from compliance.trail.actor import OPERATOR, Actor, ActorKind
from controls.selectors.controls import controls_of_frequencies
from controls.selectors.occurrences import occurrences_due
from controls.services.occurrences import perform_occurrence, schedule_occurrences

if TYPE_CHECKING:
    from controls.models import Occurrence

PERFORMED_BY_HAND = ("semi_monthly", "monthly", "quarterly", "semi_annual", "annual")
LATE, MISSED = 0.06, 0.02


def perform_the_past(first_day: date, last_day: date, zone: ZoneInfo, now: datetime) -> None:
    """Schedule all occurrences of the period and perform those that fell due, in the organization in scope."""
    dice = random.Random("fernhill by hand")
    for control in controls_of_frequencies(PERFORMED_BY_HAND):
        schedule_occurrences(actor=OPERATOR, control=control, first_day=first_day, last_day=last_day, zone=zone, now=now)
        performer = Actor(ActorKind.USER, control.owner.user.name, control.owner.user_id) if control.owner else OPERATOR
        for occurrence in occurrences_due(control.pk, now + timedelta(days=10)):
            _perform(occurrence, performer, dice, now)


def _perform(occurrence: "Occurrence", performer: Actor, dice: random.Random, now: datetime) -> None:
    chance = dice.random()
    if chance < MISSED:
        return
    when = occurrence.due_at - timedelta(days=dice.uniform(1, 6))
    if chance < MISSED + LATE:
        when = occurrence.late_at + timedelta(days=dice.uniform(1, 4))
    when = max(when, occurrence.opens_at)
    if when <= now:
        perform_occurrence(actor=performer, occurrence=occurrence, performed_at=when, note="Performed and filed.", now=now)
