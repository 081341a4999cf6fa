"""The demo company at BambooHR: its personnel records as they stand at an instant, and what is entered there afterwards.

Everything follows from the shared roster (integrations/sandbox/company). Record ids are 101, 102, … in roster order.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.bamboohr.state import TERMINATED, Application, Employee, Key, State
from integrations.sandbox.clock import Clock
from integrations.sandbox.company.roster import Colleague, colleagues, day

API_KEY = "sandbox-bamboohr-key-0001"
CLIENT_ID = "sandbox-bamboohr-client"
CLIENT_SECRET = "sandbox-bamboohr-secret"
REFRESH_TOKEN = "sandbox-bamboohr-refresh"
FIRST_ID = 101
EARLIER_ID = 51
KEY_RIGHTS = frozenset({"employees", "job", "employmentStatus", "report", "company:info"})
SCOPES = frozenset(
    {"employee:name", "employee:job", "employee_directory", "report", "company:info", "public.integration", "offline_access"}
)
STATUSES = {"employee": "Full-Time", "contractor": "Contractor", "intern": "Intern"}
ON_LEAVE = "Leave of Absence"
FORMER_EMAILS = "formerWorkEmails"
CONTRACT_END = "contractEndDate"
RECORDED_BEFORE = 15  # days before somebody begins, the record is made
NOTED_BEFORE = 5  # days before a leave or a move begins, it is entered


@dataclass(frozen=True, slots=True)
class Step:
    """Something entered `at` an instant."""

    at: datetime
    title: str
    apply: Callable[[State], None]


def fernhill(clock: Clock) -> State:
    """The company at the clock's instant, which is the start of the story."""
    start = clock.now()
    clock.set(start - timedelta(days=400))
    state = State(company="fernhill", clock=clock, name="Fernhill", custom_fields=[FORMER_EMAILS, CONTRACT_END])
    numbers = {who.user: FIRST_ID + place for place, who in enumerate(colleagues())}
    for who in colleagues():
        if who.joined is not None:
            _record(state, who, numbers, start)
        for place, earlier in enumerate(who.earlier):
            first, _, last = who.name.partition(" ")
            held = state.add(Employee(EARLIER_ID + place, earlier.employee, first, last, earlier.email, earlier.joined))
            state.set_status(held.id, earlier.joined, "Full-Time")
            state.set_job(held.id, earlier.joined, earlier.title, earlier.department, who.location, None)
            state.set_status(held.id, earlier.left, TERMINATED)
    for _step in play(state, [each for each in _events(start) if each.at <= start], start):
        pass
    state.keys[API_KEY] = Key(API_KEY, "jonas.weber@fernhill.example", set(KEY_RIGHTS))
    state.applications[CLIENT_ID] = Application(CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, set(SCOPES))
    clock.set(start)
    return state


def steps(start: datetime, since: datetime, end: datetime) -> list[Step]:
    """What is entered after `since` and not after `end` in the story that began at `start`, in order of time."""
    return [each for each in _events(start) if since < each.at <= end]


def play(state: State, planned: Iterable[Step], until: datetime) -> Iterator[Step]:
    """Apply steps with the twin's clock standing at each, yield each afterwards; then the clock stands at `until`."""
    for step in planned:
        with state.lock:
            state.clock.set(step.at)
            step.apply(state)
        yield step
    state.clock.set(until)


def _record(state: State, who: Colleague, numbers: dict[str, int], start: datetime) -> None:
    first, _, last = who.name.partition(" ")
    begins = who.joined or day(start, who.joins_day or 0)
    custom = {}
    if who.aliases:
        custom[FORMER_EMAILS] = ", ".join(who.aliases)
    if who.ends_day is not None:
        custom[CONTRACT_END] = day(start, who.ends_day).isoformat()
    number = numbers[who.user]
    state.add(Employee(number, who.employee, first, last, who.email, begins, custom=custom))
    state.set_status(number, begins, STATUSES[who.employment])
    department = "" if "department" in who.lacks else who.department
    state.set_job(number, begins, who.title, department, who.location, numbers.get(who.manager))


def _events(start: datetime) -> list[Step]:
    numbers = {who.user: FIRST_ID + place for place, who in enumerate(colleagues())}
    found: list[Step] = []

    def at(days: float, title: str, apply: Callable[[State], None]) -> None:
        found.append(Step(start + timedelta(days=days), title, apply))

    for who in colleagues():
        _of_person(at, who, numbers, start)
    return sorted(found, key=lambda each: each.at)


At = Callable[[float, str, Callable[[State], None]], None]


def _of_person(at: At, who: Colleague, numbers: dict[str, int], start: datetime) -> None:
    number, usual = numbers[who.user], STATUSES[who.employment]
    if who.joins_day is not None:
        at(who.joins_day - RECORDED_BEFORE, f"{who.name} is entered", lambda state: _record(state, who, numbers, start))
    if who.leaves_day is not None:
        last, entered = day(start, who.leaves_day), who.entered_day or 0
        at(entered, f"{who.name} leaves on {last}", lambda state: state.set_status(number, last, TERMINATED, reason="Resigned"))
    if who.rejoins_day is not None:
        again = day(start, who.rejoins_day)
        at(who.rejoins_day - 10, f"{who.name} is hired again", lambda state: _rehire(state, number, again, usual))
    for leave in who.leaves:
        begins = day(start, leave.from_day)
        comment = leave.kind
        at(
            leave.from_day - NOTED_BEFORE,
            f"{who.name} goes on leave on {begins}",
            lambda state, begins=begins, comment=comment: state.set_status(number, begins, ON_LEAVE, comment=comment),
        )
        if leave.to_day is not None:
            back = day(start, leave.to_day + 1)
            at(
                leave.to_day + 1 - NOTED_BEFORE,
                f"{who.name} is back on {back}",
                lambda state, back=back: state.set_status(number, back, usual),
            )
    for move in who.moves:
        on = day(start, move.day)
        at(
            move.day - NOTED_BEFORE,
            f"{who.name} moves to {move.team}",
            lambda state, on=on, move=move: state.set_job(number, on, move.title, move.department, who.location, numbers[move.manager]),
        )
    if who.renamed is not None:
        at(who.renamed.day, f"{who.name} is called {who.renamed.name}", lambda state: _rename(state, number, who))


def _rehire(state: State, number: int, again, status: str) -> None:
    held = state.employees[number]
    state.set_status(number, again, status)
    state.edit(number, original_hire=held.original_hire or held.hired, hired=again)


def _rename(state: State, number: int, who: Colleague) -> None:
    assert who.renamed is not None
    first, _, last = who.renamed.name.partition(" ")
    custom = {FORMER_EMAILS: ", ".join([*who.aliases, who.email])} if who.renamed.recorded else {}
    state.edit(number, first=first, last=last, email=who.renamed.email, custom=custom)
