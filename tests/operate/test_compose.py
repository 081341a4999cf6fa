"""The container set-up: what the file promises, and every service's own command and health check run on this machine.

No container engine is needed: the commands are taken out of docker-compose.yml and started against a real PostgreSQL and a real
Redis, which are themselves started with the file's commands. The S3 store's program is not on this machine; moto's server,
which speaks the same protocol, stands in its place.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import psycopg2
import pytest

from compliance.configuration import CHECKOUT, DatabaseAddress
from compliance.operate.engine.account import service_account
from compliance.operate.engine.binaries import postgres_folder, redis_program
from compliance.operate.engine.ports import LOOPBACK, answers, free_port
from compliance.operate.engine.postgres import Cluster
from compliance.operate.engine.program import Program
from compliance.operate.engine.supervisor import Supervisor
from tests.operate.compose import MissingVariable, read_env_file, services
from tests.operate.engine.places import open_folder
from tests.operate.engine.test_temporary import wait_until

OURS = ("web", "worker", "beat", "migrate")


@pytest.fixture(scope="module")
def variables(tmp_path_factory) -> dict[str, str]:
    file = tmp_path_factory.mktemp("compose") / "compose.env"
    subprocess.run([CHECKOUT / "bin" / "compose-secrets", "https://soc2.fernhill.example", file], check=True, capture_output=True)
    return read_env_file(file)


def test_secrets_are_fresh_private_and_never_overwritten(tmp_path):
    files = [tmp_path / "one.env", tmp_path / "two.env"]
    for file in files:
        subprocess.run([CHECKOUT / "bin" / "compose-secrets", "https://soc2.fernhill.example", file], check=True, capture_output=True)
        assert oct(file.stat().st_mode & 0o777) == "0o600"
    one, two = map(read_env_file, files)
    assert one.pop("PUBLIC_URL") == two.pop("PUBLIC_URL") == "https://soc2.fernhill.example"
    assert len({*one.values(), *two.values()}) == 12
    assert {len(value) for value in one.values()} == {64}
    command = [CHECKOUT / "bin" / "compose-secrets", "https://x.example", files[0]]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "keep it, it belongs to the stored data" in again.stderr
    assert read_env_file(files[0])["PUBLIC_URL"] == "https://soc2.fernhill.example"


def test_without_secrets_the_file_says_what_to_run():
    with pytest.raises(MissingVariable, match="run bin/compose-secrets first"):
        services({})


def test_our_processes_share_one_image_and_cannot_write_to_it(variables):
    ours = {name: service for name, service in services(variables).items() if name in OURS}
    assert set(ours) == set(OURS)
    assert {service["image"] for service in ours.values()} == {"plumbline:local"}
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in ours.values())
    stages = (CHECKOUT / "Dockerfile").read_text().split("\nFROM ")
    assert "\nUSER plumbline\n" in stages[-1]


def test_only_the_migration_knows_the_owner(variables):
    holders = [name for name, service in services(variables).items() if "DATABASE_ADMIN_URL" in service["environment"]]
    assert holders == ["migrate"]
    for name in OURS:
        assert "//plumbline_app:" in services(variables)[name]["environment"]["DATABASE_URL"]


def test_only_the_web_is_published_and_on_loopback_alone(variables):
    published = {name: service["ports"] for name, service in services(variables).items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_servers_are_on_a_network_without_a_way_out(variables):
    for name in ("postgres", "redis", "store", "beat", "migrate"):
        assert services(variables)[name]["networks"] == ["back"]


def test_every_service_that_stays_has_a_health_check(variables):
    unchecked = [name for name, service in services(variables).items() if "test" not in service.get("healthcheck", {})]
    assert unchecked == ["migrate"]


def test_postgres_is_stopped_with_the_signal_that_does_not_wait(variables):
    assert services(variables)["postgres"]["stop_signal"] == "SIGINT"


class Stack:
    """The services of the file on this machine: names of hosts replaced by loopback ports."""

    def __init__(self, folder: Path, variables: Mapping[str, str], supervisor: Supervisor) -> None:
        self.folder = folder
        self.supervisor = supervisor
        self.services = services(variables)
        self.account = service_account()
        self.ports = {"postgres": free_port(), "redis": free_port(), "store": free_port(), "web": free_port()}
        self.programs = postgres_folder(self.account)

    def environment(self, name: str) -> dict[str, str]:
        """What the container's processes would see, on this machine's addresses."""
        given = dict(self.services[name]["environment"])
        for key, value in given.items():
            for host, port in (("postgres", 5432), ("redis", 6379), ("store", 7070)):
                for before in ("@", "//"):
                    value = value.replace(f"{before}{host}:{port}", f"{before}{LOOPBACK}:{self.ports[host]}")
            given[key] = value
        given["PORT"] = str(self.ports["web"])
        path = os.pathsep.join([str(Path(sys.executable).parent), str(self.programs), "/usr/bin", "/bin"])
        return {"PATH": path, "VAR_DIR": str(self.folder / "app"), "LC_ALL": "C.UTF-8", **given}

    def start(self, name: str, *extra: str, command: list[str] | None = None, ready=None, **changes) -> None:
        """Start the service's command (with ``extra`` for what the container's surroundings would do)."""
        line = [*(command or self.inside(self.services[name]["command"])), *extra]
        program = Program(name, tuple(line), environment=self.environment(name), folder=CHECKOUT, ready=ready, **changes)
        self.supervisor.start(program)

    def inside(self, line: list[str]) -> list[str]:
        """The container's own /tmp becomes a folder of this test."""
        (self.folder / "tmp").mkdir(exist_ok=True)
        return [part.replace("/tmp", str(self.folder / "tmp")) for part in line]

    def health(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run the service's own health check."""
        kind, *line = self.services[name]["healthcheck"]["test"]
        command = ["/bin/sh", "-c", *self.inside(line)] if kind == "CMD-SHELL" else line
        return subprocess.run(command, env=self.environment(name), cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)

    def start_postgres(self) -> None:
        cluster = Cluster(self.folder / "server", self.account, disposable=True)
        cluster.prepare()  # initdb, as the image does on an empty volume
        command, *options = self.services["postgres"]["command"]
        surroundings = ("-D", str(cluster.data), "-c", f"unix_socket_directories={cluster.run}", "-p", str(self.ports["postgres"]))
        self.start(
            "postgres",
            *options,
            *surroundings,
            command=[str(self.programs / command)],
            account=self.account,
            ready=self.postgres_is_ready,
        )
        login = {
            "PGHOST": LOOPBACK,
            "PGPORT": str(self.ports["postgres"]),
            "PGPASSWORD": (self.folder / "server" / "secrets" / "postgres_superuser").read_text().strip(),
        }
        script = CHECKOUT / self.services["postgres"]["volumes"][1].split(":")[0]
        subprocess.run([script], env=self.environment("postgres") | login, check=True)

    def postgres_is_ready(self) -> bool:
        asked = [self.programs / "pg_isready", "--quiet", "--host", LOOPBACK, "--port", str(self.ports["postgres"])]
        return subprocess.run(asked, check=False).returncode == 0

    def start_redis(self) -> None:
        command, *options = self.services["redis"]["command"]
        data = self.folder / "redis"
        data.mkdir()
        if self.account:
            self.account.own(data)
        surroundings = ("--dir", str(data), "--port", str(self.ports["redis"]), "--bind", LOOPBACK)
        program = [str(redis_program(self.account))]
        self.start("redis", *options, *surroundings, command=program, account=self.account, ready=lambda: answers(self.ports["redis"]))

    def start_store_stand_in(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(self.ports["store"])]
        self.start("store", command=command, ready=lambda: answers(self.ports["store"]))
        settings = self.environment("web")
        client = boto3.client(
            "s3",
            endpoint_url=settings["S3_ENDPOINT_URL"],
            region_name=settings["S3_REGION"],
            aws_access_key_id=settings["S3_ACCESS_KEY_ID"],
            aws_secret_access_key=settings["S3_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket="plumbline")


@pytest.fixture(scope="module")
def stack(variables) -> Iterator[Stack]:
    with open_folder() as folder, Supervisor(folder / "log", folder / "processes.json", quiet=True) as supervisor:
        (folder / "server").mkdir()
        stack = Stack(folder, variables, supervisor)
        stack.start_postgres()
        stack.start_redis()
        stack.start_store_stand_in()
        migrate = stack.services["migrate"]["command"]
        done = subprocess.run(
            migrate, env=stack.environment("migrate"), cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield stack


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_roles_script_leaves_an_application_role_that_row_security_binds(stack):
    web = stack.services["web"]["environment"]["DATABASE_URL"]
    password = web.split(":")[2].split("@")[0]
    address = DatabaseAddress("plumbline", "plumbline_app", password, LOOPBACK, stack.ports["postgres"])
    connection = psycopg2.connect(**address.as_libpq())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, 0)
    connection.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_postgres_answers_its_health_check(stack):
    line = stack.services["postgres"]["healthcheck"]["test"]
    stack.services["postgres"]["healthcheck"]["test"] = [*line, "--port", str(stack.ports["postgres"])]
    assert stack.health("postgres").returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_web_command_serves_and_its_health_check_passes(stack):
    assert stack.health("web").returncode == 1
    stack.start("web")
    wait_until(lambda: stack.health("web").returncode == 0, seconds=90)
    ready = subprocess.run(
        [sys.executable, "-m", "compliance.operate.engine.probe", "/readyz"],
        env=stack.environment("web"),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ready.returncode, ready.stdout) == (0, "/readyz answered 200\n")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_worker_command_takes_work_and_its_health_check_passes(stack):
    assert stack.health("worker").returncode != 0
    stack.start("worker")
    wait_until(lambda: stack.health("worker").returncode == 0, seconds=120)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_beat_command_rings_and_its_health_check_passes(stack):
    assert stack.health("beat").returncode == 1
    stack.start("beat")
    wait_until(lambda: stack.health("beat").returncode == 0, seconds=60)
