"""Reading comments."""

import uuid

from compliance.work.models import Comment


def comments_about(about_id: uuid.UUID, limit: int = 200) -> list[Comment]:
    """What was said about something, oldest first; of very many the latest."""
    return list(reversed(Comment.objects.filter(about_id=about_id).order_by("-at", "-id")[:limit]))
