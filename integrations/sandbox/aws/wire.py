"""Putting answers on the wire in the operation's own protocol (query, ec2, json, rest-json, rest-xml), by botocore's shapes.

moto brings the serialisers; botocore's validator refuses an answer that the service model does not describe, so that no responder
can invent a field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.parsers import create_parser
from botocore.validate import ParamValidator
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.serialize import SerializationContext, get_serializer_class

from integrations.sandbox.aws.operations import Call, protocol, service_model

REQUEST_ID = "5a11d0c5-0000-4000-8000-706c756d626c"


class OffModel(Exception):
    """A responder's answer is not what the service model describes; `detail` names the field. The responder is wrong."""


class _Refusal(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(kw_only=True)
class Answer:
    """One HTTP answer. Header names are kept as given."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_xml(self) -> bool:
        """Whether the body is XML."""
        return self.body.lstrip()[:1] == b"<" and b"<!doctype html" not in self.body[:64].lower()


def encode(call: Call, result: Mapping[str, Any]) -> Answer:
    """`result` as the operation's success answer. Raises OffModel where the service model does not know a key or a type."""
    shape = call.model.output_shape
    if shape is not None:
        report = ParamValidator().validate(dict(result), shape)
        if report.has_errors():
            raise OffModel(f"{call.name}: {report.generate_report()}")
    return _written(call, dict(result))


def reencode(call: Call, parsed: Mapping[str, Any]) -> Answer:
    """A changed answer of moto's back on the wire. It is not validated: moto's own gaps are not ours to refuse."""
    return _written(call, dict(parsed))


def decode(call: Call, answer: Answer) -> dict[str, Any]:
    """The answer as botocore's client would parse it."""
    parser = create_parser(protocol(service_model(call.service)))
    parsed = parser.parse(
        {"status_code": answer.status, "headers": {key.lower(): value for key, value in answer.headers.items()}, "body": answer.body},
        call.model.output_shape,
    )
    parsed.pop("ResponseMetadata", None)
    return parsed


def error(call: Call, code: str, message: str, status: int) -> Answer:
    """An error in the operation's own protocol. `status` is the HTTP status, whatever the model says of the code."""
    if code not in COMMON_ERROR_CODES:  # many codes are common to all services and in no model; moto warns of those it has not listed
        COMMON_ERROR_CODES.append(code)
    answer = _written(call, _Refusal(code, message))
    answer.status = status
    return answer


def _written(call: Call, result: Any) -> Answer:
    service = service_model(call.service)
    serializer = get_serializer_class(call.service, protocol(service))(call.model, context=SerializationContext(REQUEST_ID))
    written = serializer.serialize(result)
    body = written["body"]
    headers = {**written["headers"], "x-amzn-RequestId": REQUEST_ID}
    return Answer(status=written["status_code"], headers=headers, body=body.encode() if isinstance(body, str) else body)
