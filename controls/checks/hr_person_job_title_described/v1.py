"""Every title of people who have not left stands in the register of approved job descriptions (CC1.3, CC1.4)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.person.v1 import Person

FACT = Person
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"described_titles": []}


def judge(fact: Person, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The title against the register, without regard to capitals and blanks."""
    if fact.status == "terminated":
        return not_applicable("has left")
    if fact.title == "":
        return failed("has no job title")
    if fact.title is None:
        return no_data("the job title is not shown by the personnel system")
    described = {_plain(str(each)) for each in parameters["described_titles"]}  # type: ignore[attr-defined]
    if not described - {""}:
        return no_data("no register of job descriptions is kept yet")
    if _plain(fact.title) not in described:
        return failed(f"there is no approved description of “{fact.title}”")
    return passed(f"“{fact.title}” is described")


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())
