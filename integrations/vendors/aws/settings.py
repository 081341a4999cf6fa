"""What an AWS connection is set up with. No SDK is imported here: the connect page reads it."""

from integrations.transport.contract import Setting

KEY = "aws"
NAME = "Amazon Web Services"
SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="role_arn",
        label="ARN of the role to read with",
        hint="Made by the CloudFormation template of this page: arn:aws:iam::ACCOUNT:role/plumbline-reader",
        required=False,
    ),
    Setting(
        name="access_key_id",
        label="Access key ID",
        hint="Only if a role is impossible. The key's user should carry the policy of this page and nothing else.",
        secret=True,
        required=False,
    ),
    Setting(name="secret_access_key", label="Secret access key", secret=True, required=False),
    Setting(
        name="region",
        label="Home region",
        hint="Where calls for the whole account are sent. us-east-1 unless you are in another partition.",
        required=False,
        default="us-east-1",
    ),
    Setting(
        name="regions",
        label="Regions to read",
        hint="Empty: all regions that are enabled for the account. Leaving one out is shown as such.",
        required=False,
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
    ),
)
