"""Users, groups, roles and policies; root; organization accounts; Identity Center."""

import json
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import AccessKeyLastUsed, User, iam_backends

from integrations.sandbox.aws.estate.site import Site, naive, tags

PASSWORD = "Only-for-the-sandbox-1"
SIGNED_IN_DAYS = 12  # everybody signed in at most this many days before populating


def build(site: Site) -> None:
    """Everything of identity, people first."""
    _policies(site)
    _groups(site)
    _roles(site)
    for person in site.people:
        if "joins_day" not in person:
            hire(site, person, mfa=person["user"] not in site.plan["console_without_mfa"])
    for name, service_user in site.plan["service_users"].items():
        _service_user(site, name, service_user)
    _root(site)
    _organization(site)
    _identity_center(site)


def hire(site: Site, person: dict[str, Any], *, mfa: bool = True) -> None:
    """A person's IAM user with groups, and password, device and key where the roster says so."""
    iam, name, access = site.client("iam"), person["user"], person["aws"]
    iam.create_user(UserName=name, Tags=tags({"email": person["email"], "team": person["team"]}))
    for group in access["groups"]:
        iam.add_user_to_group(GroupName=group, UserName=name)
    user = user_of(site, name)
    joined = person.get("joined")
    if joined is not None:
        user.create_date = naive(datetime(joined.year, joined.month, joined.day, 9, 12, tzinfo=UTC))
    if access.get("console"):
        iam.create_login_profile(UserName=name, Password=PASSWORD)
        user.password_last_used = naive(site.ago(sum(map(ord, name)) % SIGNED_IN_DAYS + 0.3))
        site.sandbox.extras.password_changed[name] = user.create_date
        if mfa:
            give_device(site, name)
    if access.get("key"):
        give_key(site, name, age_days=20 + sum(map(ord, name)) % 45, used_days=1)


def leave(site: Site, name: str) -> None:
    """Somebody's IAM user with all that hangs on it."""
    iam = site.client("iam")
    for group in iam.list_groups_for_user(UserName=name)["Groups"]:
        iam.remove_user_from_group(GroupName=group["GroupName"], UserName=name)
    for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    take_device(site, name)
    if user_of(site, name).password:
        iam.delete_login_profile(UserName=name)
    iam.delete_user(UserName=name)


def give_device(site: Site, name: str) -> None:
    """A virtual MFA device, enabled."""
    iam = site.client("iam")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")


def take_device(site: Site, name: str) -> None:
    """All MFA devices of somebody are removed."""
    iam = site.client("iam")
    for device in iam.list_mfa_devices(UserName=name)["MFADevices"]:
        iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
        iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])


def give_key(site: Site, name: str, *, age_days: float, used_days: float | None) -> str:
    """An active access key of that age, last used so many days ago (None: never)."""
    made = site.client("iam").create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    key = user_of(site, name).get_access_key_by_id(made)
    key.create_date = naive(site.ago(age_days))
    if used_days is not None:
        key.last_used = AccessKeyLastUsed(naive(site.ago(used_days)).replace(microsecond=0), "ec2", site.plan["home"])
    return str(made)


def rotate_key(site: Site, name: str) -> None:
    """The oldest key is replaced by a new one."""
    iam = site.client("iam")
    keys = sorted(iam.list_access_keys(UserName=name)["AccessKeyMetadata"], key=lambda key: key["CreateDate"])
    iam.delete_access_key(UserName=name, AccessKeyId=keys[0]["AccessKeyId"])
    give_key(site, name, age_days=0, used_days=0)


def sign_ins(site: Site, *, absent: frozenset[str] = frozenset()) -> None:
    """Everybody with a password signed in lately, and every active key was used, except those `absent`."""
    for user in iam_backends[site.sandbox.account]["aws"].users.values():
        if user.name in absent:
            continue
        if user.password:
            user.password_last_used = naive(site.ago(sum(map(ord, user.name)) % SIGNED_IN_DAYS + 0.3))
        for key in user.access_keys:
            if key.status == "Active" and key.last_used is not None:
                key.last_used = AccessKeyLastUsed(naive(site.ago(1)).replace(microsecond=0), "ec2", site.plan["home"])


def user_of(site: Site, name: str) -> User:
    """moto's object of an IAM user."""
    return iam_backends[site.sandbox.account]["aws"].get_user(name)


def policy_arn(site: Site, name: str) -> str:
    """A policy's ARN, of AWS's own or the account's."""
    return name if name.startswith("arn:") else f"arn:aws:iam::{site.sandbox.account}:policy/{name}"


def _policies(site: Site) -> None:
    iam = site.client("iam")
    for name, policy in site.plan["policies"].items():
        statement = {"Effect": "Allow", "Action": policy["actions"], "Resource": policy["resource"]}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    wanted = site.plan["password_policy"]
    iam.update_account_password_policy(
        MinimumPasswordLength=wanted["length"],
        PasswordReusePrevention=wanted["reuse"],
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        AllowUsersToChangePassword=True,
        MaxPasswordAge=365,
    )
    iam.create_account_alias(AccountAlias="fernhill")


def _groups(site: Site) -> None:
    iam = site.client("iam")
    for name, group in site.plan["groups"].items():
        iam.create_group(GroupName=name)
        for policy in group["policies"]:
            iam.attach_group_policy(GroupName=name, PolicyArn=policy_arn(site, policy))


def _roles(site: Site) -> None:
    iam = site.client("iam")
    for name, role in site.plan["roles"].items():
        statement = {"Effect": "Allow", "Principal": {"Service": role["service"]}, "Action": "sts:AssumeRole"}
        trust = {"Version": "2012-10-17", "Statement": [statement]}
        site.made[f"role:{name}"] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        for policy in role["policies"]:
            iam.attach_role_policy(RoleName=name, PolicyArn=policy_arn(site, policy))


def _service_user(site: Site, name: str, wanted: dict[str, Any]) -> None:
    iam = site.client("iam")
    iam.create_user(UserName=name, Tags=tags({"purpose": "service"}))
    user_of(site, name).create_date = naive(site.ago(max(wanted["key_days"], 400) + 1))
    for group in wanted["groups"]:
        iam.add_user_to_group(GroupName=group, UserName=name)
    if "direct_policy" in wanted:
        iam.attach_user_policy(UserName=name, PolicyArn=policy_arn(site, wanted["direct_policy"]))
    key = give_key(site, name, age_days=wanted["key_days"], used_days=wanted["used_days"])
    if wanted.get("inactive_key"):
        iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")


def _root(site: Site) -> None:
    wanted, root = site.plan["root"], site.sandbox.extras.root
    root.mfa = wanted["mfa"]
    root.created = site.ago(2400)
    root.password_last_used = site.ago(wanted["password_last_used_days"])
    root.password_last_changed = site.ago(900)
    site.sandbox.extras.contact.update(site.plan["contact"])
    for kind, role in (("SECURITY", "Head of engineering"), ("BILLING", "Financial controller"), ("OPERATIONS", "Platform lead")):
        site.client("account").put_alternate_contact(
            AlternateContactType=kind,
            EmailAddress=f"{kind.lower()}@fernhill.example",
            Name=site.plan["contact"]["FullName"],
            PhoneNumber=site.plan["contact"]["PhoneNumber"],
            Title=role,
        )


def _organization(site: Site) -> None:
    organizations = site.client("organizations", "us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    for account in site.plan["organization_accounts"]:
        organizations.create_account(AccountName=account["name"], Email=account["email"])


def _identity_center(site: Site) -> None:
    admin, store = site.client("sso-admin"), site.client("identitystore")
    instance = admin.list_instances()["Instances"][0]
    users = {}
    for person in site.people:
        if "joins_day" in person:
            continue
        given, _, family = person["name"].partition(" ")
        users[person["user"]] = store.create_user(
            IdentityStoreId=instance["IdentityStoreId"],
            UserName=person["email"],
            DisplayName=person["name"],
            Name={"GivenName": given, "FamilyName": family},
            Emails=[{"Value": person["email"], "Type": "work", "Primary": True}],
        )["UserId"]
    for name, wanted in site.plan["identity_center"]["permission_sets"].items():
        created = admin.create_permission_set(Name=name, InstanceArn=instance["InstanceArn"], SessionDuration="PT8H")
        arn = created["PermissionSet"]["PermissionSetArn"]
        admin.attach_managed_policy_to_permission_set(
            InstanceArn=instance["InstanceArn"], PermissionSetArn=arn, ManagedPolicyArn=wanted["policy"]
        )
        for person in wanted["people"]:
            admin.create_account_assignment(
                InstanceArn=instance["InstanceArn"],
                TargetId=site.sandbox.account,
                TargetType="AWS_ACCOUNT",
                PermissionSetArn=arn,
                PrincipalType="USER",
                PrincipalId=users[person],
            )
