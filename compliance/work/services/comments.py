"""Comments, and telling who is mentioned in them."""

from datetime import datetime

from django.core.exceptions import ValidationError

from compliance.members.models import Membership
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.work.mentions import AmbiguousMention, Mentionable, mentioned
from compliance.work.models import Comment
from compliance.work.services.notices import Told, _tell
from compliance.work.services.tasks import About

LONGEST = 10_000


def comment(*, actor: Actor, author: Membership | None, about: About, text: str, now: datetime) -> Comment:
    """Say something about something; whoever is mentioned is told, the author never. Raises ValidationError for an empty or overlong
    text and for a mention that may be several people: nothing is said then."""
    text = text.strip()
    if not text:
        raise ValidationError({"text": "Write something first."})
    if len(text) > LONGEST:
        raise ValidationError({"text": f"Keep a comment under {LONGEST:,} characters; longer things belong into a file."})
    try:
        meant = mentioned(text, _mentionable())
    except AmbiguousMention as error:
        raise ValidationError({"text": str(error)}) from error
    with action(ActionName.COMMENT_MADE, actor=actor, subject_name=about.name, detail={"about": about.kind}):
        said = Comment.objects.create(
            about_kind=about.kind, about_id=about.id, text=text, author=author.pk if author else None, author_name=actor.name,
            mentioned=[each.name for each in meant], at=now,
        )  # fmt: skip
        _tell(
            [
                Told(
                    recipient=each.id, event="mentioned", key=f"comment:{said.pk}", path=about.path, body=text[:1000],
                    title=f"{actor.name} mentioned you in a comment on {about.name}",
                )
                for each in meant
                if author is None or each.id != author.pk
            ],
            now,
        )  # fmt: skip
    return said


def _mentionable() -> list[Mentionable]:
    rows = Membership.objects.values_list("pk", "user__name", "user__email")
    return [Mentionable(*row) for row in rows]
