"""A ticket of the tracker with what happened to it."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Part):
    """A change of one field at an instant. `actor` is the subject of a `tracker_user`. Approvals are transitions of `approval`."""

    at: str
    actor: str
    field: str
    before: str = ""
    after: str = ""


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLink(Part):
    """A link to another ticket (`kind` as the tracker words it) or to a page (`kind` is `remote`)."""

    kind: str
    target: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Fact):
    """`name` is the key and the summary. `category`: new, in_progress or done (the status category; some projects give no resolution
    date). `resolved`: None when unknown, "" while open. People are subjects of `tracker_user`; `about`: those whom the ticket is about (who
    gets or loses access), where the tracker has a field for that."""

    KIND: ClassVar[str] = "ticket"
    VERSION: ClassVar[int] = 1

    project: str = ""
    type: str = ""
    status: str = ""
    category: str = ""
    priority: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    created: str | None = None
    updated: str | None = None
    due: str | None = None
    resolved: str | None = None
    reporter: str = ""
    assignee: str = ""
    security_level: str = ""
    transitions: tuple[Transition, ...] | None = None
    links: tuple[TicketLink, ...] | None = None
    about: tuple[str, ...] = ()
