"""What a connection to GitHub is set up with. No SDK is imported here, because pages show these fields."""

from integrations.transport.contract import Setting

KEY = "github"
NAME = "GitHub"
DEFAULT_BASE_URL = "https://api.github.com"

SETTINGS = (
    Setting(name="organization", label="Organization", hint="The organization's name as it stands in its address: github.com/NAME"),
    Setting(
        name="app_id",
        label="App ID",
        hint="Of the GitHub App made for this product, on the app's settings page. Leave empty when using a token.",
        required=False,
    ),
    Setting(
        name="installation_id",
        label="Installation ID",
        hint="The number at the end of the installation's address. Empty: it is looked up.",
        required=False,
    ),
    Setting(
        name="private_key",
        label="Private key of the app",
        hint="The whole PEM file that GitHub gave out, with its first and last line.",
        secret=True,
        required=False,
        multiline=True,
    ),
    Setting(
        name="token",
        label="Access token",
        hint="Only if an app is impossible: a fine-grained token of an owner with the read permissions of this page.",
        secret=True,
        required=False,
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
    ),
)
