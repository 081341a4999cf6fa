"""What a person asked for and cannot have; each message says what to do instead."""


class Refused(ValueError):
    """Base: the message is shown to the person who asked."""


class LastAdmin(Refused):
    """The last admin of an organization cannot be demoted, removed or leave."""

    def __init__(self) -> None:
        super().__init__("This is the last admin of the organization. Make somebody else an admin first.")


class InvitationClosed(Refused):
    """The invitation was accepted, revoked or has expired, or never existed."""

    def __init__(self) -> None:
        super().__init__("This invitation is no longer open. Ask who invited you to send a new one.")


class AlreadyMember(Refused):
    """The person is in the organization already."""


class AlreadyInvited(Refused):
    """An invitation for that address is open already."""


class MayNotCreate(Refused):
    """The operator has not allowed this user to create organizations."""

    def __init__(self) -> None:
        super().__init__("Only the operator of this installation creates organizations. Ask the operator to create yours.")


class TooManyRights(Refused):
    """A token would be allowed more than who makes it."""


class NotMailed(Refused):
    """The deed is done, but the mail that goes with it was not taken by the mail server."""
