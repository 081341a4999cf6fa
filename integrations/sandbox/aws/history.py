"""Twelve months at the demo company's AWS account: people come and go, things break and are put right.

A step happens at a fixed number of days after the start (give or take minutes that follow from the seed), so that the same
start and seed give the same history. Most days nothing is wrong; some failures last hours, some weeks; twice the account cannot
be read. People join and leave on the same days as at the sandboxes of other vendors.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from integrations.sandbox.aws.estate import certificates, compute, continuity, databases, detection, identity, networks, storage
from integrations.sandbox.aws.estate.site import Site
from integrations.sandbox.company import fernhill

LENGTH = timedelta(days=365)
EVERYWHERE = [["tcp", 22, 22, "0.0.0.0/0"]]
HALVES = [["tcp", 22, 22, "0.0.0.0/1"], ["tcp", 22, 22, "128.0.0.0/1"]]
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ON_LEAVE = frozenset({"tariq.aziz"})

Change = Callable[[Site], None]
Put = Callable[[float, str, Change], None]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens `at` an instant; `title` says what."""

    at: datetime
    title: str
    change: Change

    def apply(self, site: Site) -> None:
        """Do it, with the sandbox's clock standing at the step's instant."""
        site.sandbox.clock.set(self.at)
        site.label = f"{self.at.isoformat()} {self.title}"
        self.change(site)


@dataclass
class Replay:
    """A populated account and what will happen to it. `advance` is the only way on; there is none back."""

    site: Site
    left: list[Step] = field(default_factory=list)

    def advance(self, until: datetime) -> Iterator[Step]:
        """Apply the steps up to `until` in order, yielding each after it was applied; then the clock stands at `until`."""
        while self.left and self.left[0].at <= until:
            step = self.left.pop(0)
            step.apply(self.site)
            yield step
        self.site.sandbox.clock.set(until)


def steps(start: datetime, end: datetime | None = None, seed: int = 1) -> list[Step]:
    """Everything that happens from `start` to `end` (LENGTH later unless told), in order of time."""
    end = end or start + LENGTH
    chance, planned = random.Random(seed), []

    def put(days: float, title: str, change: Change) -> None:
        at = start + timedelta(days=days, minutes=chance.randrange(0, 25))
        planned.append(Step(at.replace(second=0, microsecond=0), title, change))

    for chapter in (_people, _second_factors, _keys_and_rights, _data, _network, _watching, _upkeep):
        chapter(put)
    return sorted((step for step in planned if step.at <= end), key=lambda step: step.at)


def _people_with_users() -> list[dict[str, Any]]:
    return [person for person in fernhill.load()["people"] if "aws" in person]


def _people(put: Put) -> None:
    for person in _people_with_users():
        name = person["user"]
        if "joins_day" in person:
            put(person["joins_day"] + 0.35, f"{name} joins", partial(identity.hire, person=person, mfa=name != "bianca.weiss"))
        if "leaves_day" in person:
            late = 2.8 if name == "omar.khalil" else 0.75
            put(person["leaves_day"] + late, f"{name} left, the user is removed", partial(identity.leave, name=name))
    for number in range(13):
        absent = ON_LEAVE if number < 5 else frozenset()
        put(13.3 + number * 28, "people sign in", partial(identity.sign_ins, absent=absent))


def _second_factors(put: Put) -> None:
    put(6.4, "noah.williams sets up MFA", partial(identity.give_device, name="noah.williams"))
    put(8.2, "amir.nazari sets up MFA", partial(identity.give_device, name="amir.nazari"))
    put(11.4, "bianca.weiss sets up MFA", partial(identity.give_device, name="bianca.weiss"))
    put(231.5, "ben.adeyemi loses the phone with MFA", partial(identity.take_device, name="ben.adeyemi"))
    put(231.6, "clara.jensen loses the phone with MFA", partial(identity.take_device, name="clara.jensen"))
    put(233.4, "ben.adeyemi sets up MFA again", partial(identity.give_device, name="ben.adeyemi"))


def _keys_and_rights(put: Put) -> None:
    keyed = [person["user"] for person in _people_with_users() if person["aws"].get("key")]
    for day in (25, 100, 175, 250, 325):
        for name in keyed:
            if (day, name) != (100, "wei.chen"):
                put(day + 0.42, f"{name} rotates the access key", partial(identity.rotate_key, name=name))
    put(127.5, "wei.chen rotates the forgotten access key", partial(identity.rotate_key, name="wei.chen"))
    services = {
        "svc-deploy": (30, 110, 190, 270, 350),
        "svc-metrics": (41, 120, 200, 280, 360),
        "svc-invoices": (60, 140, 220, 300),
    }
    for name, days in services.items():
        for day in days:
            put(day + 0.6, f"the key of {name} is rotated", partial(identity.rotate_key, name=name))
    put(36.5, "the migration role loses its all-powerful policy", _detach_migration)
    put(102.3, "the password policy is weakened", partial(_password_length, length=8))
    put(104.6, "the password policy is restored", partial(_password_length, length=14))
    put(222.4, "clara.jensen is made administrator for a migration", partial(_administrator, name="clara.jensen", on=True))
    put(224.5, "clara.jensen is no longer administrator", partial(_administrator, name="clara.jensen", on=False))
    put(73.5, "root signs in to change the payment method", detection.root_sign_in)


def _data(put: Put) -> None:
    put(18.5, "the bucket of app assets is opened to everybody", partial(_exposed, bucket="fernhill-app-assets", on=True))
    put(21.6, "the bucket of app assets is closed again", partial(_exposed, bucket="fernhill-app-assets", on=False))
    put(266.4, "the bucket of app assets is opened to everybody for a test", partial(_exposed, bucket="fernhill-app-assets", on=True))
    put(266.6, "the bucket of app assets is closed five hours later", partial(_exposed, bucket="fernhill-app-assets", on=False))
    put(27.4, "the marketing database leaves the internet", partial(_private, name="marketing-cms", region="eu-west-1"))
    trial = {"region": "eu-central-1", "engine": "postgres", "version": "16.3", "multi_az": False, "protected": False, "backup_days": 1}
    real = {**trial, "multi_az": True, "protected": True, "backup_days": 14, "tags": {"env": "prod"}}
    trial |= {"encrypted": False, "tags": {"env": "prod"}}
    put(44.3, "a database for events is created unencrypted", partial(_created, name="events-trial", wanted=trial))
    put(47.7, "the database for events is made anew, encrypted", partial(_created, name="events", wanted=real))
    put(47.8, "the unencrypted one is deleted", partial(databases.delete_database, name="events-trial", region="eu-central-1"))
    put(95.4, "reporting moves to an encrypted database", partial(_created, name="reporting-encrypted", wanted=real))
    put(96.4, "the old reporting database is deleted", partial(databases.delete_database, name="reporting", region="eu-central-1"))
    shared = partial(databases.share_snapshot, snapshot="core-prod-before-upgrade", region="eu-central-1")
    put(128.2, "a snapshot is shared with everybody", partial(shared, with_all=True))
    put(129.1, "the snapshot is private again", partial(shared, with_all=False))
    put(131.4, "the table of rate limits gets point-in-time recovery", partial(storage.set_table_recovery, name="rate-limits", on=True))
    put(170.5, "a restore is tested", _restore_test)


def _network(put: Put) -> None:
    put(25.6, "the import group no longer admits the world", partial(networks.close_firewall, name="partner-import", openings=HALVES))
    put(52.3, "the bastion is opened to the world", partial(networks.open_firewall, name="bastion", openings=EVERYWHERE))
    put(52.55, "the bastion is closed after six hours", partial(networks.close_firewall, name="bastion", openings=EVERYWHERE))
    put(12.4, "the staging certificate is renewed", partial(_renewed, domain="staging.fernhill.example"))
    put(96.5, "the certificate of the application is renewed", partial(_renewed, domain="app.fernhill.example"))
    put(158.5, "the application answers without TLS", partial(compute.set_redirect, name="app", on=False))
    put(159.4, "the application redirects to TLS again", partial(compute.set_redirect, name="app", on=True))
    put(205.4, "traffic of the staging network is not logged", partial(networks.stop_flow_log, name="staging"))
    put(207.2, "traffic of the staging network is logged again", partial(networks.start_flow_log, name="staging"))
    put(210.5, "the landing form loses its open address", partial(compute.remove_function_url, name="landing-form"))


def _watching(put: Put) -> None:
    put(58.3, "the reader's right to GuardDuty is taken away", partial(_refuse, operation="guardduty:*"))
    put(60.3, "the reader's right to GuardDuty is given back", partial(_admit, operation="guardduty:*"))
    put(88.4, "GuardDuty is switched on in the third region", partial(_threat_detection, region="us-east-1", on=True))
    put(150.3, "GuardDuty is suspended in the third region", partial(_threat_detection, region="us-east-1", on=False))
    put(153.4, "GuardDuty runs again in the third region", partial(_threat_detection, region="us-east-1", on=True))
    put(120.5, "the trail stands still", partial(detection.set_logging, on=False))
    put(120.7, "the trail records again", partial(detection.set_logging, on=True))
    for day, handled in ((145.6, 149.4), (160.2, 171.5)):
        put(day, "GuardDuty reports a severe finding", partial(_threat, region="eu-central-1"))
        put(handled, "the finding is dealt with", partial(detection.archive_threats, region="eu-central-1"))
    put(186.4, "Config stands still in the second region", partial(detection.set_recording, region="eu-west-1", on=False))
    put(186.9, "Config records again in the second region", partial(detection.set_recording, region="eu-west-1", on=True))
    put(285.2, "the reader's key is switched off by mistake", partial(_refuse, operation="sts:*"))
    put(292.4, "the reader's key is switched on again, a week later", partial(_admit, operation="sts:*"))


def _upkeep(put: Put) -> None:
    put(165.3, "a scan finds critical patches missing", partial(compute.set_patches, name="worker-2", critical=2))
    put(172.6, "the patches are installed", partial(compute.set_patches, name="worker-2", critical=0))
    kept = partial(detection.set_retention, region="eu-central-1", name="/aws/lambda/webhook-intake", days=400)
    put(182.5, "the intake's log is kept for a year", kept)


def _detach_migration(site: Site) -> None:
    arn = identity.policy_arn(site, "LegacyMigration")
    site.client("iam").detach_role_policy(RoleName="migration-2023", PolicyArn=arn)


def _password_length(site: Site, length: int) -> None:
    wanted = {"MinimumPasswordLength": length, "PasswordReusePrevention": site.plan["password_policy"]["reuse"]}
    site.client("iam").update_account_password_policy(RequireNumbers=True, RequireSymbols=True, **wanted)


def _administrator(site: Site, name: str, on: bool) -> None:
    iam = site.client("iam")
    (iam.attach_user_policy if on else iam.detach_user_policy)(UserName=name, PolicyArn=ADMINISTRATOR)


def _exposed(site: Site, bucket: str, on: bool) -> None:
    storage.set_bucket_block(site, bucket, on=not on)
    storage.set_bucket_policy(site, bucket, public=on, tls_only=True)


def _private(site: Site, name: str, region: str) -> None:
    site.client("rds", region).modify_db_instance(DBInstanceIdentifier=name, PubliclyAccessible=False, ApplyImmediately=True)


def _created(site: Site, name: str, wanted: dict[str, Any]) -> None:
    databases.create_database(site, name, wanted, age_days=0)
    if wanted.get("encrypted", True):
        continuity.watch_database(site, name, wanted["region"])
        continuity.protect(site, wanted["region"], "RDS", site.made[f"database:{name}"])


def _restore_test(site: Site) -> None:
    continuity.record_restore(site, site.plan["home"], "RDS", site.made["database:core-prod"], days_ago=0)


def _renewed(site: Site, domain: str) -> None:
    expires = site.now + certificates.VALID
    certificates.issue(site, domain, site.plan["certificates"][domain]["region"], expires, arn=site.made[f"certificate:{domain}"])


def _refuse(site: Site, operation: str) -> None:
    site.refusals[operation] = site.sandbox.faults.add(operation, "denied")


def _admit(site: Site, operation: str) -> None:
    site.sandbox.faults.remove(site.refusals.pop(operation))


def _threat_detection(site: Site, region: str, on: bool) -> None:
    client = site.client("guardduty", region)
    if f"detector:{region}" not in site.made:
        site.made[f"detector:{region}"] = client.create_detector(Enable=on)["DetectorId"]
    client.update_detector(DetectorId=site.made[f"detector:{region}"], Enable=on)


def _threat(site: Site, region: str) -> None:
    detection.add_threat(site, region, "CryptoCurrency:EC2/BitcoinTool.B!DNS", severity=8.0, archived=False)
