"""What stands beside the database: Redis, the blob store, mail, workers and the clock that rings for due work."""

import smtplib
import time
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError
from django.core.mail import get_connection
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from compliance.celery import app
from compliance.configuration import Configuration
from compliance.operate.diagnosis.finding import Finding, fail, ok, warn
from compliance.vault.store import BlobMissing, open_store

OLDEST_REDIS = (6, 2)
PROBE_NAME = "doctor/probe"
PROBE = b"written by manage.py doctor"
TICK = "compliance.tick"
TICK_SECONDS = 10
ANSWER_SECONDS = 3.0


def look_at_services(configuration: Configuration, *, with_clock: bool) -> Iterator[Finding]:
    """Findings about the servers and processes; ``with_clock`` waits for a tick (up to 25 seconds)."""
    found, reachable = _redis(configuration)
    yield found
    yield _blob_store(configuration)
    yield _mail(configuration)
    if reachable:
        yield from _processes(with_clock)


def _redis(configuration: Configuration) -> tuple[Finding, bool]:
    client = Redis.from_url(configuration.redis_url, socket_connect_timeout=5, socket_timeout=5)
    try:
        facts = client.info()
    except RedisError as error:
        fix = "Start it (make start)." if configuration.embedded_redis else "Check REDIS_URL, the server and the network between."
        return fail("redis", f"cannot be reached: {error}", fix), False
    finally:
        client.close()
    version = facts["redis_version"]
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return fail("redis", f"version {version} is too old", "Upgrade it to 6.2 or newer."), True
    if facts.get("maxmemory_policy", "noeviction") != "noeviction":
        return fail(
            "redis", f"throws work away when memory is short ({facts['maxmemory_policy']})", "Set maxmemory-policy noeviction."
        ), True
    if not facts.get("aof_enabled") and not facts.get("rdb_last_save_time"):
        return warn("redis", f"version {version}, forgets the queue when it ends", "Set appendonly yes."), True
    return ok("redis", f"version {version}"), True


def _blob_store(configuration: Configuration) -> Finding:
    where = configuration.blob_store_url
    try:
        store = open_store()
        store.put(PROBE_NAME, PROBE)
        read = store.get(PROBE_NAME)
    except (OSError, BotoCoreError, ClientError, BlobMissing) as error:
        return fail("blob store", f"{where}: {error}", "Check BLOB_STORE_URL, the S3_ settings and the rights there.")
    if read != PROBE:
        return fail("blob store", f"{where} returned other bytes than were written", "Do not use it: its content cannot be trusted.")
    return ok("blob store", f"{where} keeps and returns what is written")


def _mail(configuration: Configuration) -> Finding:
    if configuration.smtp_url is None and configuration.mail_sink_port is None:
        return warn("mail", "no SMTP_URL and no local sink: mail fails", "Set SMTP_URL, or start with make start.")
    try:
        connection = get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=10)
        connection.open()
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        return fail("mail", f"the mail server cannot be used: {error}", "Check SMTP_URL (address, port, user and password).")
    if configuration.smtp_url is None:
        return warn("mail", f"kept in {configuration.mail_directory} and not sent", "Set SMTP_URL to send it.")
    return ok("mail", "the mail server takes our login")


def _processes(with_clock: bool) -> Iterator[Finding]:
    try:
        workers = app.control.ping(timeout=ANSWER_SECONDS)
    except (OperationalError, OSError) as error:
        yield fail("workers", f"cannot be asked: {error}", "Check REDIS_URL.")
        return
    if not workers:
        yield fail("workers", "none answers: nothing is collected or judged", "Start one: make start, or celery -A compliance worker.")
        return
    yield ok("workers", "one answers" if len(workers) == 1 else f"{len(workers)} answer")
    if with_clock:
        yield _clock_process()


def _clock_process() -> Finding:
    """The workers count the ticks they have run; within two intervals the count must grow."""
    first = _ticks()
    deadline = time.monotonic() + 2 * TICK_SECONDS + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if _ticks() > first:
            return ok("beat", f"rings every {TICK_SECONDS} seconds")
        time.sleep(1)
    return fail("beat", "has not rung: nothing is collected on schedule", "Start exactly one: make start, or celery -A compliance beat.")


def _ticks() -> int:
    answers = app.control.inspect(timeout=ANSWER_SECONDS).stats() or {}
    return sum(answer.get("total", {}).get(TICK, 0) for answer in answers.values())
