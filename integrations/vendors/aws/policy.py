"""What a customer is given to connect an account: the policy and the template for the kinds of fact that are asked for."""

from collections.abc import Iterable
from typing import Any

from integrations.vendors.aws.connector import AwsConnector
from integrations.vendors.aws.permissions import policy_of, template_of


class UnknownKind(ValueError):
    """A kind of fact that AWS is not read for."""


def operations_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """The operations that reading these kinds takes. Raises UnknownKind."""
    streams = {stream.kind: stream for stream in AwsConnector.STREAMS}
    wanted = sorted(set(kinds))
    unknown = [each for each in wanted if each not in streams]
    if unknown:
        raise UnknownKind(f"AWS is not read for {', '.join(unknown)}")
    return tuple(sorted({operation for kind in wanted for operation in streams[kind].operations}))


def policy_document(kinds: Iterable[str]) -> dict[str, Any]:
    """The smallest policy with which these kinds of fact can be read. Raises UnknownKind."""
    return policy_of(operations_of(kinds))


def cloudformation_template(external_id: str, kinds: Iterable[str], platform_account: str) -> str:
    """The CloudFormation template (JSON) of the role for these kinds: `external_id` is the connection's own, `platform_account` the
    twelve digits of the account that Plumbline itself runs in. Raises UnknownKind, and ValueError for what is no account number."""
    if not (len(platform_account) == 12 and platform_account.isdigit()):
        raise ValueError(f"{platform_account!r} is no AWS account number (12 digits)")
    return template_of(operations_of(kinds), external_id=external_id, platform_account=platform_account)
