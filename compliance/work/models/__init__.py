"""Models of the work room."""

from compliance.work.models.problem import Problem

__all__ = ["Problem"]
