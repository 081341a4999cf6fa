"""The smallest policy with which an AWS account can be read, made from the operations of the streams that are read.

Names of permissions differ from names of operations in places: https://docs.aws.amazon.com/service-authorization/latest/reference/.
"""

import json
from collections.abc import Iterable
from typing import Any

ROLE_NAME = "plumbline-reader"
SESSION_SECONDS = 3600
ALWAYS = ("sts:GetCallerIdentity", "iam:ListAccountAliases", "ec2:DescribeRegions")

_PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "docdb": "rds",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "neptune": "rds",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sso-admin": "sso",
    "stepfunctions": "states",
}
_NAMES = {
    "accessanalyzer:ListFindingsV2": "access-analyzer:ListFindings",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}

# Reads of what the customer keeps: denied explicitly, so that no later policy on the role can open them.
DATA_READS = (
    "athena:GetQueryResults*",
    "cloudtrail:GetQueryResults",
    "codecommit:GetBlob",
    "codecommit:GetFile",
    "codecommit:GetFolder",
    "codecommit:GitPull",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQL*",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ec2:GetConsole*",
    "ec2:GetPasswordData",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "kinesis:GetRecords",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "lambda:GetFunction",
    "lambda:GetLayerVersion",
    "lambda:InvokeFunction",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "rds:Download*",
    "redshift-data:*",
    "redshift:GetClusterCredentials*",
    "s3:GetObject*",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter*",
)


def permission(operation: str) -> str:
    """The IAM action that an operation (`s3:ListBuckets`, by the SDK's service name) needs."""
    if operation in _NAMES:
        return _NAMES[operation]
    service, _, name = operation.partition(":")
    return f"{_PREFIXES.get(service, service)}:{name}"


def policy_of(operations: Iterable[str]) -> dict[str, Any]:
    """A policy document that allows these operations and denies reading data."""
    actions = sorted({permission(each) for each in (*ALWAYS, *operations)})
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "ReadConfiguration", "Effect": "Allow", "Action": actions, "Resource": "*"},
            {"Sid": "NeverReadData", "Effect": "Deny", "Action": list(DATA_READS), "Resource": "*"},
        ],
    }


def template_of(operations: Iterable[str], *, external_id: str, platform_account: str) -> str:
    """A CloudFormation template (JSON) of the role: trusts `platform_account` with this ExternalId only, may do the above only."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{platform_account}:root"}},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": ROLE_NAME,
            "Description": "Reads configuration for SOC 2 monitoring. Cannot change anything, cannot read data.",
            "MaxSessionDuration": SESSION_SECONDS,
            "AssumeRolePolicyDocument": trust,
            "Policies": [{"PolicyName": "read-configuration", "PolicyDocument": policy_of(operations)}],
        },
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A role with which Plumbline reads this account's configuration, and nothing else.",
        "Resources": {"Reader": role},
        "Outputs": {"RoleArn": {"Description": "Paste this into the connect form.", "Value": {"Fn::GetAtt": ["Reader", "Arn"]}}},
    }
    return json.dumps(template, indent=2)
