"""Ringing for a worker by task name: views never import the pipeline. A bell that is not heard costs a tick, not the work."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def ring(task: str, *arguments: str) -> None:
    """Send a task by name. When the broker cannot be reached the due row stays, and the next tick takes it."""
    try:
        current_app.send_task(task, args=arguments, retry=False)
    except OperationalError as error:
        log.warning("the bell for %s was not heard (%s); the next tick takes it", task, error)
