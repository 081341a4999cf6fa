"""What AWS's error codes mean to us: data tables, so that a new code is one line.

Source: error codes of botocore's service models and https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html.
"""

from integrations.errors import Fault, PermissionMissing

RATE_LIMITED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
PERMISSION_MISSING = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "ForbiddenException",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
AUTH_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
AUTH_REVOKED = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
        "UnrecognizedClientException",
    }
)
NOT_LICENSED = frozenset({"OptInRequired", "SubscriptionRequiredException", "AWSOrganizationsNotInUseException"})
CURSOR_EXPIRED = frozenset(
    {"ExpiredNextToken", "ExpiredNextTokenException", "ExpiredPaginationTokenException", "InvalidNextToken", "InvalidNextTokenException"}
)
TRANSIENT = frozenset(
    {"InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalServiceError", "ServerException"}
    | {"RequestTimeout", "RequestTimeoutException", "ServiceException", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable"}
)

# Codes by which a service says that a configuration does not exist: an observation, not a fault. The page then has `absent` set.
ABSENT: dict[str, frozenset[str]] = {
    "iam:GetAccountPasswordPolicy": frozenset({"NoSuchEntity"}),
    "organizations:DescribeOrganization": frozenset({"AWSOrganizationsNotInUseException"}),
    "organizations:ListAccounts": frozenset({"AWSOrganizationsNotInUseException"}),
    "securityhub:DescribeHub": frozenset({"InvalidAccessException", "ResourceNotFoundException"}),
    "backup:GetBackupVaultAccessPolicy": frozenset({"ResourceNotFoundException"}),
    "s3:GetPublicAccessBlock": frozenset({"NoSuchPublicAccessBlockConfiguration"}),
    "s3control:GetPublicAccessBlock": frozenset({"NoSuchPublicAccessBlockConfiguration"}),
    "s3:GetBucketEncryption": frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
    "s3:GetBucketPolicy": frozenset({"NoSuchBucketPolicy"}),
    "s3:GetBucketPolicyStatus": frozenset({"NoSuchBucketPolicy"}),
    "s3:GetBucketLifecycleConfiguration": frozenset({"NoSuchLifecycleConfiguration"}),
    "s3:GetBucketTagging": frozenset({"NoSuchTagSet"}),
    "s3:GetBucketOwnershipControls": frozenset({"OwnershipControlsNotFoundError"}),
    "s3:GetObjectLockConfiguration": frozenset({"ObjectLockConfigurationNotFoundError"}),
    "ecr:GetRepositoryPolicy": frozenset({"RepositoryPolicyNotFoundException"}),
    "ecr:GetLifecyclePolicy": frozenset({"LifecyclePolicyNotFoundException"}),
    "lambda:GetPolicy": frozenset({"ResourceNotFoundException"}),
    "wafv2:GetWebACLForResource": frozenset({"WAFNonexistentItemException"}),
    "efs:DescribeFileSystemPolicy": frozenset({"PolicyNotFound"}),
    "efs:DescribeBackupPolicy": frozenset({"PolicyNotFound"}),
}


class RegionRefused(PermissionMissing):
    """The owner's own policy (a service control policy) keeps this credential out of the region: the region is left out,
    said on the page, and no reason to call the stream partial."""


class NotOffered(PermissionMissing):
    """AWS does not offer the service in this region, so nothing can exist there. Handled like a refused region."""

    kind = "not_offered"


class EndlessPaging(Fault):
    """The service handed out the same continuation token twice, or more pages than any account can fill."""

    kind = "partial_result"


def is_service_control_policy(message: str) -> bool:
    """Whether a denial was spoken by an organization's policy rather than by the role's own lack of a permission."""
    return "service control policy" in message.lower()
