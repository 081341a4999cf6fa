"""Tickets of the tracker: incidents and security work."""

from evidence.populations.definition import Column, Definition, Feed, Filter, Option, Sequence, Shape

TICKET = (
    Column("ticket", "name", "Key and summary."),
    Column("project", "project"),
    Column("type", "type"),
    Column("labels", "labels"),
    Column("priority", "priority"),
    Column("status", "status"),
    Column("created", "created"),
    Column("resolved", "resolved", "Empty while open."),
    Column("reporter", "reporter"),
    Column("assignee", "assignee"),
)
MISSING = "A ticket tracker: Jira, or tickets brought as a file or by API (fact ticket)."


def _feed() -> Feed:
    chosen = (Filter("type", "one_of", option="types"), Filter("labels", "has_any", option="labels"))
    return Feed(
        "ticket",
        Shape.EVENT,
        TICKET,
        (chosen,),
        date="created",
        sequence=Sequence("name", "project", "tickets of other types share the numbers"),
    )


DEFINITIONS = (
    Definition(
        kind="incidents",
        title="Incidents",
        meaning="Every incident whose ticket was opened within the period.",
        why="Response, escalation and the look back afterwards are tested on them; none at all is to be shown as well.",
        group="Incidents",
        missing=MISSING,
        feeds=(_feed(),),
        options=(
            Option("types", "Types of ticket", ("Incident",), "Tickets of these types are incidents."),
            Option("labels", "Labels", ("incident",), "Tickets with one of these labels are incidents."),
        ),
    ),
    Definition(
        kind="security_tickets",
        title="Security tickets",
        meaning="Every ticket of security work that was opened within the period.",
        why="Whether weaknesses and alerts are dealt with in time is tested on them.",
        group="Incidents",
        missing=MISSING,
        feeds=(_feed(),),
        options=(
            Option("types", "Types of ticket", ("Vulnerability",), "Tickets of these types are security work."),
            Option("labels", "Labels", ("security",), "Tickets with one of these labels are security work."),
        ),
    ),
)
