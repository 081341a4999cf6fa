"""Selecting resources by tag, as parameters write it: `key=value`, `key` (any value) or `*=value` (any key).

Comparison ignores case and surrounding blanks, because tags are typed by people.
"""

from collections.abc import Iterable, Mapping

from controls.outcomes import Judgement, no_data, not_applicable
from evidence.facts.tag import Tag


def matches(tags: Iterable[Tag], selector: Iterable[str]) -> bool:
    """Whether any tag meets any entry of the selector. An empty selector matches nothing; callers decide what that means."""
    held = [(tag.key.strip().lower(), tag.value.strip().lower()) for tag in tags]
    return any(_meets(key, value, entry) for entry in selector for key, value in held)


def _meets(key: str, value: str, entry: str) -> bool:
    wanted_key, has_value, wanted_value = (part.strip().lower() for part in entry.partition("="))
    return wanted_key in ("*", key) and (not has_value or wanted_value == value)


def in_selection(tags: tuple[Tag, ...] | None, parameters: Mapping[str, object], name: str) -> bool | None:
    """Whether a resource belongs to the selector kept as parameter `name`. An empty selector selects every resource;
    None when the tags were not observed and the selector would need them."""
    selector = parameters[name]
    if not selector:
        return True
    return None if tags is None else matches(tags, selector)  # type: ignore[arg-type]


def set_aside(tags: tuple[Tag, ...] | None, parameters: Mapping[str, object], name: str, called: str) -> Judgement | None:
    """What a check answers for a resource that the selector kept as parameter `name` does not select (NOT_APPLICABLE) or cannot
    judge for want of tags (NO_DATA); None when the resource is selected. `called` says in words what the selector picks."""
    selected = in_selection(tags, parameters, name)
    if selected is None:
        return no_data(f"its tags were not observed, so whether it is {called} is not known")
    return None if selected else not_applicable(f"not tagged as {called}")
