"""All operations; importing this registers them."""

from integrations.sandbox.okta.routes import apps, directory, events, policies, settings

__all__ = ["apps", "directory", "events", "policies", "settings"]
