"""Every AWS operation that the check list and the connector's areas name, called through boto3 on the demo company's account.

The table is the result: who answers what. `moto` answers itself, `sandbox` is our own responder.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from integrations.sandbox.aws import scenario
from integrations.sandbox.aws.estate.site import Site
from integrations.sandbox.aws.server import Sandbox

Arguments = Callable[[Site], dict[str, Any]]
NOW = datetime(2026, 3, 25, 8, tzinfo=UTC)


def nothing(site: Site) -> dict[str, Any]:
    return {}


def made(argument: str, name: str, wrap: Callable[[str], Any] = str) -> Arguments:
    return lambda site: {argument: wrap(site.made[name])}


def given(**arguments: Any) -> Arguments:
    return lambda site: arguments


def instance(site: Site) -> str:
    return str(site.client("sso-admin").list_instances()["Instances"][0]["InstanceArn"])


def store(site: Site) -> str:
    return str(site.client("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"])


def permission_set(site: Site) -> dict[str, str]:
    arn = instance(site)
    return {"InstanceArn": arn, "PermissionSetArn": site.client("sso-admin").list_permission_sets(InstanceArn=arn)["PermissionSets"][0]}


def detector(site: Site) -> dict[str, str]:
    return {"DetectorId": site.made["detector:eu-central-1"]}


def one(text: str) -> list[str]:
    return [text]


TABLE: list[tuple[str, str, str, Arguments]] = [
    ("accessanalyzer", "ListAnalyzers", "sandbox", nothing),
    ("accessanalyzer", "ListFindingsV2", "sandbox", lambda site: {"analyzerArn": site.extras("eu-central-1").analyzers[0]["arn"]}),
    ("account", "GetAlternateContact", "moto", given(AlternateContactType="SECURITY")),
    ("account", "GetContactInformation", "sandbox", nothing),
    ("account", "ListRegions", "sandbox", nothing),
    ("acm", "DescribeCertificate", "moto", made("CertificateArn", "certificate:app.fernhill.example")),
    ("acm", "ListCertificates", "moto", nothing),
    ("autoscaling", "DescribeAutoScalingGroups", "moto", nothing),
    ("backup", "DescribeBackupVault", "sandbox", given(BackupVaultName="primary")),
    ("backup", "ListBackupJobs", "sandbox", nothing),
    ("backup", "ListBackupPlans", "moto", nothing),
    ("backup", "ListBackupVaults", "moto", nothing),
    ("backup", "ListProtectedResources", "sandbox", nothing),
    ("backup", "ListRecoveryPointsByBackupVault", "sandbox", given(BackupVaultName="primary")),
    ("backup", "ListRestoreJobs", "sandbox", nothing),
    ("backup", "ListRestoreTestingPlans", "sandbox", nothing),
    ("cloudfront", "ListDistributions", "moto", nothing),
    ("cloudtrail", "DescribeTrails", "moto", nothing),
    ("cloudtrail", "GetEventSelectors", "moto", given(TrailName="fernhill-audit")),
    ("cloudtrail", "GetTrailStatus", "moto", given(Name="fernhill-audit")),
    ("cloudtrail", "LookupEvents", "sandbox", nothing),
    ("cloudwatch", "DescribeAlarms", "moto", nothing),
    ("config", "DescribeComplianceByConfigRule", "sandbox", nothing),
    ("config", "DescribeConfigurationRecorderStatus", "moto", nothing),
    ("config", "DescribeConfigurationRecorders", "moto", nothing),
    ("dynamodb", "DescribeContinuousBackups", "moto", given(TableName="sessions")),
    ("dynamodb", "DescribeTable", "moto", given(TableName="sessions")),
    ("dynamodb", "ListTables", "moto", nothing),
    ("ec2", "DescribeFlowLogs", "moto", nothing),
    ("ec2", "DescribeInstances", "moto", nothing),
    ("ec2", "DescribeNetworkInterfaces", "moto", nothing),
    ("ec2", "DescribeRegions", "sandbox", nothing),
    ("ec2", "DescribeSecurityGroups", "moto", nothing),
    ("ec2", "DescribeSnapshots", "moto", given(OwnerIds=["self"])),
    ("ec2", "DescribeVolumes", "moto", nothing),
    ("ec2", "DescribeVpcs", "moto", nothing),
    ("ec2", "GetEbsEncryptionByDefault", "moto", nothing),
    ("ec2", "GetSnapshotBlockPublicAccessState", "sandbox", nothing),
    ("ecr", "DescribeRepositories", "moto", nothing),
    ("ecr", "GetRegistryScanningConfiguration", "moto", nothing),
    ("efs", "DescribeFileSystems", "moto", nothing),
    ("eks", "DescribeCluster", "moto", given(name="prod")),
    ("eks", "ListClusters", "moto", nothing),
    ("elasticache", "DescribeReplicationGroups", "moto", nothing),
    ("elasticache", "DescribeCacheClusters", "moto", nothing),
    ("elbv2", "DescribeListeners", "moto", made("LoadBalancerArn", "load_balancer:app")),
    ("elbv2", "DescribeLoadBalancerAttributes", "moto", made("LoadBalancerArn", "load_balancer:app")),
    ("elbv2", "DescribeLoadBalancers", "moto", nothing),
    ("elbv2", "DescribeSSLPolicies", "moto", nothing),
    ("elbv2", "DescribeTags", "moto", made("ResourceArns", "load_balancer:app", one)),
    ("guardduty", "GetDetector", "moto", made("DetectorId", "detector:eu-central-1")),
    (
        "guardduty",
        "GetFindings",
        "sandbox",
        lambda site: {"DetectorId": site.made["detector:eu-central-1"], "FindingIds": ["0" * 31 + "1"]},
    ),
    ("guardduty", "ListDetectors", "moto", nothing),
    ("guardduty", "ListFindings", "sandbox", made("DetectorId", "detector:eu-central-1")),
    ("iam", "GenerateCredentialReport", "sandbox", nothing),
    ("iam", "GetAccessKeyLastUsed", "moto", lambda site: {"AccessKeyId": key_of(site, "tom.okafor")}),
    ("iam", "GetAccountAuthorizationDetails", "moto", nothing),
    ("iam", "GetAccountPasswordPolicy", "moto", nothing),
    ("iam", "GetAccountSummary", "moto", nothing),
    ("iam", "GetCredentialReport", "sandbox", nothing),
    ("iam", "GetPolicyVersion", "moto", given(PolicyArn="arn:aws:iam::123456789012:policy/LegacyMigration", VersionId="v1")),
    ("iam", "ListAccessKeys", "moto", given(UserName="tom.okafor")),
    ("iam", "ListAccountAliases", "moto", nothing),
    ("iam", "ListAttachedUserPolicies", "moto", given(UserName="svc-invoices")),
    ("iam", "ListEntitiesForPolicy", "moto", given(PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")),
    ("iam", "ListPolicies", "moto", given(Scope="Local", OnlyAttached=True)),
    ("iam", "ListUserPolicies", "moto", given(UserName="tom.okafor")),
    ("iam", "ListUsers", "moto", nothing),
    ("iam", "ListVirtualMFADevices", "moto", nothing),
    ("identitystore", "ListGroups", "moto", lambda site: {"IdentityStoreId": store(site)}),
    ("identitystore", "ListUsers", "moto", lambda site: {"IdentityStoreId": store(site)}),
    ("inspector2", "BatchGetAccountStatus", "sandbox", nothing),
    ("inspector2", "ListCoverage", "sandbox", nothing),
    ("inspector2", "ListFindings", "moto", nothing),
    ("kms", "DescribeKey", "moto", made("KeyId", "key:databases")),
    ("kms", "GetKeyRotationStatus", "moto", made("KeyId", "key:databases")),
    ("kms", "ListAliases", "moto", nothing),
    ("kms", "ListKeys", "moto", nothing),
    ("lambda", "GetFunctionUrlConfig", "moto", given(FunctionName="webhook-intake")),
    ("lambda", "ListFunctionUrlConfigs", "sandbox", given(FunctionName="webhook-intake")),
    ("lambda", "ListFunctions", "moto", nothing),
    ("logs", "DescribeLogGroups", "moto", nothing),
    ("opensearch", "DescribeDomains", "moto", given(DomainNames=["product-search"])),
    ("opensearch", "ListDomainNames", "moto", nothing),
    ("organizations", "DescribeOrganization", "moto", nothing),
    ("organizations", "ListAccounts", "moto", nothing),
    ("rds", "DescribeDBClusterParameters", "moto", given(DBClusterParameterGroupName="analytics-tls")),
    ("rds", "DescribeDBClusterSnapshots", "moto", nothing),
    ("rds", "DescribeDBClusters", "moto", nothing),
    ("rds", "DescribeDBInstances", "moto", nothing),
    ("rds", "DescribeDBParameters", "moto", given(DBParameterGroupName="postgres-tls")),
    ("rds", "DescribeDBSnapshotAttributes", "moto", given(DBSnapshotIdentifier="core-prod-before-upgrade")),
    ("rds", "DescribeDBSnapshots", "moto", nothing),
    ("rds", "DescribePendingMaintenanceActions", "sandbox", nothing),
    ("redshift", "DescribeClusters", "moto", nothing),
    ("resourcegroupstaggingapi", "GetResources", "moto", nothing),
    ("ec2", "DescribeManagedPrefixLists", "moto", nothing),
    ("s3", "GetBucketAcl", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetBucketEncryption", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetBucketLifecycleConfiguration", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetBucketLogging", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetBucketPolicy", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetBucketPolicyStatus", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetBucketTagging", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetBucketVersioning", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "GetPublicAccessBlock", "moto", given(Bucket="fernhill-datalake")),
    ("s3", "ListBuckets", "moto", nothing),
    ("secretsmanager", "ListSecrets", "moto", nothing),
    ("securityhub", "DescribeHub", "moto", nothing),
    ("securityhub", "GetEnabledStandards", "sandbox", nothing),
    ("securityhub", "GetFindings", "moto", nothing),
    ("sns", "ListSubscriptionsByTopic", "moto", made("TopicArn", "topic:operations-alerts")),
    ("sns", "ListTopics", "moto", nothing),
    ("sqs", "ListQueues", "moto", nothing),
    ("ssm", "DescribeInstanceInformation", "sandbox", nothing),
    ("ssm", "DescribeInstancePatchStates", "sandbox", made("InstanceIds", "instance:worker-1", one)),
    ("sso-admin", "DescribePermissionSet", "moto", permission_set),
    ("sso-admin", "GetInlinePolicyForPermissionSet", "moto", permission_set),
    ("sso-admin", "ListAccountAssignments", "moto", lambda site: {**permission_set(site), "AccountId": "123456789012"}),
    ("sso-admin", "ListAccountsForProvisionedPermissionSet", "moto", permission_set),
    ("sso-admin", "ListInstances", "moto", nothing),
    ("sso-admin", "ListManagedPoliciesInPermissionSet", "moto", permission_set),
    ("sso-admin", "ListPermissionSets", "moto", lambda site: {"InstanceArn": instance(site)}),
    ("sts", "GetCallerIdentity", "moto", nothing),
    ("wafv2", "GetWebACLForResource", "moto", made("ResourceArn", "load_balancer:app")),
    ("wafv2", "ListResourcesForWebACL", "sandbox", made("WebACLArn", "acl:eu-central-1")),
    ("wafv2", "ListWebACLs", "moto", given(Scope="REGIONAL")),
]
# Operations whose answer on this account is an error of AWS's own: absence told by a code.
ABSENT: list[tuple[str, str, Arguments, str]] = [
    ("backup", "GetBackupVaultAccessPolicy", given(BackupVaultName="primary"), "ResourceNotFoundException"),
    ("lambda", "GetPolicy", given(FunctionName="thumbnailer"), "ResourceNotFoundException"),
    ("s3", "GetBucketOwnershipControls", given(Bucket="fernhill-datalake"), "OwnershipControlsNotFoundError"),
    ("s3", "GetBucketReplication", given(Bucket="fernhill-datalake"), "ReplicationConfigurationNotFoundError"),
    ("s3", "GetObjectLockConfiguration", given(Bucket="fernhill-datalake"), "ObjectLockConfigurationNotFoundError"),
    ("s3", "GetPublicAccessBlock", given(Bucket="fernhill-press-kit"), "NoSuchPublicAccessBlockConfiguration"),
    ("s3control", "GetPublicAccessBlock", given(AccountId="123456789012"), "NoSuchPublicAccessBlockConfiguration"),
]


def key_of(site: Site, user: str) -> str:
    return str(site.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"][0]["AccessKeyId"])


@pytest.fixture(scope="module")
def site(sandbox: Sandbox) -> Iterator[Site]:
    sandbox.reset()
    sandbox.clock.set(NOW)
    made_site = scenario.populate(sandbox)
    made_site.client("iam").generate_credential_report()
    yield made_site
    sandbox.clock.set(None)


def call(site: Site, service: str, operation: str, arguments: Arguments) -> dict[str, Any]:
    client = site.client(service, "us-east-1" if service in ("cloudfront", "organizations") else "eu-central-1")
    method = next(name for name, operation_name in client.meta.method_to_api_mapping.items() if operation_name == operation)
    return getattr(client, method)(**arguments(site))


@pytest.mark.parametrize(("service", "operation", "by", "arguments"), TABLE, ids=[f"{row[0]}:{row[1]}" for row in TABLE])
def test_the_operation_is_answered(site: Site, service: str, operation: str, by: str, arguments: Arguments) -> None:
    answer = call(site, service, operation, arguments)
    assert set(answer) - {"ResponseMetadata"}
    logged = site.sandbox.requests[-1]
    assert (logged.operation, logged.status, logged.by) == (f"{service}:{operation}", 200, by)


@pytest.mark.parametrize(("service", "operation", "arguments", "code"), ABSENT, ids=[f"{row[0]}:{row[1]}" for row in ABSENT])
def test_absence_is_told_by_code(site: Site, service: str, operation: str, arguments: Arguments, code: str) -> None:
    with pytest.raises(ClientError) as caught:
        call(site, service, operation, arguments)
    assert caught.value.response["Error"]["Code"] == code
