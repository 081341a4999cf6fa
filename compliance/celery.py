"""Celery application. Tasks live in each app's `tasks.py` and in `compliance.pipeline`; the queue is a doorbell, work lists are tables."""

import os

from celery import Celery
from celery.schedules import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

app = Celery("plumbline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ["compliance.pipeline"]
app.conf.beat_schedule = {
    "tick": {"task": "compliance.tick", "schedule": schedule(10.0), "options": {"expires": 9}},
}
