"""Fernhill, the demo company: data shared by the sandboxes of all vendors."""
