"""What a connection to GitHub is set up with. No SDK is imported here, because pages show these fields."""

import re

from integrations.transport.contract import Setting
from integrations.transport.typed import flaw_of_address, flaw_of_number, flaw_of_pem, flaw_of_token

KEY = "github"
NAME = "GitHub"
DEFAULT_BASE_URL = "https://api.github.com"
LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?=[A-Za-z0-9])){0,38}", re.ASCII)  # with _: users of managed enterprises


def flaw_of_organization(text: str) -> str:
    """What is wrong with an organization's name, in words; "" when nothing is."""
    if LOGIN.fullmatch(text):
        return ""
    return "Only the name, as it stands after github.com/: letters, digits and single hyphens."


SETTINGS = (
    Setting(
        name="organization",
        label="Organization",
        hint="The organization's name as it stands in its address: github.com/NAME",
        flaw=flaw_of_organization,
    ),
    Setting(
        name="app_id",
        label="App ID",
        hint="Of the GitHub App made for this product, on the app's settings page. Leave empty when using a token.",
        required=False,
        flaw=flaw_of_number,
        beside=("private_key",),
        either="an app or a token",
    ),
    Setting(
        name="installation_id",
        label="Installation ID",
        hint="The number at the end of the installation's address. Empty: it is looked up.",
        required=False,
        flaw=flaw_of_number,
    ),
    Setting(
        name="private_key",
        label="Private key of the app",
        hint="The whole PEM file that GitHub gave out, with its first and last line.",
        secret=True,
        required=False,
        multiline=True,
        flaw=flaw_of_pem,
        beside=("app_id",),
    ),
    Setting(
        name="token",
        label="Access token",
        hint="Only if an app is impossible: a fine-grained token of an owner with the read permissions of this page.",
        secret=True,
        required=False,
        flaw=flaw_of_token,
        either="an app or a token",
    ),
    Setting(
        name="webhook_secret",
        label="Webhook secret",
        hint="If GitHub shall tell us of changes at once: the secret that is also entered at the app's webhook.",
        secret=True,
        required=False,
    ),
    Setting(
        name="base_url",
        label="API address",
        hint="Only for GitHub Enterprise Server: https://HOST/api/v3. The operator must allow a host inside a private network.",
        required=False,
        default=DEFAULT_BASE_URL,
        flaw=flaw_of_address,
    ),
)
