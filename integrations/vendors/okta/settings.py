"""What a connection to Okta is set up with. No SDK is imported here, because pages show these fields."""

import json
from urllib.parse import urlsplit

from integrations.transport.contract import Setting
from integrations.transport.typed import flaw_of_pem, flaw_of_site, flaw_of_token

KEY = "okta"
NAME = "Okta"
FACTORS_READ = "read"
FACTORS_SKIPPED = "skip"


def flaw_of_organization(text: str) -> str:
    """What is wrong with the organization's address, in words; "" when nothing is."""
    if flaw := flaw_of_site(text):
        return flaw
    if (urlsplit(text).hostname or "").partition(".")[0].endswith("-admin"):
        return "This is the address of the administrators' pages; leave out -admin."
    return ""


def flaw_of_key(text: str) -> str:
    """What is wrong with a private key in PEM or as JWK, in words; "" when nothing is."""
    if not text.lstrip().startswith("{"):
        return flaw_of_pem(text)
    try:
        key = json.loads(text)
    except ValueError:
        return "This begins like JSON and is none; paste the whole key, from { to }."
    return "" if "d" in key else "This is the public key; the private one has a part called d."


SETTINGS = (
    Setting(
        name="org_url",
        label="Address of the organization",
        hint="As it stands in the browser, without -admin: https://COMPANY.okta.com, or your own domain for it.",
        flaw=flaw_of_organization,
    ),
    Setting(
        name="client_id",
        label="Client ID",
        hint="Of the API Services app made for this product (Applications > the app > General). Leave empty when using an API token.",
        required=False,
        flaw=flaw_of_token,
        beside=("private_key",),
        either="an app or an API token",
    ),
    Setting(
        name="private_key",
        label="Private key of the app",
        hint="The whole private key that Okta showed once when it was made, as PEM or as JWK (JSON).",
        secret=True,
        required=False,
        multiline=True,
        flaw=flaw_of_key,
        beside=("client_id",),
    ),
    Setting(
        name="key_id",
        label="Key ID",
        hint="Only if the app has several keys and yours is a PEM: the KID that stands beside it.",
        required=False,
    ),
    Setting(
        name="token",
        label="API token",
        hint="Only if an app is impossible: an API token made by an account with the role Read-only Administrator and no other.",
        secret=True,
        required=False,
        flaw=flaw_of_token,
        either="an app or an API token",
    ),
    Setting(
        name="factors",
        label="Second factors",
        hint="Okta tells them one person at a time: one call for each enabled account at every reading.",
        required=False,
        choices=((FACTORS_READ, "Read them"), (FACTORS_SKIPPED, "Do not read them; the check of second factors then has no data")),
        default=FACTORS_READ,
    ),
)
