"""What the demo company's people decided in its first weeks: which systems count as production, who is approved, what is waived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.operate.demo.whose import settle_accounts
from compliance.trail.actor import Actor, ActorKind
from controls.selectors.checks import check_by_id
from controls.services.parameters import change_parameters, explain_empty
from controls.services.waivers import grant_waiver
from integrations.sandbox.company.roster import colleagues

PRIYA = Actor(ActorKind.USER, "Priya Natarajan")
PRODUCTION = "env=prod"


@dataclass(frozen=True, slots=True)
class Decision:
    """On day `day` of the past: parameters, a waiver, or an explanation of an empty population."""

    day: int
    check: str
    reason: str
    parameters: Mapping[str, str] | None = None
    waived_days: int = 0
    instead: str = ""
    empty: bool = False


REGISTER = "\n".join(f"{user}@fernhill.example" for user in ("jonas.weber", "tom.okafor", "ingrid.halvorsen", "break-glass"))
TITLES = "\n".join(sorted({who.title for who in colleagues()} | {move.title for who in colleagues() for move in who.moves}))
RENEWED = (
    "aws.iam.humans_via_sso", "aws.s3.access_logging", "aws.backup.coverage", "aws.rds.minor_upgrades", "aws.alarms.capacity",
    "aws.backup.restore_tested", "gh.deploy_keys", "aws.elb.https_only", "aws.cloudfront.tls", "aws.secrets.rotation",
    "aws.vpc.default_sg_closed", "aws.s3.policy_not_public", "aws.s3.block_public_access", "aws.iam.access_analyzer_findings",
    "aws.eks.endpoint_restricted", "aws.lambda.runtime_supported", "gh.codescan_sla", "aws.ecr.scan", "aws.kms.rotation",
    "aws.vpc.flow_logs", "aws.securityhub.enabled", "aws.elb.waf", "aws.elb.access_logs", "aws.ec2.imdsv2", "aws.asg.multi_az",
    "aws.rds.multi_az", "aws.ec2.ebs_default_encryption", "aws.ec2.volume_encrypted", "aws.iam.no_direct_user_policies",
)  # fmt: skip
DECISIONS = (
    Decision(8, "aws.asg.multi_az", "Only production must survive the loss of a zone.", {"production_tags": f"{PRODUCTION}\nrole=web"}),
    Decision(8, "aws.rds.multi_az", "Only production must survive the loss of a zone.", {"production_tags": PRODUCTION}),
    Decision(8, "aws.s3.versioning_prod", "Versions are kept for production data.", {"data_tags": PRODUCTION}),
    Decision(9, "aws.s3.lifecycle_vs_policy", "Data retention policy, section 3.", {"retention_days": "730", "data_tags": "class=confidential"}),
    Decision(9, "gh.org.owners", "Privileged access register of 1 April.", {"minimum": "2", "maximum": "5", "register": "tom-okafor\njonas-weber"}),
    Decision(9, "aws.iam.admins_match_register", "Privileged access register of 1 April.", {"register": "tom.okafor\njonas.weber"}),
    Decision(9, "gh.outside_collaborators", "Register of contractors.", {"approved": "robin-ashworth\nkit-lambert\nmona-reyes"}),
    Decision(9, "gh.repo.visibility", "Client libraries are meant to be public.", {"public_allowed": "javascript-client\npython-client"}),
    Decision(10, "aws.org.all_accounts_in_scope", "Staging and sandbox hold no customer data.", {"excluded": "Fernhill Staging\nFernhill Sandbox\nFernhill Log Archive"}),
    Decision(12, "aws.iam.humans_via_sso", "Single sign-on is rolled out team by team this year.", waived_days=330, instead="A second factor on every IAM user."),
    Decision(12, "aws.s3.access_logging", "The audit trail's own buckets are covered by the log archive account.", waived_days=330),
    Decision(13, "aws.backup.coverage", "Databases are backed up by their own service; moving to the backup service is planned.", waived_days=330),
    Decision(13, "aws.rds.minor_upgrades", "MySQL 8.4 is being tested.", waived_days=330, instead="Network access is limited to two services."),
    Decision(14, "aws.alarms.capacity", "Staging is watched by the team itself.", waived_days=330),
    Decision(15, "aws.backup.restore_tested", "File systems and buckets are restored in the yearly exercise in December.", waived_days=330),
    Decision(15, "gh.deploy_keys", "Old mirrors are taken down with the new build pipeline.", waived_days=330),
    Decision(16, "aws.elb.https_only", "The staging balancer answers only inside the office network.", waived_days=330),
    Decision(16, "aws.cloudfront.tls", "The status page must be reachable without TLS.", waived_days=330),
    Decision(17, "aws.ec2.snapshot_private", "No snapshots exist: disks are rebuilt from images.", empty=True),
    Decision(17, "aws.guardduty.findings_sla", "No finding of that severity is open.", empty=True),
    Decision(17, "gh.secret_alerts_sla", "No secret was found.", empty=True),
    Decision(20, "aws.secrets.rotation", "Mail and code host offer no rotation.", waived_days=330, instead="Yearly replacement by hand."),
    Decision(20, "aws.vpc.default_sg_closed", "No machine uses the default group.", waived_days=330),
    Decision(22, "aws.s3.policy_not_public", "The press kit is meant to be public.", waived_days=330),
    Decision(22, "aws.s3.block_public_access", "The press kit is meant to be public.", waived_days=330),
    Decision(22, "aws.iam.access_analyzer_findings", "The press kit is meant to be public.", waived_days=330),
    Decision(24, "aws.eks.endpoint_restricted", "The staging cluster moves behind the gateway in winter.", waived_days=330),
    Decision(24, "aws.lambda.runtime_supported", "The notifier is replaced by the chat platform's own.", waived_days=330),
    Decision(25, "gh.codescan_sla", "Two findings are false positives and await review by the vendor.", waived_days=330),
    Decision(26, "aws.ecr.scan", "The tools image is used inside the build only.", waived_days=330),
    Decision(27, "aws.kms.rotation", "The key of the state file is replaced by hand.", waived_days=330),
    Decision(30, "aws.ec2.ebs_default_encryption", "The third region holds notebooks only.", waived_days=330),
    Decision(30, "aws.ec2.volume_encrypted", "The notebook's disk holds public data sets.", waived_days=330),
    Decision(30, "aws.vpc.flow_logs", "The analytics network is taken down in winter.", waived_days=330),
    Decision(32, "aws.securityhub.enabled", "The third region holds notebooks only.", waived_days=330),
    Decision(32, "aws.elb.waf", "The staging balancer answers only inside the office network.", waived_days=330),
    Decision(32, "aws.elb.access_logs", "Staging holds no customer data.", waived_days=330),
    Decision(34, "aws.ec2.imdsv2", "The partner's transfer machine is replaced in December.", waived_days=330),
    Decision(34, "aws.ssm.patch_compliance", "The partner's transfer machine is patched by the partner.", waived_days=330),
    Decision(36, "aws.s3.tls_only", "Neither the press kit nor experiments hold customer data.", waived_days=330),
    Decision(36, "aws.rds.deletion_protection", "The marketing database can be made anew.", waived_days=330),
    Decision(36, "aws.rds.backup_7d", "The marketing database can be made anew.", waived_days=330),
    Decision(38, "aws.redshift_cache_search.encrypted", "The staging cache holds test data.", waived_days=330),
    Decision(38, "gh.secret_scanning", "Experiments is archived at the end of the year.", waived_days=330),
    Decision(40, "aws.asg.multi_az", "The recovery site runs one machine by design.", waived_days=330),
    Decision(40, "aws.iam.no_direct_user_policies", "The invoice service is moved to a role.", waived_days=330),
    Decision(41, "okta.admin.count", "Privileged access register of 1 April.", {"minimum": "2", "maximum": "5", "register": REGISTER}),
    Decision(41, "tk.admins", "Privileged access register of 1 April.", {"register": REGISTER}),
    Decision(41, "tk.project.restricted", "Security and personnel tickets are confidential.", {"projects": "SEC\nPEOPLE"}),
    Decision(41, "hr.person.job_title_described", "Titles with an approved job description.", {"described_titles": TITLES}),
    Decision(41, "hr.person.manager", "Two founders and the chief executive report to the board.", waived_days=330),
    Decision(41, "x.mfa.everywhere", "The tracker is entered through single sign-on only.", {"through_provider": "jira"}),
    Decision(41, "okta.policy.mfa_required", "The visitor list is reached from the front desk only.", waived_days=330),
    Decision(41, "okta.app.deprovision", "The payroll provider offers no provisioning; leavers are removed by hand.", waived_days=330),
    Decision(41, "okta.app.group_assigned", "Small teams are assigned by hand until the roles are reviewed.", waived_days=330),
    Decision(41, "okta.token.hygiene", "The import's token moves to an app this year.", waived_days=330),
    Decision(42, "x.cloud.not_in_idp", "Service users are listed with their owners.", waived_days=330),
    Decision(42, "x.vcs.not_in_idp", "Contractors work as outside collaborators; see their register.", waived_days=330),
    Decision(42, "gh.dependabot_sla", "The legacy portal is taken down; experiments are not deployed.", waived_days=330),
    Decision(44, "x.hris.not_in_idp", "The front desk has no account of its own.", waived_days=330),
    Decision(150, "aws.iam.access_key_age_90", "The access policy now asks for 60 days.", {"max_age_days": "60"}),
    *(
        Decision(335, check, "Reviewed and renewed for half a year.", waived_days=180)
        for check in RENEWED
    ),
)  # fmt: skip


SETTLED_DAY = 43  # when it was decided whose the accounts of nobody are


class Diary:
    """Takes the decisions as their days come."""

    def __init__(self, start: datetime) -> None:
        self.settling: datetime | None = start + timedelta(days=SETTLED_DAY)
        self.left = [(start + timedelta(days=each.day), each) for each in sorted(DECISIONS, key=lambda each: each.day)]

    def until(self, at: datetime) -> None:
        """Everything decided by `at`, each at its own instant but not before the last reading."""
        while self.left and self.left[0][0] <= at:
            _when, decision = self.left.pop(0)
            _take(decision, at)
        if self.settling is not None and self.settling <= at:
            settle_accounts(at)
            self.settling = None


def _take(decision: Decision, at: datetime) -> None:
    check = check_by_id(decision.check)
    if check is None or not check.logic_version:
        return
    if decision.parameters is not None:
        given = {name: _text(value) for name, value in check.parameters.items()} | dict(decision.parameters)
        change_parameters(actor=PRIYA, check=check, given=given, reason=decision.reason, now=at)
    elif decision.empty:
        explain_empty(actor=PRIYA, check=check, explanation=decision.reason, now=at)
    else:
        grant_waiver(
            actor=PRIYA, check=check, subject=None, until=at + timedelta(days=decision.waived_days), reason=decision.reason,
            compensating_control=decision.instead, now=at,
        )  # fmt: skip


def _text(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)
