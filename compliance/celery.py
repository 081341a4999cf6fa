"""Celery application. Tasks live in each app's `tasks.py` and in `compliance.pipeline`; the queue is a doorbell, work lists are tables."""

import os

from celery import Celery
from celery.schedules import schedule
from celery.signals import worker_init
from django.conf import settings

from compliance.operate.engine.login import refuse_unbound_login

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

app = Celery("plumbline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ["compliance.pipeline"]
app.conf.beat_schedule = {
    "tick": {"task": "compliance.tick", "schedule": schedule(10.0), "options": {"expires": 9}},
    "countersign": {"task": "compliance.countersign", "schedule": schedule(60.0), "options": {"expires": 55}},
    "tidy": {"task": "compliance.tidy", "schedule": schedule(3600.0), "options": {"expires": 3000}},
    "verify": {"task": "compliance.verify_stores", "schedule": schedule(3600.0), "options": {"expires": 3000}},
}


@worker_init.connect
def refuse_unbound(**_arguments: object) -> None:
    """A worker with a login that row-level security does not bind must not start."""
    refuse_unbound_login(settings.CONFIGURATION)
