"""What an AWS connection is set up with. No SDK is imported here: the connect page reads it."""

import re

from integrations.transport.contract import Setting
from integrations.transport.typed import flaw_of_address, flaw_of_token
from integrations.vendors.aws.region_names import flaw_of_region, flaw_of_regions

KEY = "aws"
NAME = "Amazon Web Services"
ROLE = re.compile(r"arn:aws(-[a-z-]+)?:iam::(\d{12}):role/[\w+=,.@/-]{1,576}", re.ASCII)


def flaw_of_role(text: str) -> str:
    """What is wrong with the ARN of a role, in words; "" when nothing is."""
    if ROLE.fullmatch(text):
        return ""
    if ":user/" in text:
        return "This is a user's ARN; the role's is needed, which has :role/ in it."
    if ":assumed-role/" in text:
        return "This is a session of a role; give the role's own ARN, arn:aws:iam::ACCOUNT:role/NAME."
    return "An ARN of a role looks like arn:aws:iam::123456789012:role/plumbline-reader; copy it from the stack's outputs."


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="role_arn",
        label="ARN of the role to read with",
        hint="Made by the CloudFormation template of this page: arn:aws:iam::ACCOUNT:role/plumbline-reader",
        required=False,
        flaw=flaw_of_role,
        either="a role or an access key",
    ),
    Setting(
        name="access_key_id",
        label="Access key ID",
        hint="Only if a role is impossible. The key's user should carry the policy of this page and nothing else.",
        secret=True,
        required=False,
        flaw=flaw_of_token,
        beside=("secret_access_key",),
        either="a role or an access key",
    ),
    Setting(name="secret_access_key", label="Secret access key", secret=True, required=False, beside=("access_key_id",)),
    Setting(
        name="region",
        label="Home region",
        hint="Where calls for the whole account are sent. us-east-1 unless you are in another partition.",
        required=False,
        default="us-east-1",
        flaw=flaw_of_region,
    ),
    Setting(
        name="regions",
        label="Regions to read",
        hint="Empty: all regions that are enabled for the account. Leaving one out is shown as such.",
        required=False,
        flaw=flaw_of_regions,
    ),
    Setting(
        name="event_token",
        label="Event token",
        hint="If EventBridge shall tell us of changes at once: a long random text, also set as the API key X-Plumbline-Token there.",
        secret=True,
        required=False,
    ),
    Setting(
        name="endpoint_url",
        label="Endpoint",
        hint="Only for a sandbox of your own, which the operator must allow. Leave empty for AWS.",
        required=False,
        flaw=flaw_of_address,
    ),
)
