"""Jira's own error answers; the form of an answer is shared with GitHub's twin."""

from integrations.sandbox.github.answers import Answer

__all__ = ["Answer", "Refused"]


class Refused(Exception):
    """Ends a request with an error answer in Jira's form."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None, **headers: str) -> None:
        super().__init__("; ".join(messages))
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = Answer(status, {"errorMessages": list(messages), "errors": errors or {}}, names)

    @classmethod
    def plainly(cls, status: int, code: object, message: str) -> "Refused":
        """In the form of Atlassian's gateway: `{"code": 401, "message": "Unauthorized"}`."""
        made = cls(status, message)
        made.answer = Answer(status, {"code": code, "message": message})
        return made

    @classmethod
    def token(cls, status: int, error: str, description: str) -> "Refused":
        """In the form of RFC 6749, section 5.2, as the token endpoint answers."""
        made = cls(status, description)
        made.answer = Answer(status, {"error": error, "error_description": description})
        return made
