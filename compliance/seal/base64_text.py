"""Base64 of RFC 4648 section 4, read strictly: one text for one sequence of bytes, so that a signed text has no second spelling."""

import base64
import binascii


def encode(data: bytes) -> str:
    """`data` in standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """The bytes that `text` writes. Raises ValueError for foreign characters, wrong padding, or left-over bits that are not zero."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error
    if encode(data) != text:
        raise ValueError("not base64 in its one canonical spelling")
    return data
