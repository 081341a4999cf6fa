import datetime as dt
import re

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string

from compliance.ui import views

pytestmark = pytest.mark.usefixtures("only_the_interface")

PAGES = ("/styleguide/", "/list/", "/blank/", "/auth/", "/public/", "/plain/", "/audit/", "/error/")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=True)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_carries_inline_script_or_style(client, address):
    text = client.get(address).content.decode()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert all(attributes.strip() for attributes in re.findall(r"<script([^>]*)>", text))
    assert re.findall(r"<script[^>]*>([^<]*)</script>", text) == ["" for _ in re.findall(r"<script", text)]
    assert "<style" not in text


@pytest.mark.parametrize("address", PAGES)
def test_every_icon_that_is_used_is_in_the_sprite_and_ids_are_unique(client, address):
    text = client.get(address).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'href="#(i-[a-z0-9-]+)"', text))
    assert used <= set(ids)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_main_one_h1_and_a_way_past_the_sections(client, address):
    text = client.get(address).content.decode()
    assert len(re.findall(r"<main[\s>]", text)) == 1 and len(re.findall(r"<h1[\s>]", text)) == 1
    assert 'class="skip" href="#main"' in text and '<html lang="en">' in text


def test_only_the_sections_that_are_given_are_shown(client):
    text = client.get("/list/").content.decode()
    assert text.count('class="rail__link"') == 11, "ten sections and the phone's More"
    assert text.count('aria-current="page"') >= 1


def test_demo_data_are_said_to_be_invented(client):
    assert "Demo data." in client.get("/blank/").content.decode()
    assert "Demo data." not in client.get("/list/").content.decode()


def test_signing_out_is_a_post(client):
    text = client.get("/list/").content.decode()
    form = text[text.index('class="menu__form"') :].split("</form>")[0]
    assert 'method="post"' in form and "csrfmiddlewaretoken" in form


def test_the_app_stands_without_ruler_organizations_or_addresses():
    template = engines["django"].from_string('{% extends "layouts/app.html" %}{% block main %}<h1>Hello</h1>{% endblock %}')
    text = template.render(
        {"organization": {"name": "Fernhill"}, "membership": {"name": "Vera Holm"}, "rail": []}, RequestFactory().get("/")
    )
    assert "No period yet" in text and "data-palette>" not in text and "Sign out" not in text


def test_a_page_that_shows_the_past_says_so_and_leads_back_to_now():
    template = engines["django"].from_string('{% extends "layouts/app.html" %}{% block main %}<h1>Hello</h1>{% endblock %}')
    at = dt.datetime(2026, 7, 11, 8, 42, tzinfo=dt.UTC)
    text = template.render({"at": at, "zone": "Europe/Berlin", "rail": []}, RequestFactory().get("/fernhill/?at=x"))
    assert "11 Jul 2026, 10:42 CEST" in text and '<a class="inline-link" href="/fernhill/">Back to now</a>' in text


@pytest.mark.parametrize(
    ("view", "status"), [("refused", 403), ("csrf_refused", 403), ("not_found", 404), ("broken", 500), ("unready", 503)]
)
def test_what_went_wrong_is_said_with_its_status(view, status):
    request = RequestFactory().get("/somewhere/")
    request.request_id = "7F3A-19C2"
    response = import_string(f"compliance.ui.views.{view}")(request)
    text = response.content.decode()
    assert response.status_code == status and "7F3A-19C2" in text and "<h1>" in text
    assert "/somewhere/" not in text


def test_the_guide_is_the_same_at_every_call():
    def once() -> bytes:
        return re.sub(rb'"X-CSRFToken": "[^"]*"|value="[A-Za-z0-9]{64}"', b"", views.guide(RequestFactory().get("/")).content)

    assert once() == once()
