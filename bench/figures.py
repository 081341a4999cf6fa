"""Figures with their goals, and how they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio (or count, or size). `how`: whether the goal is a least or a most; `detail` says what was divided by what."""

    name: str
    value: float
    goal: float
    how: Literal["at least", "at most"]
    unit: str = ""
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.how == "at least" else self.value <= self.goal

    def line(self) -> str:
        """For the console."""
        said = f"{self.value:.3g}{self.unit} (goal {self.how} {self.goal:g}{self.unit})"
        return f"{'ok    ' if self.met else 'MISSED'}  {self.name:<58} {said:<34} {self.detail}"


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which that part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return quantile(values, 0.5)
