"""A stage of its own for tests of real processes: servers, schema, two organizations with GitHub twins, and questions to the database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

from compliance.operate.engine.temporary import start_temporary_servers
from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import Running, running
from integrations.sandbox.github.state import State
from tests.stories.processes import ROOT

ARRANGE = """
import json, sys
from datetime import UTC, datetime
import django; django.setup()
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.services.adoption import adopt_controls, library
from integrations.services.connections import create_connection, start_connection
from integrations.vendors.github.settings import SETTINGS
made, now = {}, datetime.now(UTC)
for slug, url in json.loads(sys.argv[1]).items():
    organization = Organization.objects.create(name=slug.title(), slug=slug, time_zone="Europe/Berlin", is_demo=True)
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=now)
        given = {"organization": slug, "token": "ghp_owner", "base_url": url}
        connection = create_connection(actor=SYSTEM, vendor="github", name=slug, vendor_settings=SETTINGS, given=given, external_id="", now=now)
        start_connection(actor=SYSTEM, connection=connection, now=now)
    made[slug] = [str(organization.pk), str(connection.pk)]
print(json.dumps(made))
"""
RING = """
import json, sys
import django; django.setup()
from compliance.celery import app
for pair in json.loads(sys.argv[1]):
    app.send_task("compliance.refresh_connection", args=pair)
"""


@dataclass
class Stage:
    """`made`: {slug: (organization id, connection id)}; `twins`: the vendor of each."""

    environment: Mapping[str, str]
    twins: Mapping[str, Running]
    made: Mapping[str, tuple[str, str]]

    @property
    def var_dir(self) -> Path:
        """The servers' folder."""
        return Path(self.environment["VAR_DIR"])

    def ring(self, *slugs: str) -> None:
        """Ring for these organizations' connections, as the tick would."""
        python(self.environment, RING, [self.made[slug] for slug in slugs])

    def asked(self, query: str, *parameters: Any) -> list[tuple]:
        """Rows, read as the superuser: over all organizations."""
        address = self.superuser()
        with psycopg2.connect(**address) as session, session.cursor() as cursor:
            cursor.execute(query, parameters)
            rows = cursor.fetchall()
        session.close()
        return rows

    def changed(self, statement: str, *parameters: Any) -> None:
        """Change something as the superuser."""
        with psycopg2.connect(**self.superuser()) as session, session.cursor() as cursor:
            cursor.execute(statement, parameters)
        session.close()

    def superuser(self) -> dict[str, Any]:
        """Login of the server's superuser."""
        secret = (self.var_dir / "secrets" / "postgres_superuser").read_text().strip()
        return {"dbname": "plumbline", "user": "postgres", "password": secret, "host": str(self.var_dir / "run")}

    def ended(self, slug: str, number: int = 1) -> bool:
        """Whether that many runs of the organization have ended."""
        query = "SELECT count(*) FROM evidence_run WHERE organization_id = %s AND state = 'ended'"
        return self.asked(query, self.made[slug][0])[0][0] >= number


def python(environment: Mapping[str, str], code: str, argument: Any = None) -> Any:
    """Run code with the settings; its last printed line as JSON."""
    command = [sys.executable, "-c", code, json.dumps(argument)]
    child = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "compliance.settings"}
    done = subprocess.run(command, cwd=ROOT, env=child, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None


def github(slug: str) -> State:
    """An organization with two people, one of them without a second factor."""
    state = State(login=slug, clock=Clock(datetime.now(UTC)), created_at=datetime(2024, 1, 8, tzinfo=UTC))
    state.add_member(f"owner-of-{slug}", role="admin")
    state.add_member(f"member-of-{slug}", second_factor="disabled")
    state.add_repository(f"code-of-{slug}")
    state.add_token("ghp_owner", "classic", f"owner-of-{slug}", scopes={"repo", "admin:org", "security_events", "admin:org_hook"})
    return state


@contextmanager
def staged(*slugs: str) -> Iterator[Stage]:
    """Servers with the schema, the organizations and their twins, as long as the block runs."""
    with ExitStack() as stack:
        twins = {slug: stack.enter_context(running(github(slug))) for slug in slugs}
        servers = start_temporary_servers()
        stack.callback(servers.stop)
        environment = {**servers.environment, "OUTGOING_ALLOW": "127.0.0.1/32"}
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env={**os.environ, **environment}, check=True, timeout=120)
        environment.pop("DATABASE_ADMIN_URL")
        made = python(environment, ARRANGE, {slug: twin.url for slug, twin in twins.items()})
        yield Stage(environment, twins, {slug: tuple(pair) for slug, pair in made.items()})
