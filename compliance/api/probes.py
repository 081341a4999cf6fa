"""How the web process is, for machines: alive, ready, figures. Nothing here tells whose data it serves."""

from collections.abc import Callable, Iterator

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from redis.exceptions import RedisError

from compliance.api.figures import InstallationFigures, installation_figures
from compliance.version import VERSION, build

Probe = Callable[[], str]


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a database that is away does not get web processes killed."""
    return JsonResponse({"status": "alive", "version": VERSION})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database and Redis answer and all migrations are applied; 503 with what is missing otherwise."""
    found = {name: probe() for name, probe in (("database", _database), ("redis", _redis), ("migrations", _migrations))}
    ready = all(state == "ok" for state in found.values())
    return JsonResponse({"status": "ready" if ready else "not ready", **found}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def _redis() -> str:
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        return "does not answer"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return f"{len(missing)} not applied: run `manage.py migrate`" if missing else "ok"


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text: this process, and counts of the installation without tenant data."""
    own = CollectorRegistry()
    own.register(_Figures())
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(own), content_type=CONTENT_TYPE_LATEST)


class _Figures:
    """Asked at each scrape; while the database is away only `plumbline_database_up` 0 is said."""

    def collect(self) -> Iterator[Metric]:
        """Gauges."""
        about = GaugeMetricFamily("plumbline_build_info", "Version and build.", labels=["version", "build"])
        about.add_metric([VERSION, build()], 1)
        yield about
        try:
            figures = installation_figures()
        except (DatabaseError, RedisError, OSError):
            yield GaugeMetricFamily("plumbline_database_up", "Whether the database and Redis answered.", value=0)
            return
        yield GaugeMetricFamily("plumbline_database_up", "Whether the database and Redis answered.", value=1)
        yield from _gauges(figures)


def _gauges(figures: InstallationFigures) -> Iterator[Metric]:
    yield GaugeMetricFamily("plumbline_organizations", "Organizations.", value=figures.organizations)
    yield GaugeMetricFamily("plumbline_users", "Active users.", value=figures.users)
    yield GaugeMetricFamily(
        "plumbline_connections_due", "Connections whose next run lies in the past and which nobody holds.", value=figures.due
    )
    yield GaugeMetricFamily("plumbline_connections_leased", "Connections that a worker holds now.", value=figures.leased)
    yield GaugeMetricFamily("plumbline_oldest_due_seconds", "Age of the oldest due connection.", value=figures.oldest_due_seconds)
    yield GaugeMetricFamily("plumbline_queue_length", "Messages that wait for a worker.", value=figures.queued)
