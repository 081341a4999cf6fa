"""Changes of the state by name, for the control address: what somebody of the personnel department would enter by hand."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from integrations.sandbox.bamboohr.state import TERMINATED, State


def terminate(state: State, number: str, day: str, reason: str = "Resigned") -> None:
    """The employee of that number leaves; `day` (2026-03-31) is the last working day, in the past too."""
    state.set_status(_id(state, number), date.fromisoformat(day), TERMINATED, reason=reason)


def hire_again(state: State, number: str, day: str, status: str = "Full-Time") -> None:
    """And begins anew on `day`."""
    held = state.employees[_id(state, number)]
    state.set_status(held.id, date.fromisoformat(day), status)
    state.edit(held.id, original_hire=held.original_hire or held.hired, hired=date.fromisoformat(day))


def change_email(state: State, number: str, email: str) -> None:
    """Another work address."""
    state.edit(_id(state, number), email=email)


def _id(state: State, number: str) -> int:
    found = next((each.id for each in state.employees.values() if each.number == number), None)
    if found is None:
        raise KeyError(number)
    return found


ACTIONS: Mapping[str, Callable[..., None]] = MappingProxyType({each.__name__: each for each in (terminate, hire_again, change_email)})
