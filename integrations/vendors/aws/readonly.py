"""The read-only guard: which AWS operations may leave this process at all.

Two walls: the role's policy at AWS (permissions.py denies data reads explicitly), and this list here, asked by botocore before
every request. An operation that is not plainly a read of configuration is refused, whoever asks.
"""

from integrations.errors import WriteRefused

READ_PREFIXES = ("Get", "List", "Describe", "Lookup", "Search", "BatchGet")
ALLOWED = frozenset({"GenerateCredentialReport", "AssumeRole"})  # produces a report of configuration; opens our own session

# Reads of what customers keep (contents, secrets, plain text), which this product has no business with.
DATA_READS: dict[str, tuple[str, ...]] = {
    "athena": ("GetQueryResults", "GetQueryResultsStream"),
    "cloudtrail": ("GetQueryResults",),
    "codecommit": ("GetBlob", "GetFile", "GetFolder"),
    "dynamodb": ("GetItem", "BatchGetItem", "Query", "Scan", "GetRecords"),
    "dynamodbstreams": ("GetRecords",),
    "ec2": ("GetPasswordData", "GetConsoleOutput", "GetConsoleScreenshot", "DescribeInstanceAttribute"),
    "ecr": ("GetAuthorizationToken", "GetDownloadUrlForLayer", "BatchGetImage"),
    "kinesis": ("GetRecords",),
    "kms": ("Decrypt", "GetParametersForImport", "GetPublicKey"),
    "lambda": ("GetFunction", "GetLayerVersion"),  # both answer with a link to the code; configurations are read by ListFunctions
    "logs": ("GetLogEvents", "GetLogRecord", "GetLogObject", "GetQueryResults", "FilterLogEvents", "StartLiveTail"),
    "rds": ("DownloadDBLogFilePortion", "DownloadCompleteDBLogFile"),
    "redshift": ("GetClusterCredentials", "GetClusterCredentialsWithIAM"),
    "s3": ("GetObject", "GetObjectTorrent", "GetObjectAttributes", "SelectObjectContent"),
    "secretsmanager": ("GetSecretValue", "BatchGetSecretValue", "GetRandomPassword"),
    "sqs": ("ReceiveMessage",),
    "ssm": ("GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory"),
    "sts": ("GetSessionToken", "GetFederationToken", "GetAccessKeyInfo"),
}


def refuse_unless_read(service: str, operation: str) -> None:
    """Raise WriteRefused unless `operation` (`ListUsers`) of the boto3 service (`iam`) only reads configuration."""
    called = f"{service}:{operation}"
    if operation in DATA_READS.get(service, ()):
        raise WriteRefused(f"{called} reads what the customer keeps there; it is never called", operation=called)
    if operation not in ALLOWED and not operation.startswith(READ_PREFIXES):
        raise WriteRefused(f"{called} is not a plain read; it is never called", operation=called)
