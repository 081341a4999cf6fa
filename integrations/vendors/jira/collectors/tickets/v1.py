"""Turns Jira's answers about tickets, their changelogs and linked pages into facts.

An approval of Jira Service Management becomes a transition of `approval`; the approver's decision is its `after`. Every other change is
a transition of the field's name in small letters. People are account ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evidence.facts.ticket.v1 import Ticket, TicketLink, Transition
from integrations.vendors.jira.collectors.values import Row, inner, instant, issue_subject, needed, rows, text, word

CATEGORIES: Mapping[str, str] = {"new": "new", "indeterminate": "in_progress", "done": "done"}
BY_ID = frozenset({"assignee", "reporter", "link", "remoteissuelink", "remoteworkitemlink"})  # the value's id says more than its words
KEPT = BY_ID | {"status", "priority", "resolution", "labels", "issuetype", "security", "duedate", "key", "project"}
APPROVALS = ":sd-approvals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """Custom fields that matter, by id. `changes`: names in small letters whose changes are kept; of them `people` hold accounts."""

    approvals: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    changes: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    @property
    def ids(self) -> tuple[str, ...]:
        """What the search is asked for."""
        return tuple(sorted({*self.approvals, *self.about}))


def custom_fields(answer: Iterable[Row], approval_names: Iterable[str], people_names: Iterable[str]) -> Custom:
    """Of the rows of GET /field: approvals by their type, the others by the names that the connection was told."""
    approving, about = {each.lower() for each in approval_names}, {each.lower() for each in people_names}
    found: dict[str, set[str]] = {"approvals": set(), "about": set(), "changes": set(), "people": set()}
    for row in answer:
        ident, name, schema = word(row, "id"), word(row, "name").lower(), inner(row, "schema")
        if row.get("custom") is not True or not ident:
            continue
        if word(schema, "custom").endswith(APPROVALS):
            found["approvals"].add(ident)
        if name in about:
            found["about"].add(ident)
        if name in approving | about:
            found["changes"].add(name)
        if "userpicker" in word(schema, "custom") and name in approving | about:
            found["people"].add(name)
    return Custom(
        approvals=tuple(sorted(found["approvals"])), about=tuple(sorted(found["about"])), changes=frozenset(found["changes"]),
        people=frozenset(found["people"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was read about one ticket besides its row: `histories` None and `pages` None where that was refused; `done`: ids of statuses
    that mean done, None where the statuses were not read."""

    histories: Sequence[Row] | None
    pages: Sequence[Row] | None = ()
    done: frozenset[str] | None = None
    custom: Custom = field(default_factory=Custom)


def ticket(row: Row, told: Told) -> Ticket:
    """Of a row of the search. Raises KeyError for one without id, key or fields."""
    held = needed(row, "fields")
    status = inner(held, "status")
    sort = word(inner(status, "statusCategory"), "key")
    category = CATEGORIES.get(sort, sort)
    return Ticket(
        subject=issue_subject(str(needed(row, "id"))),
        name=f"{needed(row, 'key')} {word(held, 'summary')}".strip(),
        project=word(inner(held, "project"), "key"),
        type=word(inner(held, "issuetype"), "name"),
        status=word(status, "name"),
        category=category,
        priority=text(inner(held, "priority"), "name") if held.get("priority") else ("" if "priority" in held else None),
        labels=tuple(sorted({each for each in held.get("labels") or () if isinstance(each, str)})),
        components=tuple(sorted({word(each, "name") for each in rows(held, "components")} - {""})),
        created=instant(held, "created"),
        updated=instant(held, "updated"),
        due=text(held, "duedate") if held.get("duedate") else ("" if "duedate" in held else None),
        resolved=_resolved(held, category, told),
        reporter=word(inner(held, "reporter"), "accountId"),
        assignee=word(inner(held, "assignee"), "accountId"),
        security_level=word(inner(held, "security"), "name"),
        transitions=_transitions(held, told),
        links=_links(held, told.pages),
        about=_about(held, told.custom),
    )


# -- what happened ---------------------------------------------------------------------------------------------------------


def _transitions(held: Row, told: Told) -> tuple[Transition, ...] | None:
    if told.histories is None:
        return None
    found = [*_decisions(held, told.custom)]
    for entry in told.histories:
        at, actor = instant(entry, "created"), word(inner(entry, "author"), "accountId")
        for item in rows(entry, "items"):
            name = word(item, "field").lower()
            if at is not None and name in KEPT | told.custom.changes:
                by_id = name in BY_ID | told.custom.people
                before, after = ("from", "to") if by_id else ("fromString", "toString")
                found.append(Transition(at=at, actor=actor, field=name, before=word(item, before), after=word(item, after)))
    return tuple(sorted(set(found), key=lambda each: (each.at, each.field, each.actor, each.before, each.after)))


def _decisions(held: Row, custom: Custom) -> Iterable[Transition]:
    """Approvals of Jira Service Management: who decided what, when the approval was complete."""
    for name in custom.approvals:
        for approval in rows(held, name):
            at = instant(inner(approval, "completedDate"), "iso8601")
            for each in rows(approval, "approvers"):
                decision, who = word(each, "approverDecision"), word(inner(each, "approver"), "accountId")
                if at is not None and decision in ("approved", "declined"):
                    yield Transition(at=at, actor=who, field="approval", after=decision)


def _resolved(held: Row, category: str, told: Told) -> str | None:
    """When the ticket was done. Team-managed projects give no date: then it is the change after which its statuses all mean done."""
    given = instant(held, "resolutiondate")
    if given is not None:
        return given
    if category != "done":
        return "" if category in ("new", "in_progress") else None
    if told.histories is None or told.done is None:
        return None
    changes = sorted(
        ((at, item) for entry in told.histories if (at := instant(entry, "created")) for item in rows(entry, "items") if word(item, "field") == "status"),
        key=lambda pair: pair[0],
    )  # fmt: skip
    since = None
    for at, item in reversed(changes):
        if word(item, "to") not in told.done:
            break
        since = at
        if word(item, "from") not in told.done:
            break
    return since


# -- what belongs to it ----------------------------------------------------------------------------------------------------


def _links(held: Row, pages: Sequence[Row] | None) -> tuple[TicketLink, ...] | None:
    if pages is None:
        return None
    found = set()
    for link in rows(held, "issuelinks"):
        for direction, words in (("inwardIssue", "inward"), ("outwardIssue", "outward")):
            key = word(inner(link, direction), "key")
            if key:
                found.add(TicketLink(kind=word(inner(link, "type"), words) or word(inner(link, "type"), "name"), target=key))
    for page in pages:
        url = word(inner(page, "object"), "url")
        if url:
            title = word(inner(page, "object"), "title")
            found.add(TicketLink(kind="remote", target=f"{url} {title}".strip()))
    return tuple(sorted(found, key=lambda each: (each.kind, each.target)))


def _about(held: Row, custom: Custom) -> tuple[str, ...]:
    found = set()
    for name in custom.about:
        value = held.get(name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                found.add(word(each, "accountId"))
    return tuple(sorted(found - {""}))
