"""Asking the time-stamping authority about the latest checkpoint (RFC 3161, over HTTP as its section 3.4 says)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.x509 import Certificate

from compliance.countersigning.asking import Refused, post
from compliance.seal.timestamp import TimestampError, checked_stamp, question_about
from compliance.vault.selectors.countersigned import checkpoint_to_stamp, signed_bytes
from compliance.vault.services.countersigned import keep_timestamp

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


def stamp_latest(url: str, authorities: Sequence[Certificate], every: timedelta, now: datetime) -> bool:
    """Have the latest checkpoint of the organization in scope stamped, if one is due. Returns whether a stamp was kept. Raises
    NotReached, and Refused for an answer that is none."""
    checkpoint = checkpoint_to_stamp(now, every)
    if checkpoint is None:
        return False
    signed = signed_bytes(checkpoint)
    question = question_about(signed)
    answer = post(url, question.body, QUERY)
    if answer.status != 200:
        raise Refused(f"{url} answered {answer.status} to a time stamp request")
    try:
        at = checked_stamp(answer.body, signed, nonce=question.nonce, authorities=authorities)
    except TimestampError as error:
        raise Refused(f"{url} gave an answer that is not kept: {error}") from error
    keep_timestamp(size=checkpoint.size, authority=url, response=answer.body, at=at)
    return True
