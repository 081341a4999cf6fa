"""Reads one YAML file strictly: unknown and repeated keys, wrong types and unknown words are errors that say what to do."""

import difflib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import yaml

from controls.catalogue.errors import CatalogueError

E = TypeVar("E", bound=StrEnum)


class _RepeatedKey(yaml.YAMLError):
    """A mapping names one key twice; plain YAML would silently keep the last."""


class _StrictLoader(yaml.CSafeLoader):
    """The C parser (the library must load in a fraction of a second), refusing repeated keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                continue
            if key_node.value in seen:
                raise _RepeatedKey(f"line {key_node.start_mark.line + 1} repeats the key {key_node.value!r}")
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def read_document(source: Traversable) -> tuple[dict[str, Any], bytes]:
    """Return the mapping a YAML file holds, and the file's bytes.

    Raises CatalogueError when the file cannot be read, is not YAML, repeats a key or does not hold a mapping.
    """
    try:
        content = source.read_bytes()
    except OSError as error:
        raise CatalogueError(source.name, "the file", f"cannot be read ({error.strerror}); restore it") from error
    try:
        document = yaml.load(content, Loader=_StrictLoader)
    except _RepeatedKey as error:
        raise CatalogueError(source.name, "a mapping", f"{error}; keep one of them") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a scalar that looks like a date and is none
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "the file"
        raise CatalogueError(source.name, place, f"is not valid YAML ({getattr(error, 'problem', error)}); correct it") from error
    if not isinstance(document, dict):
        raise CatalogueError(source.name, "the file", "must hold a mapping at its top level")
    return document, content


class Entry:
    """A mapping under inspection, with the file and the name to complain under."""

    def __init__(self, file: str, name: str, value: object) -> None:
        """Raises CatalogueError when `value` is not a mapping."""
        self.file = file
        self.name = name
        if not isinstance(value, dict):
            raise self.error("must be a mapping of keys to values")
        self._value: Mapping[str, Any] = value

    def error(self, remedy: str) -> CatalogueError:
        """An error about this entry, to be raised by the caller."""
        return CatalogueError(self.file, self.name, remedy)

    def only(self, *, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Check that the keys are exactly the known ones. Raises CatalogueError naming the first that is not, or is missing."""
        required, optional = tuple(required), tuple(optional)
        known = required + optional
        for key in self._value:
            if key not in known:
                raise self.error(f"unknown key {key!r}{_suggestion(str(key), known)}; known keys are {', '.join(known)}")
        for key in required:
            if key not in self._value:
                raise self.error(f"lacks the key {key!r}; add it")

    def has(self, key: str) -> bool:
        """Whether the key is written in the file."""
        return key in self._value

    def text(self, key: str, *, at_least: int = 1) -> str:
        """A string of at least so many characters. Raises CatalogueError when it is missing, not text, or shorter."""
        value = self._value.get(key)
        if value is None:
            raise self.error(f"{key} is missing; write it")
        if not isinstance(value, str):
            raise self.error(f"{key} must be text, not {value!r}; put it in quotes")
        value = value.strip()
        if len(value) < at_least:
            raise self.error(f"{key} has {len(value)} characters; write at least {at_least}")
        return value

    def word(self, key: str, words: type[E]) -> E:
        """One member of a closed list. Raises CatalogueError listing the members."""
        return self._member(key, self.text(key), words)

    def words(self, key: str, words: type[E]) -> tuple[E, ...]:
        """A list of members of a closed list, without repetition."""
        return tuple(self._member(key, text, words) for text in self.texts(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A non-empty list of texts without repetition. Raises CatalogueError otherwise."""
        texts = []
        for value in self.items(key):
            if not isinstance(value, str) or not value.strip():
                raise self.error(f"{key} holds {value!r}; every item must be text (put it in quotes)")
            if value in texts:
                raise self.error(f"{key} names {value!r} twice; keep one")
            texts.append(value)
        return tuple(texts)

    def items(self, key: str) -> list[Any]:
        """A non-empty list. Raises CatalogueError otherwise."""
        value = self._value.get(key)
        if not isinstance(value, list) or not value:
            raise self.error(f"{key} must be a list with at least one item")
        return value

    def flag(self, key: str) -> bool:
        """true or false. Raises CatalogueError otherwise."""
        value = self._value.get(key)
        if not isinstance(value, bool):
            raise self.error(f"{key} must be true or false, not {value!r}")
        return value

    def number(self, key: str, *, at_least: int, at_most: int) -> int:
        """A whole number between two bounds, both allowed. Raises CatalogueError otherwise."""
        value = self._value.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= at_most:
            raise self.error(f"{key} must be a whole number from {at_least} to {at_most}, not {value!r}")
        return value

    def is_null(self, key: str) -> bool:
        """Whether the key is written with the value null."""
        return key in self._value and self._value[key] is None

    def _member(self, key: str, text: str, words: type[E]) -> E:
        try:
            return words(text)
        except ValueError:
            known = tuple(words)
            raise self.error(f"{key} is {text!r}{_suggestion(text, known)}; choose one of {', '.join(known)}") from None


def _suggestion(text: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(text, [str(word) for word in known], n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def unknown(kind: str, text: str, known: Iterable[str]) -> str:
    """A sentence part for a reference that leads nowhere, with the nearest existing name where one is near."""
    return f"there is no {kind} {text!r}{_suggestion(text, known)}"
