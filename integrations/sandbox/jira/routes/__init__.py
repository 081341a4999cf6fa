"""The operations, registered with `call.route`."""

from integrations.sandbox.jira.routes import grants, people, projects, search

__all__ = ["grants", "people", "projects", "search"]
