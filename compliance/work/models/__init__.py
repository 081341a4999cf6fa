"""Models of the work room."""

from compliance.work.models.comment import Comment
from compliance.work.models.notice import Delivery, Notice, TellingRound
from compliance.work.models.preference import Preference
from compliance.work.models.problem import Problem
from compliance.work.models.task import Task, TaskStep
from compliance.work.models.webhook import Letterhead, TeamWebhook

__all__ = ["Comment", "Delivery", "Letterhead", "Notice", "Preference", "Problem", "Task", "TaskStep", "TeamWebhook", "TellingRound"]
