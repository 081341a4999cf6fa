"""What is typed into a connect form is looked at before anything is saved, and is told where it stands."""

from html import unescape

import pytest

from compliance.tenancy.scope import scope
from integrations.cards import cards
from integrations.models import Connection

PEM = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"
GOOD = {
    "aws": {"role_arn": "arn:aws:iam::123456789012:role/plumbline-reader", "region": "us-east-1", "regions": "eu-central-1, us-east-1"},
    "github": {"organization": "fernhill", "app_id": "1234", "private_key": PEM},
    "okta": {"org_url": "https://fernhill.okta.com", "client_id": "0oa1", "private_key": '{"kty": "RSA", "n": "…", "d": "…"}'},
    "bamboohr": {"company": "fernhill", "api_key": "abc", "time_zones": "Berlin = Europe/Berlin\nUTC"},
    "jira": {
        "site_url": "https://fernhill.atlassian.net",
        "email": "jonas@fernhill.example",
        "api_token": "ATATT-1",
        "projects": "SEC, OPS",
    },
}
WRONG = [
    ("aws", {"role_arn": "plumbline-reader"}, "role_arn", "looks like arn:aws:iam::123456789012:role/plumbline-reader"),
    ("aws", {"role_arn": "arn:aws:iam::123456789012:user/ada"}, "role_arn", "a user's ARN"),
    ("aws", {"role_arn": "arn:aws:iam::12345:role/x"}, "role_arn", "looks like"),
    ("aws", {"role_arn": "arn:aws:sts::123456789012:assumed-role/x/y"}, "role_arn", "a session of a role"),
    ("aws", {"region": "Frankfurt"}, "region", "is no region of AWS"),
    ("aws", {"regions": "eu-centrl-1"}, "regions", "did you mean eu-central-1?"),
    ("aws", {"role_arn": "", "access_key_id": "AKIA1"}, "access_key_id", "needs Secret access key as well"),
    ("aws", {"role_arn": ""}, "role_arn", "Give a role or an access key"),
    ("github", {"organization": "https://github.com/fernhill"}, "organization", "Only the name"),
    ("github", {"app_id": "my-app"}, "app_id", "Only digits"),
    ("github", {"private_key": "MIIB"}, "private_key", "the whole PEM file"),
    ("github", {"private_key": ""}, "app_id", "needs Private key of the app as well"),
    ("github", {"app_id": "", "private_key": ""}, "app_id", "Give an app or a token"),
    ("okta", {"org_url": "https://fernhill-admin.okta.com"}, "org_url", "leave out -admin"),
    ("okta", {"org_url": "https://fernhill.okta.com/app/UserHome"}, "org_url", "after the host"),
    ("okta", {"private_key": '{"kty": "RSA", "n": "…"}'}, "private_key", "the public key"),
    ("okta", {"client_id": "", "private_key": ""}, "client_id", "Give an app or an API token"),
    ("bamboohr", {"company": "fernhill.bamboohr.com"}, "company", "Only the NAME"),
    ("bamboohr", {"time_zones": "Berlin = Europe/Berlun"}, "time_zones", "“Europe/Berlun” is no time zone"),
    ("bamboohr", {"api_key": "a b"}, "api_key", "characters that no such value has"),
    ("jira", {"email": "jonas"}, "email", "no e-mail address"),
    ("jira", {"email": ""}, "api_token", "needs E-mail address of the account as well"),
    ("jira", {"projects": "security"}, "projects", "no project's key"),
    ("jira", {"site_url": "fernhill.atlassian.net"}, "site_url", "starts with https://"),
]


@pytest.fixture
def browser(browser_of, marta):
    return browser_of(marta)


def sent(browser, vendor, changed=None):
    return browser.post(
        f"/fernhill/connections/new/{vendor}/", {"name": vendor, "cadence_minutes": "60", **GOOD[vendor], **(changed or {})}
    )


def made(fernhill):
    with scope(fernhill.pk):
        return list(Connection.objects.values_list("vendor", flat=True))


def test_what_is_right_is_saved_for_every_vendor_that_we_bring(fernhill, browser):
    assert {vendor: sent(browser, vendor).status_code for vendor in cards()} == dict.fromkeys(GOOD, 302)
    assert sorted(made(fernhill)) == sorted(GOOD)


@pytest.mark.parametrize(("vendor", "changed", "field", "words"), WRONG)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_saved(fernhill, browser, vendor, changed, field, words):
    answer = sent(browser, vendor, changed)
    page = answer.content.decode()
    assert answer.status_code == 422
    told = page.split(f'id="f-{field}"')[1].split("<label")[0]
    assert 'aria-invalid="true"' in told and f'id="e-{field}"' in told
    assert words in unescape(told)
    assert made(fernhill) == []


def test_a_stored_secret_that_is_left_empty_is_not_looked_at_again(fernhill, browser):
    sent(browser, "jira")
    with scope(fernhill.pk):
        connection = Connection.objects.get()
    page = f"/fernhill/connections/{connection.pk}/"
    given = {**GOOD["jira"], "api_token": "", "projects": "IT", "name": "Jira", "cadence_minutes": "60"}
    assert browser.post(page, given).status_code == 302
    assert browser.post(page, {**given, "projects": "it"}).status_code == 422
    with scope(fernhill.pk):
        assert Connection.objects.get().settings["projects"] == "IT"
