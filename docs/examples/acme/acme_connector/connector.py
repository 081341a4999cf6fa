"""Acme Directory: what it is set up with, whom it speaks to, and its one stream."""

import time
from collections.abc import Callable, Iterator
from types import MappingProxyType

from acme_connector.collector import person
from integrations.errors import Fault, Misconfigured, NotLicensed, PartialResult, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Completeness, Identity, Observation, Probe, Setting, Stream
from integrations.transport.json_api import JsonApi
from integrations.transport.redaction import Table, drop

PEOPLE, ACCOUNT = "GET /v1/people", "GET /v1/account"
REDACTIONS: Table = MappingProxyType({PEOPLE: drop("people[].salary", "people[].birthday")})  # never kept, whatever we parse
MOST_PAGES = 1000


class AcmeConnector:
    """One instance serves one run."""

    KEY = "acme"
    NAME = "Acme Directory"
    VERSION = "1"
    CATEGORY = "Personnel"
    READS = "Who is employed, since when and until when, title and team."
    NEVER = "Pay and birthdays."
    SETTINGS = (
        Setting(name="base_url", label="Address", hint="Of your Acme, such as https://fernhill.acme.example"),
        Setting(name="token", label="Access token", hint="With the right people:read and nothing else.", secret=True),
    )
    STREAMS = (Stream(kind="person", title="People of Acme Directory", operations=(PEOPLE,), completeness=Completeness.TOTAL),)

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._api: JsonApi | None = None

    def identify(self, context: Context) -> Identity:
        """The account that the token belongs to."""
        found = self.api(context).get(ACCOUNT).data
        return Identity(account=str(found["id"]), account_name=found["name"], principal=found["token_name"])

    def probe(self, context: Context, kinds: frozenset[str]) -> tuple[Probe, ...]:
        """May we list people?"""
        if "person" not in kinds:
            return ()
        try:
            self.api(context).get(PEOPLE, query={"limit": 1})
        except PermissionMissing as fault:
            return (Probe(operation=PEOPLE, outcome="missing", detail=f"give the token people:read ({fault.detail})"),)
        except NotLicensed as fault:
            return (Probe(operation=PEOPLE, outcome="not_licensed", detail=fault.detail),)
        except Fault as fault:
            if fault.ends_run:
                raise
            return (Probe(operation=PEOPLE, outcome="unreachable", detail=fault.detail),)
        return (Probe(operation=PEOPLE, outcome="ok"),)

    def collect(self, context: Context, kind: str) -> Iterator[Observation]:
        """All people, page by page. Acme says how many there are, so that a page that shifted is noticed."""
        if kind != "person":
            raise KeyError(kind)
        after, seen = "", set[str]()
        for number in range(1, MOST_PAGES + 1):
            page = self.api(context).get(
                PEOPLE, query={"limit": 50, **({"after": after} if after else {})}, page=number, rows=lambda data: len(data["people"]),
                total=lambda data: data["total"], more=lambda data: bool(data["next"]),
            )  # fmt: skip
            context.expect(kind, page.data["total"])
            for row in page.data["people"]:
                try:
                    yield Observation(fact=person(row), pages=(page.digest,))
                except (KeyError, TypeError, AttributeError) as error:
                    raise SchemaDrift(f"a person of another shape: {error}", operation=PEOPLE) from error
            after = page.data["next"]
            if not after:
                return
            if after in seen:
                break
            seen.add(after)
        raise PartialResult("Acme offers the same next page again and again", operation=PEOPLE)

    def close(self) -> None:
        """End the connections."""
        if self._api is not None:
            self._api.close()
            self._api = None

    def api(self, context: Context) -> JsonApi:
        """The client of this run. Raises Misconfigured when address or token are missing."""
        if self._api is None or self._api.context is not context:
            self.close()
            url, token = context.settings.get("base_url", ""), context.secrets.get("token", "")
            if not url or not token:
                raise Misconfigured("give the address of your Acme and a token")
            headers = {"authorization": f"Bearer {token}"}
            self._api = JsonApi(context, base_url=url, headers=headers, redactions=REDACTIONS, sleep=self._sleep)
        return self._api
