"""Keys, secrets, buckets, tables, file systems, queues and topics."""

import json
from datetime import datetime
from typing import Any

from moto.efs.models import efs_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends

from integrations.sandbox.aws.estate.site import Site, naive, tags

ALL_BLOCKED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
LOG_BUCKET = "fernhill-access-logs"


def build(site: Site) -> None:
    """Keys first, since others use them."""
    _keys(site)
    _secrets(site)
    for name, bucket in site.plan["buckets"].items():
        _bucket(site, name, bucket)
    _tables(site)
    for name, wanted in site.plan["file_systems"].items():
        made = site.client("efs", wanted["region"]).create_file_system(
            CreationToken=name, Encrypted=wanted["encrypted"], Tags=tags({"Name": name, "env": "prod"})
        )
        site.made[f"file_system:{name}"] = made["FileSystemId"]
        held = efs_backends[site.sandbox.account][wanted["region"]].file_systems_by_id[made["FileSystemId"]]
        held.creation_time = site.ago(500).timestamp()
    _messaging(site)


def region_of_bucket(site: Site, name: str) -> str:
    """Where a bucket of the plan lies."""
    return str(site.plan["buckets"][name]["region"])


def set_bucket_policy(site: Site, name: str, *, public: bool, tls_only: bool) -> None:
    """The bucket's policy: everybody may read, plain HTTP is denied, both, or none at all."""
    s3, arn = site.client("s3", region_of_bucket(site, name)), f"arn:aws:s3:::{name}"
    statements: list[dict[str, Any]] = []
    if public:
        statements.append({"Sid": "EverybodyReads", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"})
    if tls_only:
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        both = [arn, f"{arn}/*"]
        deny = {"Sid": "OnlyTls", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*"}
        statements.append({**deny, "Resource": both, "Condition": plain})
    if statements:
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    else:
        s3.delete_bucket_policy(Bucket=name)


def set_bucket_block(site: Site, name: str, *, on: bool) -> None:
    """The bucket's own four flags, all on or absent."""
    s3 = site.client("s3", region_of_bucket(site, name))
    if on:
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=ALL_BLOCKED)
    else:
        s3.delete_public_access_block(Bucket=name)


def _bucket(site: Site, name: str, wanted: dict[str, Any]) -> None:
    region = wanted["region"]
    s3 = site.client("s3", region)
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **where)
    s3_backends[site.sandbox.account]["aws"].buckets[name].creation_date = naive(site.ago(600))
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags(wanted["tags"])})
    algorithm: dict[str, Any] = {"SSEAlgorithm": "AES256"}
    if wanted.get("kms"):
        algorithm = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": site.made["key:customer-data"]}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": algorithm}]})
    if wanted["versioning"]:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if wanted["expire_days"]:
        rule = {"ID": "retention", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": wanted["expire_days"]}}
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    set_bucket_block(site, name, on=wanted["block"])
    if wanted["tls_only"] or wanted.get("public"):
        set_bucket_policy(site, name, public=wanted.get("public", False), tls_only=wanted["tls_only"])
    if name == LOG_BUCKET:
        grants = [
            {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": permission}
            for permission in ("WRITE", "READ_ACP")
        ]
        owner = s3.get_bucket_acl(Bucket=name)["Owner"]
        s3.put_bucket_acl(Bucket=name, AccessControlPolicy={"Owner": owner, "Grants": grants})
    if wanted["logging"] and region == region_of_bucket(site, LOG_BUCKET):
        target = {"LoggingEnabled": {"TargetBucket": LOG_BUCKET, "TargetPrefix": f"{name}/"}}
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus=target)


def _keys(site: Site) -> None:
    for name, wanted in site.plan["keys"].items():
        kms = site.client("kms", wanted["region"])
        made = kms.create_key(Description=name, Tags=[{"TagKey": "env", "TagValue": "prod"}])["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=made["KeyId"])
        if wanted["rotation"]:
            kms.enable_key_rotation(KeyId=made["KeyId"])
        site.made[f"key:{name}"] = made["Arn"]


def _secrets(site: Site) -> None:
    for name, wanted in site.plan["secrets"].items():
        client = site.client("secretsmanager", wanted["region"])
        client.create_secret(Name=name, SecretString="not a secret", Tags=tags({"env": name.split("/")[0]}))
        held = secretsmanager_backends[site.sandbox.account][wanted["region"]].secrets.get(name)
        created = site.ago(500)
        held.created_date = created.timestamp()
        held.last_changed_date = site.ago(wanted.get("changed_days", 12)).timestamp()
        held.last_accessed_date = _midnight(site.ago(1)).timestamp()
        if wanted["rotation"]:
            held.rotation_enabled = True
            held.auto_rotate_after_days = 30
            held.rotation_lambda_arn = f"arn:aws:lambda:{wanted['region']}:{site.sandbox.account}:function:rotate-secrets"
            held.last_rotation_date = site.ago(12).timestamp()


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def _tables(site: Site) -> None:
    for name, wanted in site.plan["tables"].items():
        client = site.client("dynamodb", wanted["region"])
        made = client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=tags({"env": "prod"}),
        )
        site.made[f"table:{name}"] = made["TableDescription"]["TableArn"]
        set_table_recovery(site, name, on=wanted["pitr"])


def set_table_recovery(site: Site, name: str, *, on: bool) -> None:
    """Point-in-time recovery of a table."""
    client = site.client("dynamodb", site.plan["tables"][name]["region"])
    client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on})


def _messaging(site: Site) -> None:
    for region, queues in site.plan["queues"].items():
        for name in queues:
            site.client("sqs", region).create_queue(QueueName=name, Attributes={"SqsManagedSseEnabled": "true"}, tags={"env": "prod"})
    for region, topics in site.plan["topics"].items():
        sns = site.client("sns", region)
        for name, state in topics.items():
            arn = sns.create_topic(Name=name)["TopicArn"]
            site.made[f"topic:{name}"] = arn
            made = sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=f"{name}@fernhill.example", ReturnSubscriptionArn=True)
            held = sns_backends[site.sandbox.account][region].subscriptions[made["SubscriptionArn"]]
            held.confirmed = state == "confirmed"
