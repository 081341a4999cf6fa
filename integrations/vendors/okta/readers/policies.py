"""Reads the rules of sign-on and sessions and the password policies.

Okta gives the rules of a policy in one answer with a limit and without a cursor. When as many come as were asked for, nobody can say
that these were all: the stream then counts as read to no degree, and checks that need the whole population answer "no data".
"""

from collections.abc import Callable, Iterator

from evidence.facts.fact import Fact
from integrations.errors import Fault, PartialResult
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.okta.client import OktaPage
from integrations.vendors.okta.collectors.policies import v1 as collector
from integrations.vendors.okta.collectors.values import identifier, word
from integrations.vendors.okta.errors import Vanished
from integrations.vendors.okta.reading import Listed, Reader, Reading, Row, rows_of

POLICIES = "GET /api/v1/policies"
RULES = "GET /api/v1/policies/{policyId}/rules"
RULES_LIMIT = 100
NEVER = "Nothing about single people is read; rules name groups by their ids."

STREAMS = (
    Stream(
        kind="sign_on_rule",
        title="Rules of sign-on to apps",
        operations=(POLICIES, RULES),
        completeness=Completeness.LAST_PAGE,
        never=NEVER,
    ),
    Stream(kind="session_rule", title="Rules of sessions", operations=(POLICIES, RULES), completeness=Completeness.LAST_PAGE, never=NEVER),
    Stream(
        kind="identity_password_policy",
        title="Password policies",
        operations=(POLICIES,),
        completeness=Completeness.DOUBLE_PASS,
        never=NEVER,
    ),
)


def policies(reading: Reading, sort: str, kind: str) -> Listed:
    """The policies of one type, once a run."""
    return reading.memo(("policies", sort), lambda: reading.listed(POLICIES, kind=kind, query={"type": sort}, key=identifier))


def _rules(kind: str, sort: str, make: Callable[[Row, Row], Fact]) -> Reader:
    def read(reading: Reading) -> Iterator[Observation]:
        listed = policies(reading, sort, kind)
        by_number = {identifier(row): (row, page) for row, page in listed.rows}
        cut = []
        pages: list[tuple[Row, OktaPage, OktaPage]] = []
        for number, result in reading.for_each(by_number, lambda number: _page(reading, kind, number)):
            if isinstance(result, Vanished):
                continue
            if isinstance(result, Fault):
                raise result
            policy, page = by_number[number]
            pages.append((policy, page, result))
            if len(rows_of(result)) >= RULES_LIMIT:
                cut.append(word(policy, "name") or number)
        reading.context.achieved(kind, (Completeness.NONE if cut else Completeness.LAST_PAGE).value)
        for name in cut:
            said = f"the policy “{name}” has {RULES_LIMIT} rules or more, and Okta gives no more than {RULES_LIMIT} and no cursor"
            reading.context.fault(kind, PartialResult(said, operation=RULES, partition=name))
        for policy, page, answer in pages:
            rows = [(row, answer) for row in rows_of(answer)]
            yield from reading.facts(kind, rows, lambda row, policy=policy, page=page: (make(policy, row), [page.digest]))

    return read


def _page(reading: Reading, kind: str, number: str) -> OktaPage:
    return reading.client.one(operation=RULES, path={"policyId": number}, query={"limit": RULES_LIMIT}, kind=kind, partition=number)


def _password_policies(reading: Reading) -> Iterator[Observation]:
    kind = "identity_password_policy"
    listed = policies(reading, "PASSWORD", kind)
    reading.context.achieved(kind, listed.completeness.value)
    yield from reading.facts(kind, listed.rows, collector.password_policy)


READERS: dict[str, Reader] = {
    "sign_on_rule": _rules("sign_on_rule", "ACCESS_POLICY", collector.sign_on_rule),
    "session_rule": _rules("session_rule", "OKTA_SIGN_ON", collector.session_rule),
    "identity_password_policy": _password_policies,
}
