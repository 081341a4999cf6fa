"""Two admins who leave at the same moment, each counting on the other: on real, parallel transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from compliance.members.models import Membership
from compliance.members.refusals import LastAdmin
from compliance.members.roles import Role
from compliance.members.services.memberships import remove_member
from compliance.tenancy.scope import scope
from tests.conftest import actor_of, arranging, member

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 20  # seconds that one side waits for the other before the test fails


@pytest.fixture
def two_admins(fernhill):
    """Memberships of Marta and Tom, both admins, and nobody else."""
    users = [member(fernhill, name, Role.ADMIN) for name in ("Marta Lindqvist", "Tom Okafor")]
    with scope(fernhill.pk):
        return [Membership.objects.select_related("user").get(user=user) for user in users]


def outcomes(work, memberships):
    """What each of two threads ended with: None or the error's class."""

    def guarded(membership):
        try:
            work(membership)
        except (IntegrityError, LastAdmin) as error:
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(guarded, memberships))


def admins(organization):
    with scope(organization.pk):
        return Membership.objects.filter(role=Role.ADMIN).count()


def test_through_the_service_one_of_them_is_told_to_stay(fernhill, two_admins):
    start = threading.Barrier(2, timeout=TOGETHER)

    def leave(membership):
        with scope(fernhill.pk):
            start.wait()
            remove_member(actor=actor_of(membership.user), membership=membership)

    assert sorted(outcomes(leave, two_admins), key=str) == sorted([LastAdmin, None], key=str)
    assert admins(fernhill) == 1


def test_past_the_service_the_database_refuses_the_second_commit(fernhill, two_admins):
    both_have_written = threading.Barrier(2, timeout=TOGETHER)

    def demote(membership):
        with arranging(fernhill):
            Membership.objects.filter(pk=membership.pk).update(role=Role.VIEWER)
            both_have_written.wait()

    assert sorted(outcomes(demote, two_admins), key=str) == sorted([IntegrityError, None], key=str)
    assert admins(fernhill) == 1
