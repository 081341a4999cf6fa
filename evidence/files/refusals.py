"""What is not taken, and what to do instead."""


class Unfit(ValueError):
    """The file as a whole is not taken; the message says why and what to do."""
