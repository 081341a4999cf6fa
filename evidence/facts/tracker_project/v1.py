"""A project of the ticket tracker and who may see its tickets."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer(Part):
    """Whom the right to see tickets is given to. `kind`: public (anybody), logged_in (every user of the product), group, role, user, or
    the tracker's own word for somebody who depends on the ticket (`reporter`). `name`: of the group or role, or the subject of a
    `tracker_user`. `groups` (names) and `users` (subjects) are who fills a role; None where that was not read."""

    kind: str
    name: str = ""
    groups: tuple[str, ...] | None = ()
    users: tuple[str, ...] | None = ()


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerProject(Fact):
    """`name` is key and name. `viewers` None: not read."""

    KIND: ClassVar[str] = "tracker_project"
    VERSION: ClassVar[int] = 1

    key: str = ""
    team_managed: bool | None = None
    archived: bool | None = None
    lead: str = ""
    viewers: tuple[Viewer, ...] | None = None
