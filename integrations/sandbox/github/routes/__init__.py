"""The REST operations the twin answers, one module per area. Importing this package registers them all."""

from integrations.sandbox.github.routes import account, alerts, changes, organization, people, protection, repositories

__all__ = ["account", "alerts", "changes", "organization", "people", "protection", "repositories"]
