"""What the demo company's people decided in its first weeks: which systems count as production, who is approved, what is waived."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.operate.demo.whose import settle_accounts
from compliance.trail.actor import Actor, ActorKind
from controls.outcomes import Outcome
from controls.selectors.checks import check_by_id
from controls.selectors.points import subjects_at
from controls.services.parameters import change_parameters, explain_empty
from controls.services.waivers import grant_waiver
from evidence.selectors.subjects import subject_by_id
from integrations.sandbox.company.roster import colleagues

PRIYA = Actor(ActorKind.USER, "Priya Natarajan")
PRODUCTION = "env=prod"


@dataclass(frozen=True, slots=True)
class Decision:
    """On day `day` of the past: parameters, a waiver, or an explanation of an empty population. `each`: the waiver is of each subject
    that fails then, for what fails later is to be looked at too; except those whose names begin with one of `but`."""

    day: int
    check: str
    reason: str
    parameters: Mapping[str, str] | None = None
    waived_days: int = 0
    instead: str = ""
    empty: bool = False
    each: bool = False
    but: tuple[str, ...] = ()


REGISTER = "\n".join(f"{user}@fernhill.example" for user in ("jonas.weber", "tom.okafor", "ingrid.halvorsen", "break-glass"))
TITLES = "\n".join(sorted({who.title for who in colleagues()} | {move.title for who in colleagues() for move in who.moves}))
DECISIONS: tuple[Decision, ...] = (
    Decision(8, "aws.asg.multi_az", "Only production must survive the loss of a zone.", {"production_tags": f"{PRODUCTION}\nrole=web"}),
    Decision(8, "aws.rds.multi_az", "Only production must survive the loss of a zone.", {"production_tags": PRODUCTION}),
    Decision(8, "aws.s3.versioning_prod", "Versions are kept for production data.", {"data_tags": PRODUCTION}),
    Decision(9, "aws.s3.lifecycle_vs_policy", "Data retention policy, section 3.", {"retention_days": "730", "data_tags": "class=confidential"}),
    Decision(9, "gh.org.owners", "Privileged access register of 1 April.", {"minimum": "2", "maximum": "5", "register": "tom-okafor\njonas-weber"}),
    Decision(9, "aws.iam.admins_match_register", "Privileged access register of 1 April.", {"register": "tom.okafor\njonas.weber"}),
    Decision(9, "gh.outside_collaborators", "Register of contractors.", {"approved": "robin-ashworth\nkit-lambert\nmona-reyes"}),
    Decision(9, "gh.repo.visibility", "Client libraries are meant to be public.", {"public_allowed": "javascript-client\npython-client"}),
    Decision(10, "aws.org.all_accounts_in_scope", "Staging, sandbox and log archive hold no customer data.", waived_days=330),
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
)  # fmt: skip
# The programme's own review of what failed and cannot be undone: each case looked at, written down, accepted
REVIEWS = (
    ("gh.pr.independent_approval", "Looked through afterwards by the team's lead; the rule was explained again.", (100, 200, 300, 335)),
    ("gh.pr.ci_passed", "The failed build was a flaky test; it ran green on the default branch.", (100, 200, 300, 335)),
    ("gh.commit.no_direct_push", "Looked through afterwards by the team's lead; pushing was blocked there since.", (100, 200, 300, 335)),
    ("tk.change.approved", "Approved afterwards by the head of operations.", (100, 200)),
    ("tk.access_request.approved", "Given in a hurry and approved the day after.", (100,)),
    ("tk.offboarding.exists", "Access and equipment were checked by hand; the ticket is not made up afterwards.", (100, 200)),
    ("tk.security.sla", "Late because the fix had to wait for the library; the risk was accepted by the head of platform.", (120,)),
    ("tk.security.assigned", "The rota was changed so that somebody is on duty over holidays.", (200,)),
    ("tk.incident.postmortem", "Held without a written report; the actions are in the backlog.", (220,)),
    ("x.grant.without_request", "Looked at with the grant's giver: needed, and asked for by word of mouth.", (200, 310)),
    ("x.term.activity_after", "A mailbox rule signed in, not the person.", (215,)),
    ("x.account.unlinked", "Stands in the register of contractors or of shared accounts.", (60, 310)),
    ("x.idp.not_in_hris", "Stands in the register of shared accounts, or leaves with the engagement.", (60, 310)),
    ("okta.user.inactive_90", "Does not sign in by rule, or is on leave; looked at with its owner.", (100, 335)),
)
UNSETTLED = ("hendrik.olsen", "clara.jensen")  # an administrator and a person without a second factor: that is not waived
DECISIONS += (
    Decision(18, "aws.s3.versioning_prod", "Neither the press kit nor access logs hold what is not kept elsewhere.", waived_days=330),
    Decision(18, "aws.backup.vault_locked", "The recovery vault holds copies only; the first one is locked.", waived_days=330),
    Decision(19, "gh.repo.no_bypass", "Forecasting holds notebooks; nothing is deployed from it.", waived_days=330),
    Decision(20, "hr.person.core_fields", "Works for several departments until the project ends.", waived_days=330),
    Decision(45, "okta.user.mfa_enrolled", "A machine, or a desk that is used from the office network only.", waived_days=360, each=True, but=UNSETTLED),
    Decision(60, "x.mfa.everywhere", "A machine: its token is kept in the vault and turned every quarter.", waived_days=360, each=True, but=UNSETTLED),
    Decision(250, "aws.acm.cert_30d", "Both names moved to the edge and its own certificates; these are left to expire.", waived_days=300),
    Decision(215, "x.leave.access", "Works two mornings a week during the leave, agreed with personnel.", waived_days=300),
    Decision(330, "tk.vuln.linked", "No weakness has been open that long.", empty=True),
    *(Decision(day, check, reason, waived_days=360, each=True) for check, reason, days in REVIEWS for day in days),
)  # fmt: skip
RENEWED = tuple(dict.fromkeys(each.check for each in DECISIONS if each.waived_days == 330 and not each.each))
DECISIONS += tuple(Decision(335, check, "Reviewed and renewed for half a year.", waived_days=180) for check in RENEWED)


SETTLED_DAY = 43  # when it was decided whose the accounts of nobody are


class Diary:
    """Takes the decisions as their days come."""

    def __init__(self, start: datetime) -> None:
        self.settling: datetime | None = start + timedelta(days=SETTLED_DAY)
        self.accepted: set[tuple[str, uuid.UUID]] = set()
        self.left = [(start + timedelta(days=each.day), each) for each in sorted(DECISIONS, key=lambda each: each.day)]

    def until(self, at: datetime) -> None:
        """Everything decided by `at`, each at its own instant but not before the last reading."""
        while self.left and self.left[0][0] <= at:
            _when, decision = self.left.pop(0)
            if decision.each:
                self._accept_each(decision, at)
            else:
                _take(decision, at)
        if self.settling is not None and self.settling <= at:
            settle_accounts(at)
            self.settling = None

    def _accept_each(self, decision: Decision, at: datetime) -> None:
        check = check_by_id(decision.check)
        if check is None or not check.logic_version:
            return
        for found in subjects_at(check.pk, at, [int(Outcome.FAIL)], live=True, limit=200):
            if found.name.startswith(decision.but) or (decision.check, found.subject_id) in self.accepted:
                continue
            self.accepted.add((decision.check, found.subject_id))
            grant_waiver(
                actor=PRIYA, check=check, subject=subject_by_id(found.subject_id), until=at + timedelta(days=decision.waived_days),
                reason=decision.reason, now=at,
            )  # fmt: skip


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
