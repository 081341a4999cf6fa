"""Models of controls."""

from controls.models.check import Check, CheckPoint, CheckVersion
from controls.models.control import Control, ControlCheck, ControlCriterion
from controls.models.criterion import Criterion, PointOfFocus
from controls.models.health import Health
from controls.models.link import ItemLink
from controls.models.occurrence import Occurrence
from controls.models.period import Period
from controls.models.verdict import Verdict, VerdictPast
from controls.models.waiver import Waiver

__all__ = [
    "Check", "CheckPoint", "CheckVersion", "Control", "ControlCheck", "ControlCriterion", "Criterion", "Health", "ItemLink", "Occurrence", "Period",
    "PointOfFocus", "Verdict", "VerdictPast", "Waiver",
]  # fmt: skip
