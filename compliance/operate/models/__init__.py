"""Models of the operate room."""

from compliance.operate.models.verification import Verification

__all__ = ["Verification"]
