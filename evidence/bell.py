"""Ringing for the worker that freezes populations: views never import the pipeline. A bell that is not heard costs a tick, not the work."""

import logging
import uuid

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def ring_for_freezing(organization_id: uuid.UUID) -> None:
    """Have what waits frozen now; the due row stays where the broker cannot be reached."""
    try:
        current_app.send_task("compliance.freeze_populations", args=[str(organization_id)], retry=False)
    except OperationalError as error:
        log.warning("the bell for freezing was not heard (%s); the next tick takes it", error)
