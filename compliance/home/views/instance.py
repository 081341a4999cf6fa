"""How this installation is, for whoever runs it; what it is, for everybody. No tenant's data on either page."""

import shutil
from collections.abc import Callable
from functools import wraps
from typing import Any

import django
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from compliance.api.figures import installation_figures
from compliance.celery import app as celery
from compliance.members.services.organizations import may_create_organizations
from compliance.operate.diagnosis.database import look_at_database
from compliance.operate.diagnosis.finding import Level
from compliance.operate.diagnosis.machine import look_at_machine
from compliance.operate.diagnosis.settings import look_at_settings
from compliance.operate.verify_store.verifying import LastVerification, last_verifications
from compliance.version import VERSION, build

STATES = {Level.OK: ("met", "Well"), Level.WARN: ("waived", "Drawback"), Level.FAIL: ("failed", "Mend this")}
ANSWER_WITHIN = 0.7  # seconds that workers have to answer the page's question


def operator_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sign-in for the anonymous, 403 for everybody who does not run the installation."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_operator:
            raise PermissionDenied("Only operators of this installation see this.")
        return view(request, *args, **kwargs)

    gated.plumbline_gate = "operator"
    return gated


@require_safe
@operator_only
def instance(request: HttpRequest) -> HttpResponse:
    """Versions, processes, work that waits, disk."""
    try:
        figures, trouble = installation_figures(), ""
    except (DatabaseError, RedisError, OSError) as error:
        figures, trouble = None, str(error).strip().splitlines()[0]
    context = {
        "figures": figures,
        "trouble": trouble,
        "workers": _workers(),
        "disk": shutil.disk_usage(settings.CONFIGURATION.var_dir if settings.CONFIGURATION.var_dir.exists() else "/"),
        "low": _low_on_disk(),
        "versions": [("Plumbline", f"{VERSION} ({build()})"), ("Django", django.get_version()), ("PostgreSQL", _server_version())],
        "creators": settings.CONFIGURATION.who_may_create_organizations,
        "may_create": may_create_organizations(request.user),
        "address": settings.CONFIGURATION.public_url,
        "mail": mail_address(),
        "verifications": _verifications(),
        "crumbs": [("This installation", "")],
        "urls": {"home": "/", "sign_out": reverse("account_logout"), "profile": reverse("profile")},
        "membership": {"name": request.user.name or request.user.email, "role": "operator"},
    }
    return render(request, "instance/instance.html", context)


@require_safe
@never_cache
@operator_only
def doctor(request: HttpRequest) -> HttpResponse:
    """What `manage.py doctor` says of settings, database and machine, looked at now. Redis and workers stand on the instance page; what
    needs a vendor's SDK is left to the command, which keeps the web process small."""
    configuration = settings.CONFIGURATION
    findings = [
        *look_at_settings(configuration),
        *look_at_database(configuration),
        *look_at_machine(configuration),
    ]
    context = {
        "findings": [(each, STATES[each.level]) for each in findings],
        "bad": sum(each.level is not Level.OK for each in findings),
        "crumbs": [("This installation", reverse("instance")), ("Doctor", "")],
    }
    return render(request, "instance/doctor.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Version, build, licence."""
    return render(request, "instance/about.html", {"version": VERSION, "build": build(), "crumbs": [("About", "")]})


def mail_address() -> str:
    """Where the local mail sink is read, or where mail goes otherwise."""
    if settings.CONFIGURATION.mail_directory is not None:
        return reverse("mail")
    return ""


def _verifications() -> list[LastVerification]:
    """How reading everything again went last, by organization; nothing of what was found. Empty while the database does not answer."""
    try:
        return last_verifications()
    except DatabaseError:
        return []


def _workers() -> list[str]:
    """Names of workers that answer; empty where none does or the broker is away."""
    try:
        answers = celery.control.ping(timeout=ANSWER_WITHIN)
    except (OperationalError, RedisError, OSError):
        return []
    return sorted(name for answer in answers for name in answer)


def _low_on_disk() -> bool:
    usage = shutil.disk_usage(settings.CONFIGURATION.var_dir if settings.CONFIGURATION.var_dir.exists() else "/")
    return usage.free < max(2 * 1024**3, usage.total // 20)


def _server_version() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            return cursor.fetchone()[0]
    except DatabaseError:
        return "does not answer"
