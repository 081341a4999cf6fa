"""What is logged in an AWS account and how long it is kept. Pure: parsed payloads in, facts out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evidence.facts.audit_trail.v1 import AuditTrail
from evidence.facts.log_group.v1 import LogGroup


def audit_trail(
    trail: Mapping[str, Any], status: Mapping[str, Any] | None, selectors: Mapping[str, Any] | None, account: str
) -> AuditTrail:
    """cloudtrail:DescribeTrails' entry with its GetTrailStatus and GetEventSelectors (None: could not be read), as seen in `account`."""
    reads, writes = (None, None) if selectors is None else management_events(selectors)
    return AuditTrail(
        subject=trail["TrailARN"],
        name=trail.get("Name", ""),
        region=trail.get("HomeRegion", ""),
        account=account,
        home=trail.get("HomeRegion", ""),
        multi_region=trail.get("IsMultiRegionTrail"),
        organization_wide=trail.get("IsOrganizationTrail"),
        logging=None if status is None else status.get("IsLogging"),
        management_reads=reads,
        management_writes=writes,
        validation=trail.get("LogFileValidationEnabled"),
        key=trail.get("KmsKeyId", ""),
        store=trail.get("S3BucketName", ""),
    )


def management_events(selectors: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether management events that read and that write are logged, by basic or advanced selectors. A selector that leaves
    out event sources still counts: AWS offers that for the noisy ones (KMS, RDS Data API) only. A trail without any selector logs
    all management events (CloudTrail API, PutEventSelectors)."""
    reads = writes = not (selectors.get("EventSelectors") or selectors.get("AdvancedEventSelectors"))
    for each in selectors.get("EventSelectors") or ():
        if each.get("IncludeManagementEvents", False):
            kinds = each.get("ReadWriteType", "All")
            reads, writes = reads or kinds in ("All", "ReadOnly"), writes or kinds in ("All", "WriteOnly")
    for each in selectors.get("AdvancedEventSelectors") or ():
        fields = {field["Field"]: field for field in each.get("FieldSelectors", ())}
        if "Management" in fields.get("eventCategory", {}).get("Equals", ()):
            read_only = fields.get("readOnly", {}).get("Equals")
            reads, writes = reads or read_only in (None, ["true"]), writes or read_only in (None, ["false"])
    return reads, writes


def log_groups(listed: Iterable[Mapping[str, Any]], region: str) -> Iterator[LogGroup]:
    """logs:DescribeLogGroups' logGroups. A group without retentionInDays keeps its entries for ever."""
    for each in listed:
        yield LogGroup(
            subject=each.get("logGroupArn") or each["arn"].removesuffix(":*"),
            name=each["logGroupName"],
            region=region,
            retention_days=each.get("retentionInDays", 0),
            key=each.get("kmsKeyId", ""),
            tier=each.get("logGroupClass", ""),
        )
