"""The same in NIST's OSCAL 1.1: a catalog of the controls, and assessment results that only observe. Whether a control operated
effectively is for the service auditor to conclude: there are no findings here, and no status but ours, as a property."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

VERSION = "1.1.2"
NAMESPACE = "https://plumbline.example/ns/oscal"


@dataclass(frozen=True, slots=True, kw_only=True)
class OscalControl:
    """A control as OSCAL takes it: `pieces` are (state, from, until) of its health."""

    code: str
    title: str
    statement: str
    criteria: tuple[str, ...]
    pieces: tuple[tuple[str, datetime, datetime], ...]


def catalog(organization: str, controls: Sequence[OscalControl], at: datetime) -> dict[str, Any]:
    """The controls as a catalog."""
    return {
        "catalog": {
            "uuid": _id("catalog", organization, _instant(at)),
            "metadata": _metadata(f"Controls of {organization}", at),
            "controls": [
                {
                    "id": _token(each.code),
                    "title": each.title or each.code,
                    "props": [{"name": "label", "value": each.code}]
                    + [{"name": "criterion", "ns": NAMESPACE, "value": code} for code in each.criteria],
                    "parts": [{"id": f"{_token(each.code)}_smt", "name": "statement", "prose": each.statement or each.title}],
                }
                for each in controls
            ],
        }
    }


def assessment_results(
    organization: str, controls: Sequence[OscalControl], start: datetime, until: datetime, at: datetime
) -> dict[str, Any]:
    """What was observed of each control over the period, piece by piece."""
    plan = _id("plan", organization)
    observations = [_observation(organization, each, piece) for each in controls for piece in each.pieces]
    result = {
        "uuid": _id("result", organization, _instant(at)),
        "title": f"Monitoring of {organization}",
        "description": "States of controls as they were observed. No conclusion is drawn; that is the service auditor's.",
        "start": _instant(start),
        "end": _instant(until),
        "reviewed-controls": {"control-selections": [{"include-controls": [{"control-id": _token(each.code)} for each in controls]}]},
    }
    if observations:
        result["observations"] = observations
    return {
        "assessment-results": {
            "uuid": _id("results", organization, _instant(at)),
            "metadata": _metadata(f"Observations of {organization}", at),
            "import-ap": {"href": f"#{plan}"},
            "results": [result],
            "back-matter": {"resources": [{"uuid": plan, "title": "Continuous monitoring by the checks of the catalog's controls"}]},
        }
    }


def _observation(organization: str, control: OscalControl, piece: tuple[str, datetime, datetime]) -> dict[str, Any]:
    state, begin, end = piece
    return {
        "uuid": _id("observation", organization, control.code, _instant(begin)),
        "description": f"{control.code} was {state.replace('_', ' ')} from {_instant(begin)} until {_instant(end)}.",
        "methods": ["TEST"],
        "props": [{"name": "state", "ns": NAMESPACE, "value": state}, {"name": "control", "ns": NAMESPACE, "value": _token(control.code)}],
        "collected": _instant(begin),
        "expires": _instant(end),
    }


def _metadata(title: str, at: datetime) -> Mapping[str, str]:
    return {"title": title, "last-modified": _instant(at), "version": "1", "oscal-version": VERSION}


def _token(code: str) -> str:
    token = "".join(letter if letter.isalnum() or letter in "-._" else "-" for letter in code.lower())
    return token if token[:1].isalpha() else f"c-{token}"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _id(*parts: str) -> str:
    """A version 4 UUID, as OSCAL demands, that is the same for the same thing."""
    held = bytearray(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join((NAMESPACE, *parts))).bytes)
    held[6], held[8] = held[6] & 0x0F | 0x40, held[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(held)))
