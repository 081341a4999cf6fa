"""The manifest with which GitHub creates our app: read-only rights and the events of the webhook, nothing else.

Source: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest.
"""

from integrations.vendors.github.permissions import manifest_permissions
from integrations.vendors.github.webhooks import READERS

# Events that a GitHub App may subscribe to by name; the others of READERS come to a webhook of the organization.
APP_EVENTS = tuple(sorted(set(READERS) - {"personal_access_token_request", "branch_protection_configuration", "security_and_analysis"}))


def app_manifest(*, name: str, url: str, webhook_url: str = "", redirect_url: str = "") -> dict[str, object]:
    """What is posted to github.com/organizations/ORG/settings/apps/new. `url` is the product's own address; without `webhook_url`
    the app gets no webhook."""
    manifest: dict[str, object] = {
        "name": name,
        "url": url,
        "public": False,
        "default_permissions": manifest_permissions(),
        "default_events": list(APP_EVENTS) if webhook_url else [],
    }
    if webhook_url:
        manifest["hook_attributes"] = {"url": webhook_url, "active": True}
    if redirect_url:
        manifest["redirect_url"] = redirect_url
    return manifest
