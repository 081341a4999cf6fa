"""AWS's own managed policies, the few that accounts attach: moto loads none of them unless it loads all 1,400 at every reset."""

import json

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from integrations.sandbox.aws.extras import ACCOUNT

NAMES = (
    "AdministratorAccess",
    "AWSBillingReadOnlyAccess",
    "AmazonEC2ReadOnlyAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
)
_DATA = {name: data for name, data in json.loads(aws_managed_policies_data).items() if name in NAMES}


def install() -> None:
    """Put them into the account's empty IAM."""
    iam = iam_backends[ACCOUNT]["aws"]
    policies = [AWSManagedPolicy.from_data(name, ACCOUNT, "aws", data) for name, data in sorted(_DATA.items())]
    iam.aws_managed_policies.extend(policies)
    iam.managed_policies.update({policy.arn: policy for policy in policies})
