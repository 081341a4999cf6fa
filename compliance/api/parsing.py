"""Reading bodies: JSON, strictly, so that no body costs more than its size."""

from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from compliance.seal.canonical import JsonError, parse_json

MAX_BODY = 2 * 1024 * 1024


class StrictJSONParser(JSONParser):
    """JSON of at most 2 MB, not nested deeper than a person would write it, without repeated keys."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> Any:
        """The value. Raises ParseError with a sentence."""
        try:
            return parse_json(stream.read(MAX_BODY + 1), max_bytes=MAX_BODY)
        except JsonError as error:
            raise ParseError(f"The body is not usable JSON: {error}.") from error
