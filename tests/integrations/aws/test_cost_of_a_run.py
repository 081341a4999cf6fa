"""What a run over the populated demo account costs: calls and memory, measured in a process of its own as a worker would be."""

import json
import subprocess
import sys

import pytest

from integrations.sandbox.aws.scenario import populate
from integrations.sandbox.aws.server import Sandbox

COMMON_CALLS, COMMON_RESOURCES = 16_700, 4_200  # what a common scanner spends on an account of that size
MEMORY = 200 * 1024 * 1024

WORKER = """
import json, sys, threading
from pathlib import Path
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.errors import Fault
from integrations.vendors.aws.connector import AwsConnector

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

idle, peak, done, most = resident(), 0, threading.Event(), 0
def watch():
    global peak, most
    while not done.wait(0.02):
        peak, most = max(peak, resident()), max(most, threading.active_count())
threading.Thread(target=watch, daemon=True).start()
kinds = frozenset(stream.kind for stream in AwsConnector.STREAMS)
subjects, faults = set(), []
with Spool() as spool:
    settings = {"region": "eu-central-1", "regions": "eu-central-1", "endpoint_url": sys.argv[1]}
    secrets = {"access_key_id": "AKIAFERNHILLTEST0001", "secret_access_key": "not-a-real-secret"}
    context = Context(settings=settings, secrets=secrets, kinds=kinds, spool=spool, allow=("127.0.0.0/8",))
    connector = AwsConnector()
    for kind in sorted(kinds):
        try:
            subjects.update(each.fact.subject for each in connector.collect(context, kind))
        except Fault as fault:
            faults.append(f"{kind}: {fault.kind} {fault.detail}")
    calls = len(context.ledger)
    connector.close()
done.set()
print(json.dumps({"idle": idle, "peak": peak, "calls": calls, "resources": len(subjects), "faults": faults, "threads": most}))
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_run_over_one_region_stays_within_two_hundred_megabytes_and_a_fifth_of_a_common_scanners_calls(aws: Sandbox) -> None:
    populate(aws)
    done = subprocess.run([sys.executable, "-c", WORKER, aws.url], capture_output=True, text=True, timeout=800, check=True)
    cost = json.loads(done.stdout)
    assert cost["faults"] == []
    assert cost["resources"] > 100, cost
    assert cost["calls"] <= cost["resources"] * COMMON_CALLS / COMMON_RESOURCES / 5, cost
    assert cost["peak"] - cost["idle"] < MEMORY, cost
    assert cost["threads"] <= 2 + 8, cost  # the reader, the watcher, and the process's share for lists
