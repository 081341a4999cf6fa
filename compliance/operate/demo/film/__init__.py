"""The demo company's past as a film: shot once from the sandboxes by the real connectors, shown again in a minute when a demo is made."""
