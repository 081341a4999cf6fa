"""The set of controls as of an instant: which were in force, who owned them, which checks spoke of them with which parameters."""

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from compliance.trail.names import ActionName
from compliance.trail.selectors.entries import entries_named
from controls.models import CheckVersion, Control, ControlCheck, ControlCriterion

NOT_ON_TRAIL = "as adopted; no assignment is on the trail by then"


@dataclass(frozen=True, slots=True)
class ControlThen:
    """One control in force. `parameters`: per check its logic version and parameters as JSON text, in force then."""

    id: uuid.UUID
    code: str
    title: str
    frequency: str
    owner: str
    criteria: tuple[str, ...]
    parameters: Mapping[str, str]

    def fields(self) -> dict[str, str]:
        """What can differ, by name."""
        return {
            "title": self.title,
            "frequency": self.frequency,
            "owner": self.owner,
            "criteria": ", ".join(self.criteria),
            **self.parameters,
        }


@dataclass(frozen=True, slots=True)
class ControlDifference:
    """How one control differs between two instants: added, gone or changed with (field, before, after)."""

    code: str
    title: str
    kind: str
    fields: tuple[tuple[str, str, str], ...]


def control_set(at: datetime) -> list[ControlThen]:
    """Controls in force at an instant, by code. Title, frequency, criteria and links are those of today where no change of them is kept."""
    found = list(Control.objects.filter(Q(retired_at=None) | Q(retired_at__gt=at), adopted_at__lte=at).order_by("code"))
    ids = [each.pk for each in found]
    criteria: dict[uuid.UUID, list[str]] = defaultdict(list)
    for control_id, code in (
        ControlCriterion.objects.filter(control_id__in=ids).order_by("criterion__position").values_list("control_id", "criterion_id")
    ):
        criteria[control_id].append(code)
    links: dict[uuid.UUID, list[str]] = defaultdict(list)
    for control_id, check_id in ControlCheck.objects.filter(control_id__in=ids).order_by("check_id").values_list("control_id", "check_id"):
        links[control_id].append(check_id)
    owners, versions = _owners(at), _versions(at)
    return [
        ControlThen(
            each.pk, each.code, each.title, each.frequency, owners.get(each.pk, NOT_ON_TRAIL), tuple(criteria[each.pk]),
            {check_id: versions[check_id] for check_id in links[each.pk] if check_id in versions},
        )
        for each in found
    ]  # fmt: skip


def control_differences(earlier: datetime, later: datetime) -> list[ControlDifference]:
    """What differs between two instants, by code."""
    before = {each.code: each for each in control_set(earlier)}
    after = {each.code: each for each in control_set(later)}
    found = []
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code), after.get(code)
        if old is None or new is None:
            one = new or old
            found.append(ControlDifference(code, one.title if one else "", "added" if old is None else "gone", ()))
            continue
        was, is_now = old.fields(), new.fields()
        fields = tuple((name, was.get(name, ""), is_now.get(name, "")) for name in {**was, **is_now} if was.get(name) != is_now.get(name))
        if fields:
            found.append(ControlDifference(code, new.title, "changed", fields))
    return found


def _owners(at: datetime) -> dict[uuid.UUID, str]:
    owners: dict[uuid.UUID, str] = {}
    for subject_id, detail in entries_named(ActionName.CONTROL_ASSIGNED, at):
        owners[subject_id] = str(detail.get("owner") or "nobody")
    return owners


def _versions(at: datetime) -> dict[str, str]:
    rows = CheckVersion.objects.filter(from_at__lte=at).order_by("check_row", "-from_at", "-id").distinct("check_row")
    return {
        check_id: f"version {version}, {json.dumps(parameters, sort_keys=True, ensure_ascii=False)}"
        for check_id, version, parameters in rows.values_list("check_row__check_id", "logic_version", "parameters")
    }
