"""Reading a twin once, then making each of its facts again from what the run kept of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from importlib import import_module

from compliance.seal.canonical import fact_bytes
from integrations.errors import Fault
from integrations.transport.context import Context
from integrations.transport.contract import Observation
from integrations.transport.replaying import Answers, Replay, clock_of
from integrations.transport.spool import Spool


def read_all(connector, context: Context) -> tuple[object, dict[str, list[Observation]]]:
    """The identity and everything read, by kind; what a fault ended is left out."""
    identity = connector.identify(context)
    found: dict[str, list[Observation]] = defaultdict(list)
    unread: dict[str, Fault] = {}
    for stream in connector.STREAMS:
        try:
            for each in connector.collect(context, stream.kind):
                found[stream.kind].append(each)
        except Fault as fault:
            unread[stream.kind] = fault
    return identity, found


def made_again(
    vendor: str, context: Context, identity, settings: Mapping[str, str], kind: str, each: Observation, *,
    keep: Callable[[str], bool] | None = None,
) -> tuple[Observation | None, Answers]:  # fmt: skip
    """The same fact out of the pages that it names alone; None where it does not come."""
    module = import_module(f"integrations.vendors.{vendor}.replay")
    kept = keep or (lambda digest: digest in each.pages)
    answers = Answers(context.ledger.calls(), lambda digest: context.spool.get(digest) if kept(digest) else None, each.pages)
    with Spool() as spool:
        replayed = Context(
            settings=module.settings_of(settings, answers), secrets=module.SECRETS, kinds=context.kinds, spool=spool,
            clock=clock_of(context.now()), allow=("127.0.0.0/8",),
        )  # fmt: skip
        replay = Replay(
            context=replayed, answers=answers, account=identity.account, principal=identity.principal, subject=each.fact.subject
        )
        try:
            found = next((again for again in module.observations(replay, kind) if again.fact.subject == each.fact.subject), None)
        except Fault as fault:
            answers.unasked.add(fault.detail)
            found = None
    return found, answers


def same(one: Observation | None, other: Observation) -> bool:
    """Byte for byte."""
    return one is not None and fact_bytes(one.fact.payload()) == fact_bytes(other.fact.payload())
