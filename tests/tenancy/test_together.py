"""Questions asked together are answered as they are alone, behind the same walls."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.tenancy.scope import NoScope, scope
from compliance.tenancy.together import Question, ask, question
from compliance.work.models import Problem
from controls.models import Control, Criterion
from evidence.models import Record
from tests.conftest import arranging

ODD = 'Ünïcode "quotes" \\ and %s and \u202e'


def problem(organization, cause, **more):
    with arranging(organization):
        now = timezone.now()
        return Problem.objects.create(cause=cause, title=ODD, severity="high", about_kind="test", opened_at=now, last_seen_at=now, **more)


def test_answers_are_those_of_the_same_questions_one_by_one(fernhill):
    problem(fernhill, "b", affected=2)
    problem(fernhill, "a", due_at=timezone.now())
    problems = Problem.objects
    with scope(fernhill.pk), CaptureQueriesContext(connection) as taken:
        models, pairs, criteria, none = ask(
            problems.order_by("cause"), problems.order_by("-affected").values_list("affected", "due_at")[:1], Criterion.objects.all(),
            Control.objects.none(),
        )  # fmt: skip
    assert len(taken) == 1
    with scope(fernhill.pk):
        alone = list(Problem.objects.order_by("cause"))
    fields = [field.attname for field in Problem._meta.concrete_fields]
    assert [[getattr(each, name) for name in fields] for each in models] == [[getattr(each, name) for name in fields] for each in alone]
    assert pairs == [(2, None)]
    assert criteria == list(Criterion.objects.all())
    assert none == []


def test_what_belongs_to_another_organization_is_in_no_answer(fernhill, brackwater):
    problem(fernhill, "ours")
    with scope(brackwater.pk):
        (found,) = ask(Problem.objects.all())
        raw = Question("SELECT cause FROM work_problem", (), (str,))
        assert found == [] and ask(raw) == [[]]  # the second wall alone holds too
    with pytest.raises(NoScope):
        ask(Problem.objects.all())


def test_what_cannot_be_made_from_one_answer_is_refused(fernhill):
    with scope(fernhill.pk):
        with pytest.raises(ValueError, match="values_list"):
            question(Problem.objects.select_related("owner"))
        with pytest.raises(ValueError, match="bytes"):
            question(Record.objects.all())
