"""What can go wrong while the processes are started."""


class EngineError(Exception):
    """A process cannot be started; the message is one sentence that says what to do."""
