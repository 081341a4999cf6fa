"""Who does something: a member, an API token, the platform itself or the operator on the command line."""

import uuid
from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What kind of actor it is."""

    USER = "user"
    TOKEN = "token"
    SYSTEM = "system"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is kept on the trail beside the key, so that an entry outlives the user."""

    kind: ActorKind
    name: str
    id: uuid.UUID | None = None


SYSTEM = Actor(ActorKind.SYSTEM, "Plumbline")
OPERATOR = Actor(ActorKind.OPERATOR, "Operator on the command line")
