"""JQL as far as the twin knows it, parsed properly: what is not known is refused with a 400, as Jira does, never ignored.

Grammar: `or` of `and` of `not` of clauses in parentheses or bare; then ORDER BY. Times are in the asking user's zone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.sandbox.jira.answers import Refused
from integrations.sandbox.jira.state import CATEGORIES, Issue, State

TOKEN = re.compile(r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<sign><=|>=|!=|!~|[=<>~(),])|(?P<word>[^\s=<>!~(),"']+))""")
ALIASES = {"type": "issuetype", "issue": "key", "issuekey": "key", "id": "key"}
EQUALITY, ORDERED = ("=", "!=", "in", "not in", "is", "is not"), ("=", "!=", "<", "<=", ">", ">=", "is", "is not")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "project": EQUALITY, "issuetype": EQUALITY, "status": EQUALITY, "statuscategory": EQUALITY, "priority": EQUALITY, "labels": EQUALITY,
    "component": EQUALITY, "assignee": EQUALITY, "reporter": EQUALITY, "key": (*EQUALITY, "<", "<=", ">", ">="), "created": ORDERED,
    "updated": ORDERED, "resolved": ORDERED,
}  # fmt: skip
TIMES = ("created", "updated", "resolved")
SORTABLE = ("created", "updated", "key", "priority", "project")
FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
RELATIVE = re.compile(r"([+-]?)(\d+)([wdhm])")
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
Test = Callable[[Issue], bool]


@dataclass(frozen=True)
class Query:
    """A parsed query: which tickets, in which order."""

    test: Test
    order: tuple[tuple[str, bool], ...]  # (field, descending)
    bounded: bool

    def sorted(self, issues: Sequence[Issue]) -> list[Issue]:
        """The tickets that fit, ordered; by id where nothing else decides."""
        found = sorted((each for each in issues if self.test(each)), key=lambda each: each.id)
        for name, descending in reversed(self.order):
            found.sort(key=lambda each, name=name: _sort_key(each, name), reverse=descending)
        return found


def _sort_key(issue: Issue, name: str) -> Any:
    if name in TIMES:
        return getattr(issue, name) or datetime.min.replace(tzinfo=UTC)
    if name == "key":
        return issue.project, int(issue.key.rpartition("-")[2])
    return getattr(issue, name)


def parse(text: str, state: State, zone: str) -> Query:
    """Raises Refused(400) in Jira's words."""
    return _Parser(text, state, ZoneInfo(zone)).query()


class _Parser:
    def __init__(self, text: str, state: State, zone: ZoneInfo) -> None:
        self.state, self.zone = state, zone
        self.tokens = self._tokens(text)
        self.place = 0
        self.restricted = False

    @staticmethod
    def _tokens(text: str) -> list[tuple[str, str]]:
        found, place, text = [], 0, text.rstrip()
        while place < len(text):
            match = TOKEN.match(text, place)
            if match is None:
                raise _wrong(f"The character '{text[place:].strip()[:1]}' is a reserved JQL character.")
            kind = str(match.lastgroup)
            value = match[kind]
            found.append((kind, re.sub(r"\\(.)", r"\1", value[1:-1]) if kind == "text" else value))
            place = match.end()
        return found

    # -- tokens ----------------------------------------------------------------------------------------------------------

    def peek(self, *words: str) -> bool:
        if self.place >= len(self.tokens):
            return False
        kind, value = self.tokens[self.place]
        return kind != "text" and value.lower() in words

    def take(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise _wrong("The JQL query is not complete.")
        self.place += 1
        return self.tokens[self.place - 1]

    def skip(self, *words: str) -> bool:
        if self.peek(*words):
            self.place += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.skip(word):
            found = self.tokens[self.place][1] if self.place < len(self.tokens) else "the end"
            raise _wrong(f"Expecting '{word}' but got '{found}'.")

    # -- grammar ---------------------------------------------------------------------------------------------------------

    def query(self) -> Query:
        test: Test = (lambda issue: True) if not self.tokens or self.peek("order") else self.either()
        order = []
        if self.skip("order"):
            self.expect("by")
            order.append(self.sorting())
            while self.skip(","):
                order.append(self.sorting())
        if self.place < len(self.tokens):
            raise _wrong(f"Expecting either 'OR' or 'AND' but got '{self.tokens[self.place][1]}'.")
        return Query(test, tuple(order), self.restricted)

    def sorting(self) -> tuple[str, bool]:
        name = ALIASES.get(word := self.take()[1].lower(), word)
        if name not in SORTABLE:
            raise _wrong(f"Not able to sort using field '{word}'.")
        descending = self.skip("desc")
        if not descending:
            self.skip("asc")
        return name, descending

    def either(self) -> Test:
        tests = [self.both()]
        while self.skip("or", "||"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda issue: any(each(issue) for each in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self.skip("and", "&&"):
            tests.append(self.single())
        return tests[0] if len(tests) == 1 else lambda issue: all(each(issue) for each in tests)

    def single(self) -> Test:
        if self.skip("not"):
            inner = self.single()
            return lambda issue: not inner(issue)
        if self.skip("("):
            inner = self.either()
            self.expect(")")
            return inner
        return self.clause()

    def clause(self) -> Test:
        _kind, word = self.take()
        name = ALIASES.get(word.lower(), word.lower())
        if name not in FIELDS:
            raise _wrong(f"Field '{word}' does not exist or you do not have permission to view it.")
        sign = self.sign()
        if sign not in FIELDS[name]:
            raise _wrong(f"The operator '{sign}' is not supported by the '{word}' field.")
        self.restricted = True
        if sign in ("is", "is not"):
            if not self.skip("empty", "null"):
                raise _wrong(f"The operator '{sign}' supports only EMPTY and NULL.")
            return lambda issue: (not _held(issue, name, self.state)) == (sign == "is")
        values = self.values(sign in ("in", "not in"))
        if name in TIMES:
            instant = self.instant(values[0])
            return lambda issue: _compared(getattr(issue, name), sign, instant)
        wanted = {self.known(name, word, value) for value in values}
        if name == "key" and sign in ("<", "<=", ">", ">="):
            raise _wrong("The twin compares keys by equality only.")
        if sign in ("=", "in"):
            return lambda issue: bool(_held(issue, name, self.state) & wanted)
        return lambda issue: bool(_held(issue, name, self.state)) and not _held(issue, name, self.state) & wanted

    def sign(self) -> str:
        kind, value = self.take()
        sign = value.lower()
        if kind == "text":
            raise _wrong(f"Expecting operator but got '{value}'.")
        if sign == "not":
            self.expect("in")
            return "not in"
        if sign == "is":
            return "is not" if self.skip("not") else "is"
        if sign not in ("=", "!=", "<", "<=", ">", ">=", "in"):
            raise _wrong(
                f"Expecting operator but got '{value}'. The valid operators are '=', '!=', '<', '>', '<=', '>=', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
            )
        return sign

    def values(self, many: bool) -> list[str]:
        if not many:
            value = self.take()[1]
            return [f"{value}()"] if self.skip("(") and self.expect(")") is None else [value]
        self.expect("(")
        found = [self.take()[1]]
        while self.skip(","):
            found.append(self.take()[1])
        self.expect(")")
        return found

    # -- values ----------------------------------------------------------------------------------------------------------

    def instant(self, value: str) -> datetime:
        now = self.state.clock.now()
        if value.endswith("()"):
            if value.lower() != "now()":
                raise _wrong(f"Unable to find JQL function '{value}'.")
            return now
        relative = RELATIVE.fullmatch(value)
        if relative is not None:
            span = timedelta(**{UNITS[relative[3]]: int(relative[2])})
            return now - span if relative[1] == "-" else now + span
        for form in FORMATS:
            try:
                return datetime.strptime(value, form).replace(tzinfo=self.zone).astimezone(UTC)
            except ValueError:
                continue
        raise _wrong(
            f"Date value '{value}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', "
            "or a period format e.g. '-5d', '4w 2d'."
        )

    def known(self, name: str, word: str, value: str) -> str:
        """The value as tickets hold it. Raises Refused for one that does not exist, where Jira checks that."""
        state = self.state
        if name == "project":
            found = next(
                (each for each in state.projects.values() if value.lower() in (each.key.lower(), each.id, each.name.lower())), None
            )
            if found is None:
                raise _wrong(f"The value '{value}' does not exist for the field 'project'.")
            return found.key
        if name == "statuscategory":
            by_name = {label.lower(): key for key, (_number, label) in CATEGORIES.items()} | {each: each for each in CATEGORIES}
            if value.lower() not in by_name:
                raise _wrong(f"The value '{value}' does not exist for the field 'statusCategory'.")
            return by_name[value.lower()]
        known = {
            "issuetype": {each for home in state.projects.values() for each in home.types},
            "status": {each for home in state.projects.values() for each in home.statuses},
        }.get(name)
        if known is not None:
            held = next((each for each in known if each.lower() == value.lower()), None)
            if held is None:
                raise _wrong(f"The value '{value}' does not exist for the field '{word}'.")
            return held
        if name == "key":
            try:
                return str(state.issue(value.upper()).id)
            except KeyError:
                raise _wrong(f"An issue with key '{value}' does not exist for field '{word}'.") from None
        return value


def _held(issue: Issue, name: str, state: State) -> set[str]:
    held: Any
    match name:
        case "key":
            return {str(issue.id)}
        case "labels":
            return set(issue.labels)
        case "component":
            return set(issue.components)
        case "issuetype":
            return {issue.type}
        case "statuscategory":
            return {state.projects[issue.project].statuses[issue.status]}
        case _:
            held = getattr(issue, name)
    return {held} if held else set()


def _compared(held: datetime | None, sign: str, instant: datetime) -> bool:
    if held is None:
        return False
    held = held.replace(second=0, microsecond=0)  # JQL knows minutes
    return {
        "=": held == instant,
        "!=": held != instant,
        "<": held < instant,
        "<=": held <= instant,
        ">": held > instant,
        ">=": held >= instant,
    }[sign]


def _wrong(message: str) -> Refused:
    return Refused(400, f"Error in the JQL Query: {message}" if message.startswith(("Expecting", "The character", "The JQL")) else message)
