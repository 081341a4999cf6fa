"""What a connection to Okta is set up with. No SDK is imported here, because pages show these fields."""

from integrations.transport.contract import Setting

KEY = "okta"
NAME = "Okta"
FACTORS_READ = "read"
FACTORS_SKIPPED = "skip"

SETTINGS = (
    Setting(
        name="org_url",
        label="Address of the organization",
        hint="As it stands in the browser, without -admin: https://COMPANY.okta.com, or your own domain for it.",
    ),
    Setting(
        name="client_id",
        label="Client ID",
        hint="Of the API Services app made for this product (Applications > the app > General). Leave empty when using an API token.",
        required=False,
    ),
    Setting(
        name="private_key",
        label="Private key of the app",
        hint="The whole private key that Okta showed once when it was made, as PEM or as JWK (JSON).",
        secret=True,
        required=False,
        multiline=True,
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
