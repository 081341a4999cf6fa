"""Several independent questions to the database in one round trip.

A page asks a handful of small things that do not depend on each other. Each of them alone costs more on its way (round trip, declaration of
the scope, planning) than in the database. `ask` makes one statement of them; the rows come back as JSON and are turned into what the
queries would have given. Row-level security and the scoped manager hold for each part as they hold for it alone.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BinaryField, QuerySet

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A SELECT with `%s` placeholders; `readers` turn each column's JSON value into what it is, `made` turns a row into what is wanted.
    An empty `sql` is a question that is known to have no answer."""

    sql: str
    params: tuple[Any, ...]
    readers: tuple[Reader, ...]
    made: Callable[[Sequence[Any]], Any] = tuple

    @property
    def columns(self) -> str:
        """Names for the columns, which may have none or the same of their own."""
        return ", ".join(f"c{number}" for number in range(len(self.readers)))

    def rows(self, answer: Iterable[Sequence[Any]]) -> list[Any]:
        """What the JSON rows say."""
        columns = [
            [None if value is None else read(value) for value in column]
            for read, column in zip(self.readers, zip(*answer, strict=True), strict=True)
        ]  # by columns: a loop over a column is several times as fast as one over the cells of each row
        return [self.made(row) for row in zip(*columns, strict=True)]


def question(queryset: QuerySet) -> Question:
    """The question that a queryset asks: of models (without select_related, nothing deferred) or of `values_list(…)` of fields.
    Raises ValueError for another one."""
    compiler = queryset.query.get_compiler(connection=connection)
    if queryset.query.select_related:
        raise ValueError("rows of several models cannot be made from one answer; ask for values_list(…)")
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Question("", (), ())
    fields = [expression.output_field for expression, _sql, _alias in compiler.select]
    if any(isinstance(field, BinaryField) for field in fields):
        raise ValueError("bytes do not travel in JSON; ask for them alone")
    readers = tuple(field.to_python for field in fields)
    if queryset._fields is not None:  # values() and values_list() set it, models leave it empty
        return Question(sql, tuple(params), readers)
    names, model = [field.attname for field in fields], queryset.model
    return Question(sql, tuple(params), readers, lambda row: model.from_db(connection.alias, names, row))


def ask(*asked: Question | QuerySet) -> list[list[Any]]:
    """The rows of each question, in the order of the questions, by one statement."""
    questions = [each if isinstance(each, Question) else question(each) for each in asked]
    parts = [
        f"(SELECT json_agg(json_build_array({each.columns})) FROM ({each.sql}) asked ({each.columns}))::text" if each.sql else "NULL"
        for each in questions
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [param for each in questions for param in each.params])
        answers = cursor.fetchone()
    return [each.rows(json.loads(answer)) if answer else [] for each, answer in zip(questions, answers, strict=True)]
