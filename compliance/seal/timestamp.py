"""RFC 3161 time stamps over a checkpoint's signed bytes: what is asked of an authority, and whether its answer is one to that question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from compliance.seal.digest import sha256

MOST_BYTES = 256 * 1024
"""An answer holds a token and a few certificates: some kilobytes."""

SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class TimestampError(ValueError):
    """The answer is none, or not to what was asked; the message says why."""


@dataclass(frozen=True, slots=True)
class StampQuestion:
    """A request as it is posted (DER, `application/timestamp-query`), and the random number that the answer must repeat."""

    body: bytes
    nonce: int


def question_about(signed: bytes) -> StampQuestion:
    """Ask for the time over SHA-256 of `signed`, with the authority's certificate in the answer."""
    request = TimestampRequestBuilder(data=signed, hash_algorithm=HashAlgorithm.SHA256, nonce=True, cert_req=True).build()
    if request.nonce is None:
        raise TimestampError("the request has no nonce")
    return StampQuestion(request.as_bytes(), request.nonce)


def checked_stamp(response: bytes, signed: bytes, *, nonce: int | None = None, authorities: Sequence[x509.Certificate] = ()) -> datetime:
    """The time that the answer (DER, `application/timestamp-reply`) states for `signed`. Always looked at: that it was granted, that it is
    over SHA-256 of `signed`, and the nonce where one is given. The authority's signature, the purpose of its certificate and the chain are
    verified where `authorities` names whom one trusts: without them nobody vouches for the time.

    Raises TimestampError."""
    if len(response) > MOST_BYTES:
        raise TimestampError(f"the answer has {len(response):,} bytes, more than the {MOST_BYTES:,} that are read")
    try:
        answer = decode_timestamp_response(response)
        _check_status(answer)
        told = answer.tst_info
        if told.message_imprint.hash_algorithm != SHA256 or bytes(told.message_imprint.message) != sha256(signed):
            raise TimestampError("the token is over something else than what was sent")
        if nonce is not None and told.nonce != nonce:
            raise TimestampError("the nonce in the token is not the one that was sent: it answers another request")
        if authorities:
            VerifierBuilder(roots=list(authorities), nonce=nonce).build().verify(answer, sha256(signed))
        return told.gen_time.astimezone(UTC)
    except VerificationError as error:
        raise TimestampError(f"the token does not verify under the trusted certificates: {str(error)[:300]}") from error
    except TimestampError:
        raise
    except ValueError as error:
        raise TimestampError(f"the answer is no time stamp: {str(error)[:200]}") from error


def _check_status(answer: TimeStampResponse) -> None:
    status = PKIStatus(answer.status)
    if status is not PKIStatus.GRANTED:
        said = "; ".join(str(each) for each in answer.status_string)
        raise TimestampError(f"the authority did not grant it: {status.name.lower()} {said[:200]}".strip())


def read_authorities(pem: str) -> list[x509.Certificate]:
    """The certificates of a PEM text. Raises TimestampError where there is none."""
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise TimestampError("no certificate in PEM form was found") from error
