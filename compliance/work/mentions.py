"""Who is meant by @name in a text: pure, so that every way of writing a name can be tried."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

AT = re.compile(r"(?<![\w@.])@(?=\w)")
WORD = re.compile(r"[\w.\-']*\w")


@dataclass(frozen=True, slots=True)
class Mentionable:
    """A member as a mention may name them."""

    id: uuid.UUID
    name: str
    email: str


class AmbiguousMention(ValueError):
    """More than one member may be meant; says what to write instead."""


def mentioned(text: str, members: Sequence[Mentionable]) -> list[Mentionable]:
    """The members meant, in the order of the text, each once: by whole name, by the part of the e-mail before the @, or by a first
    name that only one of them has. A name that nobody has is plain text. Raises AmbiguousMention."""
    found: dict[uuid.UUID, Mentionable] = {}
    for place in AT.finditer(text):
        if (member := _meant(text[place.end() :], members)) is not None:
            found.setdefault(member.id, member)
    return list(found.values())


def _meant(rest: str, members: Sequence[Mentionable]) -> Mentionable | None:
    lowered = rest.casefold()
    whole = [each for each in members if each.name and _starts(lowered, each.name.casefold())]
    if whole:
        longest = max(len(each.name) for each in whole)
        return _only([each for each in whole if len(each.name) == longest], rest)
    word = WORD.match(lowered)
    if word is None:
        return None
    local = [each for each in members if each.email.casefold().partition("@")[0] == word[0]]
    return _only(local or [each for each in members if each.name.casefold().partition(" ")[0] == word[0]], word[0])


def _only(candidates: Iterable[Mentionable], said: str) -> Mentionable | None:
    candidates = list(candidates)
    if len(candidates) > 1:
        names = " or ".join(sorted(f"@{each.email.partition('@')[0]}" for each in candidates))
        raise AmbiguousMention(f"“@{said[:40]}” may be several people; write {names}.")
    return candidates[0] if candidates else None


def _starts(text: str, name: str) -> bool:
    return text.startswith(name) and (len(text) == len(name) or not text[len(name)].isalnum())
