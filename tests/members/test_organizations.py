"""Creating organizations, and changing what they are."""

import dataclasses

import pytest
from django.core.exceptions import ValidationError

from compliance.members.models import Membership, User
from compliance.members.refusals import MayNotCreate
from compliance.members.roles import Role
from compliance.members.services.organizations import change_organization, create_organization
from compliance.tenancy.models import FormerSlug, Organization
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from tests.conftest import actor_of

SETTINGS = {"time_zone": "Europe/Berlin", "first_weekday": 0, "holidays": [], "idle_minutes": 720}


@pytest.fixture
def olga(db):
    """The operator."""
    return User.objects.create_user("olga@host.example", "a long enough password", name="Olga Host", is_operator=True)


@pytest.fixture
def anyone_creates(settings):
    """WHO_MAY_CREATE_ORGANIZATIONS=anyone."""
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, who_may_create_organizations="anyone")


def test_an_operator_creates_an_organization_and_is_its_first_admin(olga):
    made = create_organization(user=olga, name="Larkspur", slug="larkspur", time_zone="Europe/Oslo")
    with scope(made.pk):
        assert [(each.user, each.role) for each in Membership.objects.select_related("user")] == [(olga, Role.ADMIN)]
        assert list(Entry.objects.values_list("name", "actor_name", "subject_name")) == [("organization.created", "Olga Host", "Larkspur")]


def test_others_create_none_unless_the_operator_allows_it(tom, anyone_creates):
    assert create_organization(user=tom, name="Larkspur", slug="larkspur").name == "Larkspur"


def test_a_member_may_not_create_an_organization_by_default(tom, browser_of):
    with pytest.raises(MayNotCreate):
        create_organization(user=tom, name="Larkspur", slug="larkspur")
    assert browser_of(tom).post("/organizations/new/", {"name": "Larkspur", "time_zone": "UTC"}).status_code == 403
    assert not Organization.objects.filter(slug="larkspur").exists()


@pytest.mark.parametrize("slug", ["api", "Larkspur", "-lark", "a b", "fernhill", ""])
def test_a_slug_that_cannot_be_an_address_is_refused(fernhill, olga, slug):
    with pytest.raises(ValidationError) as refused:
        create_organization(user=olga, name="Larkspur", slug=slug)
    assert list(refused.value.message_dict) == ["slug"]
    assert Organization.objects.count() == 1


def test_the_page_makes_the_address_from_the_name(olga, browser_of):
    answer = browser_of(olga).post("/organizations/new/", {"name": "Larkspur & Sons", "time_zone": "Europe/Oslo"})
    assert answer["Location"] == "/larkspur-sons/"


def test_a_changed_slug_redirects_members_and_stays_unknown_to_others(fernhill, marta, rival, browser_of):
    with scope(fernhill.pk):
        change_organization(actor=actor_of(marta), name="Fernhill", slug="fernhill-labs", **SETTINGS)
    answer = browser_of(marta).get("/fernhill/settings/members/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/fernhill-labs/settings/members/?x=1")
    assert browser_of(marta).get("/fernhill-labs/settings/members/").status_code == 200
    assert browser_of(rival).get("/fernhill/settings/members/").status_code == 404


def test_a_slug_is_taken_back_and_cannot_be_taken_by_another(fernhill, marta, olga):
    with scope(fernhill.pk):
        change_organization(actor=actor_of(marta), name="Fernhill", slug="fernhill-labs", **SETTINGS)
    with pytest.raises(ValidationError, match="still lead here"):
        create_organization(user=olga, name="Other", slug="fernhill")
    with scope(fernhill.pk):
        change_organization(actor=actor_of(marta), name="Fernhill", slug="fernhill", **SETTINGS)
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["fernhill-labs"]


def test_what_changed_is_on_the_trail_before_and_after(fernhill, marta, browser_of):
    form = {"name": "Fernhill", "slug": "fernhill", "time_zone": "Europe/Paris", "first_weekday": "6", "idle_minutes": "60"}
    answer = browser_of(marta).post("/fernhill/settings/", form | {"holidays": "2026-12-25\n2026-01-01"})
    assert answer["Location"] == "/fernhill/settings/"
    fernhill.refresh_from_db()
    assert (fernhill.first_weekday, fernhill.idle_minutes, fernhill.holidays) == (6, 60, ["2026-01-01", "2026-12-25"])
    with scope(fernhill.pk):
        entry = Entry.objects.get(name="organization.changed")
    assert entry.detail["before"] == {"time_zone": "Europe/Berlin", "first_weekday": 0, "holidays": [], "idle_minutes": 720}
    assert entry.detail["after"]["time_zone"] == "Europe/Paris"


def test_saving_what_holds_already_writes_nothing(fernhill, marta):
    with scope(fernhill.pk):
        change_organization(actor=actor_of(marta), name="Fernhill", slug="fernhill", **SETTINGS)
        assert not Entry.objects.filter(name="organization.changed").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Europe/Atlantis"),
        ("holidays", "Christmas"),
        ("idle_minutes", "1"),
        ("first_weekday", "9"),
        ("slug", "admin"),
        ("name", ""),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_on_its_field_and_nothing_is_saved(fernhill, marta, browser_of, field, value):
    good = {"name": "Renamed", "slug": "fernhill", "time_zone": "UTC", "first_weekday": "0", "idle_minutes": "60", "holidays": ""}
    answer = browser_of(marta).post("/fernhill/settings/", good | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    fernhill.refresh_from_db()
    assert fernhill.name == "Fernhill"


def test_only_admins_change_settings(priya, marta, browser_of):
    assert browser_of(priya).get("/fernhill/settings/").status_code == 403
    assert browser_of(marta).get("/fernhill/settings/").status_code == 200
