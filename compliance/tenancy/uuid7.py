"""UUID version 7 (RFC 9562): time-ordered keys, so that new rows stand together in the index."""

import os
import time
import uuid
from collections.abc import Iterator


def uuid7() -> uuid.UUID:
    """A new version 7 UUID: 48 bits of Unix milliseconds, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


def uuid7_texts(number: int) -> Iterator[str]:
    """`number` new version 7 UUIDs in ascending order, as 32 hexadecimal digits, for rows that are written by the hundred thousand.

    Milliseconds, a counter of 24 bits (RFC 9562 section 6.2, method 1), 48 random bits. One read of the random source serves all:
    PostgreSQL's own `uuidv7()` makes system calls for each, which cost more than inserting the row. Raises ValueError beyond 2^24.
    """
    if number > 1 << 24:
        raise ValueError(f"{number:,} keys at once are more than the counter holds; ask in parts")
    milliseconds = f"{time.time_ns() // 1_000_000:012x}"
    chance = os.urandom(6 * number).hex()
    for count in range(number):
        yield f"{milliseconds}7{count >> 12:03x}8{count & 0xFFF:03x}{chance[12 * count : 12 * count + 12]}"
