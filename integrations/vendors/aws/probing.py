"""How each operation can be asked cheaply, without knowing any resource, to see whether it is permitted.

AWS checks permission before it looks for the resource in some services only, so that an operation which needs a resource is
not probed with an invented one: its answer would prove nothing.
"""

from collections.abc import Mapping
from typing import Any

from integrations.vendors.aws.session import required_members

_FEW: dict[str, Mapping[str, Any]] = {
    "iam:GetAccountAuthorizationDetails": {"MaxItems": 1},
    "ec2:DescribeSnapshots": {"OwnerIds": ["self"], "MaxResults": 5},
    "ec2:DescribeInstances": {"MaxResults": 5},
    "ec2:DescribeRegions": {},
    "organizations:ListAccounts": {"MaxResults": 1},
}


def sample(operation: str) -> Mapping[str, Any] | None:
    """Parameters of a cheap call; None when the operation needs a resource of the account."""
    if operation in _FEW:
        return _FEW[operation]
    service, _, name = operation.partition(":")
    return None if required_members(service, name) else {}
