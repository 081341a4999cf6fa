"""What the account holds beyond moto: findings, jobs, patch states, root, contacts. Entries have the shape of botocore's models.

Lists are kept per region and answered as they stand; whoever changes the account changes them here (`scenario.py`, `history.py`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Entries = list[dict[str, Any]]
HOME = "eu-central-1"
ACCOUNT = "123456789012"


@dataclass
class RegionExtras:
    """One region's entries; each list's name says which operation answers with it."""

    analyzers: Entries = field(default_factory=list)  # accessanalyzer:ListAnalyzers
    external_findings: Entries = field(default_factory=list)  # accessanalyzer:ListFindingsV2
    trail_events: Entries = field(default_factory=list)  # cloudtrail:LookupEvents
    compliance: Entries = field(default_factory=list)  # config:DescribeComplianceByConfigRule
    threat_findings: Entries = field(default_factory=list)  # guardduty:ListFindings, GetFindings
    coverage: Entries = field(default_factory=list)  # inspector2:ListCoverage
    backup_jobs: Entries = field(default_factory=list)  # backup:ListBackupJobs
    protected_resources: Entries = field(default_factory=list)  # backup:ListProtectedResources
    restore_jobs: Entries = field(default_factory=list)  # backup:ListRestoreJobs
    restore_testing_plans: Entries = field(default_factory=list)  # backup:ListRestoreTestingPlans
    recovery_points: dict[str, Entries] = field(default_factory=dict)  # backup:ListRecoveryPointsByBackupVault
    vault_policies: dict[str, str] = field(default_factory=dict)  # backup:GetBackupVaultAccessPolicy
    managed_instances: Entries = field(default_factory=list)  # ssm:DescribeInstanceInformation
    patch_states: Entries = field(default_factory=list)  # ssm:DescribeInstancePatchStates
    standards: Entries = field(default_factory=list)  # securityhub:GetEnabledStandards
    pending_maintenance: Entries = field(default_factory=list)  # rds:DescribePendingMaintenanceActions
    snapshot_block: str = "unblocked"  # ec2:GetSnapshotBlockPublicAccessState


@dataclass
class Root:
    """The account's root user. An instant of None means never."""

    password: bool = True
    mfa: bool = False
    keys: int = 0
    created: datetime | None = None
    password_last_used: datetime | None = None
    password_last_changed: datetime | None = None
    key_last_used: datetime | None = None
    key_last_rotated: datetime | None = None


@dataclass
class Report:
    """One credential report as it was generated."""

    generated: datetime
    content: bytes
    read: bool = False


@dataclass
class Extras:
    """All of it, of one account. `regions` are the enabled ones, in the order AWS lists them."""

    regions: tuple[str, ...] = ("eu-central-1", "eu-west-1", "us-east-1")
    disabled_regions: tuple[str, ...] = ("me-south-1", "ap-east-1")
    contact: dict[str, str] = field(default_factory=dict)  # account:GetContactInformation
    root: Root = field(default_factory=Root)
    password_changed: dict[str, datetime] = field(default_factory=dict)  # user name -> instant
    report: Report | None = None
    by_region: dict[str, RegionExtras] = field(default_factory=dict)

    def region(self, name: str) -> RegionExtras:
        """The entries of one region, made empty on first use."""
        return self.by_region.setdefault(name, RegionExtras())
