"""No log line may hold a credential, whoever writes it and wherever it goes.

The SDKs write requests, signatures and whole answers at DEBUG, the answer of AssumeRole among them. Filters of one logger do not
see its children's lines and filters of one handler not those of another, so lines are made clean where they are made: by the
factory of log records.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

MASK = "[redacted]"
TALKATIVE = ("aiohttp", "boto3", "botocore", "github", "h11", "hpack", "httpcore", "httpx", "okta", "requests", "s3transfer", "urllib3")
LEFT_OUT = "a line of %s at DEBUG, left out because such lines may hold credentials and answers"
SHORTEST = 6  # a shorter value is a word like others, and masking it would spoil every line

_plain: Callable[..., logging.LogRecord] = logging.getLogRecordFactory()
_live: Counter[str] = Counter()
_lock = threading.Lock()


class Concealed:
    """While it is open, these values appear in no log line of this process."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = [each.strip() for each in values if len(each.strip()) >= SHORTEST]
        self._values += [line for value in self._values for line in value.splitlines() if len(line) >= SHORTEST and line != value]
        with _lock:
            _live.update(self._values)
        install()

    def close(self) -> None:
        """The values are no longer in use. Calling it again does nothing."""
        values, self._values = self._values, []
        with _lock:
            for each in values:
                _live[each] -= 1
                if _live[each] <= 0:
                    del _live[each]


def install() -> None:
    """Make every log record of this process through `clean_record`. Calling it again does nothing."""
    global _plain  # the factory that was there before must still be asked
    with _lock:
        if logging.getLogRecordFactory() is not clean_record:
            _plain = logging.getLogRecordFactory()
            logging.setLogRecordFactory(clean_record)


def clean_record(*arguments: Any, **more: Any) -> logging.LogRecord:
    """A log record without credentials: lines of the SDKs at DEBUG lose their content, others the values that are in use."""
    record = _plain(*arguments, **more)
    if record.levelno <= logging.DEBUG and record.name.partition(".")[0] in TALKATIVE:
        record.msg, record.args, record.exc_info = LEFT_OUT, (record.name,), None
        return record
    if not _live:
        return record
    with _lock:
        values = sorted(_live, key=len, reverse=True)
    said = record.getMessage()
    if any(each in said for each in values):
        record.msg, record.args = _masked(said, values), ()
    if record.exc_info and record.exc_info[0] is not None:
        trace = logging.Formatter().formatException(record.exc_info)
        if any(each in trace for each in values):
            record.exc_info, record.exc_text = None, _masked(trace, values)
    return record


def _masked(text: str, values: Iterable[str]) -> str:
    for each in values:
        text = text.replace(each, MASK)
    return text
