"""Operators: made on the command line or by a link that works once; what they see."""

import dataclasses
import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from compliance.members.models import OperatorLink, User
from compliance.members.services.operators import new_operator_link

PASSWORD = "plumb lines hang straight down"
FORM = {"name": "Olga Host", "email": "olga@host.example", "password": PASSWORD}


@pytest.fixture
def olga(db):
    """The operator."""
    return User.objects.create_user("olga@host.example", PASSWORD, name="Olga Host", is_operator=True)


def path_of(link):
    return urlsplit(link).path


def test_the_command_line_makes_an_operator_with_the_password_from_standard_input(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("create_operator", email="olga@host.example", name="Olga Host", stdout=io.StringIO())
    olga = User.objects.get()
    assert (olga.is_operator, olga.check_password(PASSWORD)) == (True, True)


def test_a_weak_password_makes_no_operator(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="at least 12 characters"):
        call_command("create_operator", email="olga@host.example", name="Olga Host", stdout=io.StringIO())
    assert not User.objects.exists()


def test_an_existing_user_becomes_operator_and_keeps_the_password(tom, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("another long password\n"))
    call_command("create_operator", email="TOM@fernhill.example", name="Tom", stdout=io.StringIO())
    tom.refresh_from_db()
    assert (tom.is_operator, tom.check_password("a long enough password")) == (True, True)


def test_the_link_makes_one_operator_once(db):
    said = io.StringIO()
    call_command("operator_link", stdout=said)
    link = path_of(re.search(r"http\S+", said.getvalue())[0])
    client = Client()
    assert client.get(link).status_code == 200
    assert client.post(link, FORM)["Location"] == "/organizations/new/"
    assert client.get("/instance/").status_code == 200
    second = Client().post(link, FORM | {"email": "mallory@host.example"})
    assert second.status_code == 404
    assert list(User.objects.values_list("email", "is_operator")) == [("olga@host.example", True)]


def test_a_refused_form_does_not_spend_the_link(db):
    link = path_of(new_operator_link(now=datetime.now(UTC)))
    assert Client().post(link, FORM | {"password": "short"}).status_code == 422
    assert not User.objects.exists()
    assert Client().post(link, FORM).status_code == 302


def test_the_link_cannot_take_over_an_account(tom):
    link = path_of(new_operator_link(now=datetime.now(UTC)))
    assert Client().post(link, FORM | {"email": tom.email}).status_code == 422
    tom.refresh_from_db()
    assert not tom.is_operator


def test_an_old_link_and_one_replaced_by_another_are_closed(db):
    replaced = path_of(new_operator_link(now=datetime.now(UTC)))
    old = path_of(new_operator_link(now=datetime.now(UTC) - timedelta(hours=25)))
    for link in (replaced, old):
        assert Client().get(link).status_code == 404
    assert OperatorLink.objects.filter(used_at=None).count() == 1


def test_the_instance_page_is_for_operators_and_shows_counts_without_names(olga, fernhill, marta, browser_of):
    assert Client().get("/instance/")["Location"] == "/accounts/login/?next=/instance/"
    assert browser_of(marta).get("/instance/").status_code == 403
    page = browser_of(olga).get("/instance/")
    assert page.status_code == 200
    assert page.context["figures"].organizations == 1
    assert b"Fernhill" not in page.content and b"marta" not in page.content


def test_the_doctor_looks_for_operators_only_and_says_what_to_mend(olga, marta, browser_of):
    assert browser_of(marta).get("/instance/doctor/").status_code == 403
    page = browser_of(olga).get("/instance/doctor/")
    assert page.status_code == 200
    seen = [(each.subject, each.level) for each, _ in page.context["findings"]]
    assert ("application login", "ok") in seen
    assert page.context["bad"] == sum(level != "ok" for _, level in seen)


def test_an_operator_sees_no_organizations_data_by_that_right(olga, fernhill, marta, browser_of):
    client = browser_of(olga)
    for address in ("/fernhill/settings/members/", "/fernhill/settings/trail/", "/api/v1/fernhill/members/"):
        assert client.get(address).status_code == 404


def test_anybody_reads_which_version_this_is(db):
    assert b"Apache License 2.0" in Client().get("/about/").content


@pytest.fixture
def kept_mail(settings, tmp_path):
    """A mail folder with one mail to Fernhill and one to somebody real."""
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, var_dir=tmp_path, smtp_url=None)
    folder = tmp_path / "mail"
    folder.mkdir()
    head = "X-Envelope-From: p@h.example\r\nX-Envelope-To: {}\r\nFrom: p@h.example\r\nSubject: {}\r\nContent-Type: text/html\r\n\r\n"
    body = "<p>Open <script>alert(1)</script>https://host.example/x_1. Now</p>"
    (folder / "20261124T101010.000001Z-0a0b0c0d.eml").write_bytes((head.format("marta@fernhill.example", "For Marta") + body).encode())
    (folder / "20261124T101011.000001Z-0a0b0c0e.eml").write_bytes((head.format("real@company.com", "For a real person") + body).encode())
    return folder


def test_operators_read_all_kept_mail_as_text(olga, kept_mail, browser_of):
    client = browser_of(olga)
    listed = client.get("/mail/").content
    assert b"For Marta" in listed and b"For a real person" in listed
    shown = client.get("/mail/20261124T101010.000001Z-0a0b0c0d/").content
    assert b"alert(1)" not in shown
    assert b'href="https://host.example/x_1"' in shown


def test_in_a_demo_everybody_reads_mail_to_invented_addresses_only(fernhill, kept_mail):
    listed = Client().get("/mail/").content
    assert b"For Marta" in listed and b"For a real person" not in listed
    assert Client().get("/mail/20261124T101010.000001Z-0a0b0c0d/").status_code == 200
    assert Client().get("/mail/20261124T101011.000001Z-0a0b0c0e/").status_code == 404


def test_outside_a_demo_members_do_not_read_kept_mail(fernhill, marta, kept_mail, browser_of):
    fernhill.is_demo = False
    fernhill.save()
    assert browser_of(marta).get("/mail/").status_code == 403
    assert Client().get("/mail/").status_code == 302


def test_where_a_mail_server_is_set_there_is_no_mail_page(olga, settings, browser_of):
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, smtp_url="smtp://mail.example:25")
    assert browser_of(olga).get("/mail/").status_code == 404


def test_no_file_outside_the_mail_folder_is_shown(olga, kept_mail, browser_of):
    (kept_mail.parent / "20261124T101010.000001Z-0a0b0c0f.eml").write_text("Subject: secret\n\nx")
    for name in ("..%2F20261124T101010.000001Z-0a0b0c0f", "20261124T101010.000001Z-0a0b0c0f", "x"):
        assert browser_of(olga).get(f"/mail/{name}/").status_code == 404
