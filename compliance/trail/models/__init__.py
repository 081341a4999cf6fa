"""Models of the trail."""

from compliance.trail.models.entry import Entry

__all__ = ["Entry"]
