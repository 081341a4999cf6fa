"""The people of the demo company on GitHub, from the roster that all sandboxes share (integrations/sandbox/company)."""

from dataclasses import dataclass

from integrations.sandbox.company import fernhill


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on the roster. `joins_day` and `leaves_day` count from the start of the story; None: there from the beginning, stays."""

    name: str
    login: str
    email: str
    team: str
    joins_day: int | None
    leaves_day: int | None


@dataclass(frozen=True, slots=True)
class Contractor:
    """Somebody without a seat who works on one repository."""

    name: str
    login: str
    email: str
    repository: str


_ROSTER = fernhill.load()
EVERYONE = tuple(
    Colleague(each["name"], each["github"], each["email"], each["team"], each.get("joins_day"), each.get("leaves_day"))
    for each in _ROSTER["people"]
    if "github" in each
)
MEMBERS = tuple(each for each in EVERYONE if each.joins_day is None)
JOINERS = tuple(each for each in EVERYONE if each.joins_day is not None)
LEAVERS = tuple(each for each in EVERYONE if each.leaves_day is not None)
CONTRACTORS = tuple(Contractor(each["name"], each["github"], each["email"], each["works_on"]) for each in _ROSTER["contractors"])
# Whoever joins or leaves takes no part in the daily changes, so that no change is made by somebody who is not there.
STEADY = tuple(each for each in MEMBERS if each.leaves_day is None)
ENGINEERS = tuple(each for each in STEADY if each.team in ("platform", "backend", "frontend", "data", "mobile"))
OWNERS = ("tom-okafor", "jonas-weber")
MAINTAINERS = ("ines-moreau", "nadia-haddad", "mia-schneider", "petra-vogel", "jana-kralova", "sarah-klein")
INSECURE = ("peter-baumann", "paula-sanchez", "simon-leclerc")
