"""CloudTrail, log groups, GuardDuty, Config, Security Hub, Inspector, Access Analyzer and CloudFront."""

from datetime import timedelta
from typing import Any

from moto.config.models import config_backends

from integrations.sandbox.aws.estate.site import Site, naive, tags

TRAIL = "fernhill-audit"


def build(site: Site) -> None:
    """What watches the account."""
    _trail(site)
    for region in site.plan["guardduty"]:
        detector = site.client("guardduty", region).create_detector(Enable=True, FindingPublishingFrequency="FIFTEEN_MINUTES")
        site.made[f"detector:{region}"] = detector["DetectorId"]
    add_threat(site, "eu-central-1", "Recon:EC2/PortProbeUnprotectedPort", severity=2.0, archived=False)
    add_threat(site, "eu-west-1", "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B", severity=7.0, archived=True)
    for region in site.plan["config"]:
        _recorder(site, region)
    for region in site.plan["security_hub"]:
        hub = site.client("securityhub", region)
        hub.enable_security_hub(EnableDefaultStandards=True)
        standard = f"arn:aws:securityhub:{region}::standards/aws-foundational-security-best-practices/v/1.0.0"
        subscription = f"arn:aws:securityhub:{region}:{site.sandbox.account}:subscription/aws-foundational-security-best-practices/v/1.0.0"
        entry = {"StandardsSubscriptionArn": subscription, "StandardsArn": standard, "StandardsInput": {}, "StandardsStatus": "READY"}
        site.extras(region).standards.append(entry)
    for region, kinds in site.plan["inspector"].items():
        site.client("inspector2", region).enable(accountIds=[site.sandbox.account], resourceTypes=kinds)
    for region in site.plan["analyzers"]:
        site.extras(region).analyzers.append(_analyzer(site, region))
    site.extras("eu-west-1").external_findings.append(_external(site))
    _distributions(site)


def log_groups(site: Site) -> None:
    """All log groups; before the networks, whose flow logs deliver to them."""
    for region, groups in site.plan["log_groups"].items():
        for name, days in groups.items():
            site.client("logs", region).create_log_group(logGroupName=name, tags={"env": "prod"})
            set_retention(site, region, name, days)


def set_retention(site: Site, region: str, name: str, days: int | None) -> None:
    """How long a log group keeps; None is for ever."""
    logs = site.client("logs", region)
    if days is None:
        logs.delete_retention_policy(logGroupName=name)
    else:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def add_threat(site: Site, region: str, kind: str, *, severity: float, archived: bool) -> None:
    """A GuardDuty finding of now."""
    entries = site.extras(region).threat_findings
    identifier = f"{len(entries) + 1:032x}"
    detector = site.made[f"detector:{region}"]
    stamp = site.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    entries.append(
        {
            "AccountId": site.sandbox.account,
            "Arn": f"arn:aws:guardduty:{region}:{site.sandbox.account}:detector/{detector}/finding/{identifier}",
            "CreatedAt": stamp,
            "UpdatedAt": stamp,
            "Id": identifier,
            "Region": region,
            "Resource": {"ResourceType": "Instance"},
            "SchemaVersion": "2.0",
            "Severity": severity,
            "Type": kind,
            "Title": kind,
            "Service": {"Archived": archived, "Count": 1, "ServiceName": "guardduty", "EventFirstSeen": stamp, "EventLastSeen": stamp},
        }
    )


def archive_threats(site: Site, region: str) -> None:
    """Everything open has been dealt with."""
    for entry in site.extras(region).threat_findings:
        entry["Service"] = {**entry["Service"], "Archived": True}


def root_sign_in(site: Site) -> None:
    """Somebody signs in as root: the report and the trail show it."""
    site.sandbox.extras.root.password_last_used = site.now
    site.extras("us-east-1").trail_events.append(
        {
            "EventId": f"00000000-0000-4000-8000-{int(site.now.timestamp()):012d}",
            "EventName": "ConsoleLogin",
            "ReadOnly": "false",
            "EventTime": naive(site.now),
            "EventSource": "signin.amazonaws.com",
            "Username": "root",
            "Resources": [],
            "CloudTrailEvent": '{"userIdentity": {"type": "Root", "accountId": "123456789012"}, "eventName": "ConsoleLogin"}',
        }
    )


def _trail(site: Site) -> None:
    trail = site.client("cloudtrail")
    trail.create_trail(
        Name=TRAIL,
        S3BucketName="fernhill-audit-trail",
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        KmsKeyId=site.made["key:audit-trail"],
        TagsList=tags({"env": "prod"}),
    )
    trail.start_logging(Name=TRAIL)
    every = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    trail.put_event_selectors(TrailName=TRAIL, EventSelectors=every)


def set_logging(site: Site, *, on: bool) -> None:
    """The trail records, or stands still."""
    trail = site.client("cloudtrail")
    (trail.start_logging if on else trail.stop_logging)(Name=TRAIL)


def _recorder(site: Site, region: str) -> None:
    config = site.client("config", region)
    role = f"arn:aws:iam::{site.sandbox.account}:role/config-recorder"
    scope = {"allSupported": True, "includeGlobalResourceTypes": region == site.plan["home"]}
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": scope})
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "fernhill-audit-trail"})
    set_recording(site, region, on=True)
    rule = {"ConfigRuleName": "encrypted-volumes", "Source": {"Owner": "AWS", "SourceIdentifier": "ENCRYPTED_VOLUMES"}}
    config.put_config_rule(ConfigRule=rule)
    verdict = "NON_COMPLIANT" if region == "us-east-1" else "COMPLIANT"
    site.extras(region).compliance.append({"ConfigRuleName": "encrypted-volumes", "Compliance": {"ComplianceType": verdict}})


def set_recording(site: Site, region: str, *, on: bool) -> None:
    """Config records in a region and delivered successfully, or stands still."""
    config = site.client("config", region)
    (config.start_configuration_recorder if on else config.stop_configuration_recorder)(ConfigurationRecorderName="default")
    config_backends[site.sandbox.account][region].recorders["default"].status.last_status = "SUCCESS"


def _analyzer(site: Site, region: str) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:access-analyzer:{region}:{site.sandbox.account}:analyzer/account",
        "name": "account",
        "type": "ACCOUNT",
        "createdAt": naive(site.ago(500)),
        "status": "ACTIVE",
    }


def _external(site: Site) -> dict[str, Any]:
    seen = naive(site.now - timedelta(days=11))
    return {
        "id": "6f1f0a1a-9f57-4d6e-8f0b-0d5c6f7a8b90",
        "analyzedAt": naive(site.now),
        "createdAt": seen,
        "updatedAt": seen,
        "resource": "arn:aws:s3:::fernhill-press-kit",
        "resourceType": "AWS::S3::Bucket",
        "resourceOwnerAccount": site.sandbox.account,
        "status": "ACTIVE",
        "findingType": "ExternalAccess",
    }


def _distributions(site: Site) -> None:
    client = site.client("cloudfront", "us-east-1")
    certificate = site.made["certificate:cdn.fernhill.example"]
    for name, wanted in site.plan["distributions"].items():
        client.create_distribution(
            DistributionConfig={
                "CallerReference": name,
                "Comment": name,
                "Enabled": True,
                "Aliases": {"Quantity": 1, "Items": [f"{name}.fernhill.example"]},
                "Origins": {
                    "Quantity": 1,
                    "Items": [
                        {
                            "Id": "origin",
                            "DomainName": f"{wanted['bucket']}.s3.amazonaws.com",
                            "S3OriginConfig": {"OriginAccessIdentity": ""},
                        }
                    ],
                },
                "DefaultCacheBehavior": {
                    "TargetOriginId": "origin",
                    "ViewerProtocolPolicy": wanted["policy"],
                    "MinTTL": 0,
                    "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
                    "TrustedSigners": {"Enabled": False, "Quantity": 0},
                },
                "ViewerCertificate": {
                    "ACMCertificateArn": certificate,
                    "SSLSupportMethod": "sni-only",
                    "MinimumProtocolVersion": wanted["tls"],
                    "CloudFrontDefaultCertificate": False,
                },
            }
        )
