"""How a run waits for what AWS makes, and how many threads it may start."""

import threading

from integrations.sandbox.aws.server import Sandbox
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.vendors.aws.connector import AwsConnector
from integrations.vendors.aws.readers.fan import for_each
from integrations.vendors.aws.readers.identity import FIRST_WAIT, LONGEST_WAIT, REPORT_SECONDS, _waits
from integrations.vendors.aws.reading import threads_for
from tests.integrations.aws.scanning import HOME


def test_a_report_is_looked_for_soon_then_ever_less_often_and_not_for_ever() -> None:
    waits = list(_waits())
    assert waits[:6] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0]
    assert (waits[0], max(waits)) == (FIRST_WAIT, LONGEST_WAIT)
    assert REPORT_SECONDS - LONGEST_WAIT < sum(waits) <= REPORT_SECONDS


def test_waiting_for_the_report_uses_the_sleep_that_was_given(aws: Sandbox) -> None:
    slept: list[float] = []
    secrets = {"access_key_id": "AKIAFERNHILLTEST0001", "secret_access_key": "not-a-real-secret"}
    settings = {"region": HOME, "regions": HOME, "endpoint_url": aws.url}
    with Spool() as spool:
        context = Context(settings=settings, secrets=secrets, kinds=frozenset({"account"}), spool=spool, allow=("127.0.0.0/8",))
        connector = AwsConnector(sleep=slept.append)
        list(connector.collect(context, "account"))
        connector.close()
    looks = [each for each in context.ledger.calls() if each.operation == "iam:GenerateCredentialReport"]
    assert len(looks) == 2 and slept == [FIRST_WAIT]  # the first look begins the report, the second finds it


def test_lists_within_lists_never_have_more_threads_than_the_process_may_and_never_block() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def leaf(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1
        return number

    def branch(number: int) -> list[int]:
        return list(for_each(range(number * 10, number * 10 + 5), leaf))

    assert list(for_each(range(8), branch)) == [[each * 10 + of for of in range(5)] for each in range(8)]
    assert 1 < most <= 8
    with threads_for(4) as again, threads_for(4) as more, threads_for(4) as none:
        assert (again, more, none) == (4, 4, 0)
