"""The demo company's account in a running sandbox: `populate` an empty one, `grant` a connection its role.

The same instant and scenario give the same account, identifiers included.
"""

import json
from typing import Any

from integrations.sandbox.aws.estate import certificates, compute, continuity, databases, detection, identity, networks, storage
from integrations.sandbox.aws.estate.site import Site
from integrations.sandbox.aws.server import Sandbox
from integrations.sandbox.company import fernhill

ROLE = "PlumblineReader"
_ORDER = (identity, storage, networks, certificates, databases, compute, detection, continuity)


def populate(sandbox: Sandbox, scenario: dict[str, Any] | None = None) -> Site:
    """Build the whole account as of the sandbox's instant; about 250 resources. The request log and the fault script are left as
    they were before. Returns the site, with which `history` goes on changing it."""
    scenario = scenario or fernhill.load()
    site = Site(sandbox=sandbox, plan=scenario["aws"], people=[person for person in scenario["people"] if "aws" in person])
    sandbox.extras.regions = tuple(site.plan["regions"])
    sandbox.seed("fernhill")
    before = len(sandbox.requests)
    for part in _ORDER:
        part.build(site)
    sandbox.forget_requests(keeping=before)
    return site


def grant(sandbox: Sandbox, external_id: str, *, role: str = ROLE, trusted: str = "*") -> str:
    """The read-only role of a connection, which demands `external_id`; granting again changes the ExternalId. Returns its ARN."""
    iam = Site(sandbox=sandbox, plan={}, people=[]).client("iam")
    condition = {"StringEquals": {"sts:ExternalId": external_id}}
    statement = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    if any(entry["RoleName"] == role for entry in iam.list_roles()["Roles"]):
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=document)
    else:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=document)
        iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    return f"arn:aws:iam::{sandbox.account}:role/{role}"
