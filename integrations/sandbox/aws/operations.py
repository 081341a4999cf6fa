"""Which AWS operation a request is: read from the signature's scope, the action and the path, by botocore's service models.

Names are boto3's service name and the operation as AWS spells it: `elbv2:DescribeLoadBalancers`, `s3control:GetPublicAccessBlock`.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.utils import get_service_model
from werkzeug.datastructures import EnvironHeaders, MultiDict

# Signing name -> boto3 services that sign with it. Only services the connector reads; others pass through to moto unnamed.
SIGNED_AS: Mapping[str, tuple[str, ...]] = {
    "access-analyzer": ("accessanalyzer",),
    "account": ("account",),
    "acm": ("acm",),
    "autoscaling": ("autoscaling",),
    "backup": ("backup",),
    "cloudfront": ("cloudfront",),
    "cloudtrail": ("cloudtrail",),
    "config": ("config",),
    "dynamodb": ("dynamodb",),
    "ec2": ("ec2",),
    "ecr": ("ecr",),
    "ecs": ("ecs",),
    "eks": ("eks",),
    "elasticache": ("elasticache",),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elbv2", "elb"),
    "es": ("opensearch",),
    "events": ("events",),
    "guardduty": ("guardduty",),
    "iam": ("iam",),
    "identitystore": ("identitystore",),
    "inspector2": ("inspector2",),
    "kms": ("kms",),
    "lambda": ("lambda",),
    "logs": ("logs",),
    "monitoring": ("cloudwatch",),
    "organizations": ("organizations",),
    "rds": ("rds",),
    "redshift": ("redshift",),
    "s3": ("s3control", "s3"),
    "secretsmanager": ("secretsmanager",),
    "securityhub": ("securityhub",),
    "sns": ("sns",),
    "sqs": ("sqs",),
    "ssm": ("ssm",),
    "sso": ("sso-admin",),
    "sts": ("sts",),
    "tagging": ("resourcegroupstaggingapi",),
    "wafv2": ("wafv2",),
}
_SCOPE = re.compile(r"Credential=([^/,\s]*)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_PLACEHOLDER = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """The path and query of one REST operation as a pattern. `weight` prefers the more specific of several that match."""

    name: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    weight: tuple[int, int]


@dataclass(kw_only=True)
class Call:
    """One request, named. `service` and `operation` are empty where the request is not of a service in `SIGNED_AS`."""

    environ: dict[str, Any]
    body: bytes
    region: str = ""
    service: str = ""
    operation: str = ""
    uri: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`service:Operation`, or "" where unknown."""
        return f"{self.service}:{self.operation}" if self.operation else ""

    @property
    def model(self) -> OperationModel:
        """botocore's description of the operation."""
        return _operation_model(self.service, self.operation)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The request's parameters, parsed by the operation's input shape."""
        parser = PROTOCOL_PARSERS[protocol(service_model(self.service))](self.model)
        values: MultiDict[str, str] = MultiDict(parse_qsl(self.environ.get("QUERY_STRING", ""), keep_blank_values=True))
        if is_form(self.environ):
            values.update(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return parser.parse(
            {
                "method": self.environ["REQUEST_METHOD"],
                "values": values,
                "headers": EnvironHeaders(self.environ),
                "body": self.body,
                "url_path": self.environ.get("PATH_INFO", ""),
                "url_params": dict(self.uri),
            }
        )

    def replayed(self) -> dict[str, Any]:
        """The environ with its body readable again."""
        environ = dict(self.environ)
        environ["wsgi.input"] = io.BytesIO(self.body)
        environ["CONTENT_LENGTH"] = str(len(self.body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["wsgi.input_terminated"] = True
        return environ


@lru_cache(maxsize=64)
def service_model(service: str) -> ServiceModel:
    """botocore's description of a service; making one is dear, so it is kept."""
    return get_service_model(service)


@lru_cache(maxsize=512)
def _operation_model(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


def protocol(model: ServiceModel) -> str:
    """The wire protocol that botocore's client speaks to this service."""
    return str(model.resolved_protocol)


def is_form(environ: Mapping[str, Any]) -> bool:
    """Whether the body is a form (the query and ec2 protocols)."""
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")


def identify(environ: dict[str, Any], body: bytes) -> Call:
    """Name a request. Never raises: what is not recognised stays unnamed."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return Call(environ=environ, body=body)
    _, region, signing_name = scope.groups()
    for service in SIGNED_AS.get(signing_name, ()):
        operation, uri = _operation(service, environ, body)
        if operation:
            return Call(environ=environ, body=body, region=region, service=service, operation=operation, uri=uri)
    return Call(environ=environ, body=body, region=region)


def access_key_of(environ: Mapping[str, Any]) -> str:
    """The access key id that signed the request, "" where unsigned."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return scope.group(1) if scope else ""


def _operation(service: str, environ: Mapping[str, Any], body: bytes) -> tuple[str, Mapping[str, str]]:
    model = service_model(service)
    spoken = protocol(model)
    if spoken in ("query", "ec2"):
        return _action(model, environ, body), {}
    if spoken == "json":
        prefix, _, name = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")
        return (name if prefix == model.metadata.get("targetPrefix") and name in model.operation_names else ""), {}
    return _matched(service, environ)


def _action(model: ServiceModel, environ: Mapping[str, Any], body: bytes) -> str:
    form = parse_qs(body.decode("utf-8", "replace") if is_form(environ) else environ.get("QUERY_STRING", ""))
    name, version = form.get("Action", [""])[0], form.get("Version", [""])[0]
    return name if name in model.operation_names and version in ("", model.api_version) else ""


def _matched(service: str, environ: Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
    raw_path = str(environ.get("RAW_URI") or environ.get("PATH_INFO", "/")).partition("?")[0] or "/"
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    for route in _routes(service):
        if route.method != environ["REQUEST_METHOD"]:
            continue
        match = route.path.fullmatch(raw_path.rstrip("/") or "/")
        if match and all(key in query and value in ("", query[key]) for key, value in route.query.items()):
            return route.name, {key: unquote(value) for key, value in match.groupdict().items()}
    return "", {}


@lru_cache(maxsize=64)
def _routes(service: str) -> tuple[Route, ...]:
    model = service_model(service)
    operations = (model.operation_model(name) for name in model.operation_names)
    routes = (_route(str(operation.name), operation.http) for operation in operations if not operation.deprecated)
    return tuple(sorted(routes, key=lambda route: route.weight, reverse=True))


def _route(name: str, http: Mapping[str, Any]) -> Route:
    path, _, query = str(http["requestUri"]).partition("?")
    path = path.rstrip("/") or "/"
    pattern, position = "", 0
    for placeholder in _PLACEHOLDER.finditer(path):
        inside = ".+" if placeholder.group(2) else "[^/]+"
        pattern += re.escape(path[position : placeholder.start()]) + f"(?P<{placeholder.group(1)}>{inside})"
        position = placeholder.end()
    pattern += re.escape(path[position:])
    literal = len(_PLACEHOLDER.sub("", path))
    required = dict(parse_qsl(query, keep_blank_values=True))
    return Route(name=name, method=str(http["method"]), path=re.compile(pattern), query=required, weight=(len(required), literal))


def matches_any(name: str, patterns: Iterable[str]) -> bool:
    """Whether `service:Operation` is one of `patterns`; a pattern ending in `*` matches by its beginning."""
    return any(name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1])) for pattern in patterns)
