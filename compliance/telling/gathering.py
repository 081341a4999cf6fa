"""What there is to tell now, asked of every app: a handful of questions, whatever the size of the history."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from compliance.members.roles import Role
from compliance.members.selectors.members import members_in_roles
from compliance.seal.digest import sha256_hex
from compliance.work.selectors.problems import open_problems
from compliance.work.selectors.tasks import tasks_dated
from compliance.work.services.notices import Told
from controls.days import A_MOMENT
from controls.outcomes import ControlState
from controls.selectors.health import ControlRow, control_rows, failure_key
from controls.selectors.occurrences import occurrences_owned
from controls.selectors.waivers import waivers_ending

AHEAD = timedelta(days=7)
TASK_AHEAD = timedelta(days=3)
RESPONSIBLE = (Role.ADMIN, Role.COMPLIANCE_MANAGER)


class Gathered:
    """What holds at one instant: `told` are all notices that would be right now; who has been told already is not asked here."""

    def __init__(self, now: datetime, zone) -> None:
        self._now, self._zone = now, zone
        self._responsible = members_in_roles(RESPONSIBLE)
        rows = control_rows(now)
        self.states = {row.id: row for row in rows}
        self.told = [*self._failing(rows), *self._problems(), *self._tasks(), *self._occurrences(), *self._waivers()]

    def recovered(self, heard: Iterable[tuple[uuid.UUID, str]]) -> Iterator[Told]:
        """For whom heard of a control's failure (recipient, key) that is over: that it fails no more. Not where it fails anew, which has
        a notice of its own, and not where the control was retired."""
        for recipient, key in heard:
            row = self.states.get(uuid.UUID(key.split(":", 2)[1]))
            if row is not None and row.state != ControlState.FAILED:
                yield Told(
                    recipient=recipient, event="recovered", key=f"recovered:{key}", title=f"{row.code} no longer fails: {row.title}",
                    body=row.reason, path=f"controls/{row.code}/",
                )  # fmt: skip

    def recipients_of(self, row: ControlRow) -> Sequence[uuid.UUID]:
        """Who is told of a control: its owner, or who runs the programme where it has none."""
        return [row.owner_id] if row.owner_id else self._responsible

    def _failing(self, rows: Iterable[ControlRow]) -> Iterator[Told]:
        for row in rows:
            if row.state != ControlState.FAILED or row.since is None:
                continue
            for recipient in self.recipients_of(row):
                yield Told(
                    recipient=recipient, event="failed", key=failure_key(row.id, row.since),
                    title=f"{row.code} fails: {row.title}", body=row.reason, path=f"controls/{row.code}/",
                )  # fmt: skip

    def _problems(self) -> Iterator[Told]:
        for problem in open_problems(limit=200):
            path = f"connections/{problem.about_id}/" if problem.about_kind == "connection" else ""
            recipients = [problem.owner_id] if problem.owner_id else self._responsible
            late = problem.due_at is not None and problem.due_at <= self._now
            for recipient in recipients:
                yield Told(
                    recipient=recipient, event="problem", key=f"problem:{problem.pk}:opened", title=problem.title,
                    body=f"{problem.detail}\n\n{problem.remedy}".strip(), path=path,
                )  # fmt: skip
                if late:
                    yield Told(
                        recipient=recipient, event="overdue", key=f"problem:{problem.pk}:overdue", title=f"Not fixed in time: {problem.title}",
                        body=problem.remedy, path=path,
                    )  # fmt: skip

    def _tasks(self) -> Iterator[Told]:
        for task in tasks_dated(self._now + TASK_AHEAD):
            yield self._dated(task.owner_id, f"task:{task.pk}", task.title, task.due_at, task.due_at, f"tasks/{task.pk}/", task.detail)

    def _occurrences(self) -> Iterator[Told]:
        for each in occurrences_owned(self._now, self._now + AHEAD):
            recipients = [each.control.owner_id] if each.control.owner_id else self._responsible
            name = f"{each.control.code} {each.control.title}"
            for recipient in recipients:
                yield self._dated(recipient, f"occurrence:{each.pk}", name, each.due_at, each.late_at, f"controls/{each.control.code}/", "")

    def _waivers(self) -> Iterator[Told]:
        """One notice for all that end on one day: a waiver more, or one less, makes it another notice."""
        days: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for waiver in waivers_ending(self._now, self._now + AHEAD):
            days[self._day(waiver.until_at - A_MOMENT)].append((waiver.check_row.check_id, waiver.reason))
        for day, ending in days.items():
            names = ", ".join(sorted(check for check, _reason in ending))
            single = len(ending) == 1
            for recipient in self._responsible:
                yield Told(
                    recipient=recipient, event="expiring", key=f"waiver:expiring:{sha256_hex(f'{day} {names}'.encode())}",
                    title=f"{'A waiver ends' if single else f'{len(ending)} waivers end'} {day}; what fails under {'it' if single else 'them'} fails from then on",
                    body="\n".join(f"{check}: {reason}" for check, reason in sorted(ending)), path=f"checks/{names}/" if single else "checks/",
                )  # fmt: skip

    def _dated(self, recipient: uuid.UUID, key: str, name: str, due_at: datetime, late_at: datetime, path: str, body: str) -> Told:
        event = "overdue" if late_at <= self._now else "due"
        words = "was due" if event == "overdue" else "is due"
        return Told(
            recipient=recipient, event=event, key=f"{key}:{event}:{due_at.isoformat()}", title=f"{name} {words} {self._day(due_at - A_MOMENT)}",
            body=body, path=path,
        )  # fmt: skip

    def _day(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%-d %B %Y}"
