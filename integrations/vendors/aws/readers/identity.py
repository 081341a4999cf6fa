"""Reads who may enter an AWS account and what they may do: four calls for IAM, whatever its size, and single sign-on."""

from collections.abc import Iterator
from typing import Any

from integrations.errors import SchemaDrift, Transient
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.identity import v1 as collector
from integrations.vendors.aws.errors import RegionRefused
from integrations.vendors.aws.reading import Reader, Reading

FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0  # seconds between looks until AWS has made the report; doubling from the first to the longest
REPORT_SECONDS = 60.0  # how long a report is waited for
REPORT = ("iam:GenerateCredentialReport", "iam:GetCredentialReport")
DETAILS = ("iam:GetAccountAuthorizationDetails",)
# AWS's own policies are left out: there are over a thousand, and the one that matters is known by its name.
DETAIL_FILTER = {"Filter": ["User", "Role", "Group", "LocalManagedPolicy"]}
SIGN_ON = (
    "sso-admin:ListInstances",
    "sso-admin:ListPermissionSets",
    "sso-admin:DescribePermissionSet",
    "sso-admin:ListManagedPoliciesInPermissionSet",
    "sso-admin:GetInlinePolicyForPermissionSet",
    "sso-admin:ListAccountsForProvisionedPermissionSet",
    "sso-admin:ListAccountAssignments",
    "identitystore:ListUsers",
    "identitystore:ListGroups",
)

STREAMS = (
    Stream(
        kind="account",
        title="IAM users",
        operations=REPORT,
        completeness=Completeness.CONSISTENT_READ,
        never="No password, no key and no e-mail address is in the report.",
    ),
    Stream(kind="access_key", title="Access keys of IAM users", operations=REPORT, completeness=Completeness.CONSISTENT_READ),
    Stream(kind="root_use", title="Use of the root user", operations=REPORT, completeness=Completeness.CONSISTENT_READ),
    Stream(kind="root_user", title="The root user", operations=("iam:GetAccountSummary",), completeness=Completeness.CONSISTENT_READ),
    Stream(
        kind="password_policy",
        title="The account's password policy",
        operations=("iam:GetAccountPasswordPolicy",),
        completeness=Completeness.CONSISTENT_READ,
    ),
    Stream(
        kind="account_profile",
        title="The account",
        operations=("sts:GetCallerIdentity", "iam:ListAccountAliases"),
        completeness=Completeness.LAST_PAGE,
    ),
    Stream(kind="permission_policy", title="The customer's own policies", operations=DETAILS, completeness=Completeness.LAST_PAGE),
    Stream(
        kind="principal",
        title="Users, roles and workforce identities with their permissions",
        operations=DETAILS + SIGN_ON,
        completeness=Completeness.LAST_PAGE,
        never="Of workforce identities the user name, the primary e-mail address and the group name are kept; other addresses, phone numbers "
        "and birth dates are taken out of the answer before anything is kept.",
    ),
)


def _report(reading: Reading) -> tuple[AwsPage, list[dict[str, str]]]:
    return reading.memo("credential report", lambda: _fetched_report(reading))


def _fetched_report(reading: Reading) -> tuple[AwsPage, list[dict[str, str]]]:
    _await_report(reading)
    page = reading.client.one(operation="iam:GetCredentialReport")
    try:
        return page, collector.report_rows(page.data["Content"])
    except (collector.ReportError, KeyError) as error:
        raise SchemaDrift(str(error), operation="iam:GetCredentialReport") from error


def _await_report(reading: Reading) -> None:
    for seconds in (*_waits(), None):
        reading.context.check_cancelled()
        if reading.client.one(operation="iam:GenerateCredentialReport").data.get("State") == "COMPLETE":
            return
        if seconds is not None:
            reading.sleep(seconds)
    raise Transient("AWS did not finish the credential report within a minute", operation="iam:GenerateCredentialReport")


def _waits() -> Iterator[float]:
    """Seconds between looks, short at first since most accounts are small; together at most REPORT_SECONDS."""
    seconds, waited = FIRST_WAIT, 0.0
    while waited + seconds <= REPORT_SECONDS:
        yield seconds
        waited += seconds
        seconds = min(seconds * 2, LONGEST_WAIT)


def _of_report(reading: Reading, kind: str, make: Any) -> Iterator[Observation]:
    """The report tells its own time: what it says was so when it was made, not when it was fetched."""
    page, rows = _report(reading)
    for each in reading.facts(kind, page, rows, make):
        yield Observation(fact=each.fact, pages=each.pages, observed_at=page.data.get("GeneratedTime"))


def _accounts(reading: Reading) -> Iterator[Observation]:
    yield from _of_report(reading, "account", lambda row: collector.accounts([row]))


def _access_keys(reading: Reading) -> Iterator[Observation]:
    yield from _of_report(reading, "access_key", lambda row: collector.access_keys([row]))


def _root_use(reading: Reading) -> Iterator[Observation]:
    account = reading.account
    yield from _of_report(reading, "root_use", lambda row: collector.root_use([row], account))


def _root_user(reading: Reading) -> Iterator[Observation]:
    page = reading.client.one(operation="iam:GetAccountSummary", kind="root_user")
    account, partition = reading.account, reading.partition
    yield from reading.facts("root_user", page, [page.data], lambda data: [collector.root_user(data["SummaryMap"], account, partition)])


def _password_policy(reading: Reading) -> Iterator[Observation]:
    page = reading.client.one(operation="iam:GetAccountPasswordPolicy", kind="password_policy")
    account, partition = reading.account, reading.partition
    yield from reading.facts(
        "password_policy",
        page,
        [page.data],
        lambda data: [collector.password_policy(None if page.absent else data["PasswordPolicy"], account, partition)],
    )


def _account_profile(reading: Reading) -> Iterator[Observation]:
    kind, operation = "account_profile", "iam:ListAccountAliases"
    caller = reading.caller_page()
    page = reading.part(kind, operation, lambda: reading.client.one(operation=operation, kind=kind))
    aliases = None if page is None else page.data.get("AccountAliases", ())
    made = collector.account_profile(reading.account, aliases, reading.partition)
    yield from reading.facts(kind, page or caller, [made], lambda fact: [fact], also=(caller.digest,) if page else ())


def _details(reading: Reading) -> tuple[tuple[AwsPage, ...], collector.Details]:
    return reading.memo("authorization details", lambda: _joined(reading))


def _joined(reading: Reading) -> tuple[tuple[AwsPage, ...], collector.Details]:
    pages = reading.pages("iam:GetAccountAuthorizationDetails", parameters=DETAIL_FILTER, kind="principal")
    return pages, collector.details(page.data for page in pages)


def _permission_policies(reading: Reading) -> Iterator[Observation]:
    pages, found = _details(reading)
    yield from _from_details(reading, "permission_policy", pages, collector.permission_policies(found))


def _from_details(reading: Reading, kind: str, pages: tuple[AwsPage, ...], made: Iterator[Any]) -> Iterator[Observation]:
    others = [page.digest for page in pages[1:]]
    yield from reading.facts(kind, pages[0], made, lambda fact: [fact], also=others)


def _principals(reading: Reading) -> Iterator[Observation]:
    pages, found = _details(reading)
    yield from _from_details(reading, "principal", pages, collector.principals(found))
    yield from _workforce(reading)


# -- single sign-on ------------------------------------------------------------------------------------------------------


def _workforce(reading: Reading) -> Iterator[Observation]:
    found = reading.part("principal", "sso-admin:ListInstances", lambda: _instance(reading))
    if found is None:
        return
    page, region = found
    for instance in page.data["Instances"]:
        arn, store = instance["InstanceArn"], instance.get("IdentityStoreId", "")
        digests: list[str] = []
        assigned = list(_assignments(reading, arn, region, digests))
        names = _names(reading, store, region, digests)
        made = collector.workforce_principals(assigned, names, arn)
        yield from reading.facts("principal", page, made, lambda fact: [fact], also=dict.fromkeys(digests))


def _instance(reading: Reading) -> tuple[AwsPage, str] | None:
    """Identity Center lives in one region, which need not be ours. Most accounts have none."""
    home = reading.client.region
    for region in (home, *(each for each in reading.regions if each != home)):
        try:
            page = reading.client.one(operation="sso-admin:ListInstances", region=region, kind="principal")
        except RegionRefused:
            continue
        if page.data.get("Instances"):
            return page, region
    return None


def _assignments(reading: Reading, instance: str, region: str, digests: list[str]) -> Iterator[collector.Assignment]:
    for permission_set in _all(reading, "ListPermissionSets", region, "PermissionSets", digests, InstanceArn=instance):
        given = {"InstanceArn": instance, "PermissionSetArn": permission_set}
        name, administers = _described(reading, region, given, digests)
        accounts = _all(reading, "ListAccountsForProvisionedPermissionSet", region, "AccountIds", digests, **given)
        for account in accounts:
            for each in _all(reading, "ListAccountAssignments", region, "AccountAssignments", digests, AccountId=account, **given):
                yield collector.Assignment(
                    account=account,
                    principal_type=each["PrincipalType"],
                    principal=each["PrincipalId"],
                    permission_set=name,
                    administers=administers,
                )


def _described(reading: Reading, region: str, given: dict[str, str], digests: list[str]) -> tuple[str, bool | None]:
    described = _single(reading, "DescribePermissionSet", region, digests, given)
    name = (described or {}).get("PermissionSet", {}).get("Name", given["PermissionSetArn"])
    attached = _all(reading, "ListManagedPoliciesInPermissionSet", region, "AttachedManagedPolicies", digests, **given)
    if any(collector.is_administrator(each.get("Arn", "")) for each in attached):
        return name, True
    inline = _single(reading, "GetInlinePolicyForPermissionSet", region, digests, given)
    return name, None if inline is None else collector.allows_everything(inline.get("InlinePolicy"))


def _single(reading: Reading, name: str, region: str, digests: list[str], given: dict[str, str]) -> Any:
    operation = f"sso-admin:{name}"
    page = reading.part(
        "principal", operation, lambda: reading.client.one(operation=operation, region=region, parameters=given, kind="principal")
    )
    if page is None:
        return None
    digests.append(page.digest)
    return page.data


def _all(reading: Reading, name: str, region: str, field: str, digests: list[str], **given: str) -> list[Any]:
    pages = list(reading.client.call(operation=f"sso-admin:{name}", region=region, parameters=given, kind="principal"))
    digests.extend(page.digest for page in pages)
    return [each for page in pages for each in page.data.get(field, ())]


def _names(reading: Reading, store: str, region: str, digests: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for operation, field, key, label in (
        ("identitystore:ListUsers", "Users", "UserId", "UserName"),
        ("identitystore:ListGroups", "Groups", "GroupId", "DisplayName"),
    ):
        pages = reading.part("principal", operation, lambda each=operation: _listed(reading, each, store, region))
        for page in pages or ():
            digests.append(page.digest)
            names |= {each[key]: each.get(label, each[key]) for each in page.data.get(field, ())}
    return names


def _listed(reading: Reading, operation: str, store: str, region: str) -> list[AwsPage]:
    return list(reading.client.call(operation=operation, region=region, parameters={"IdentityStoreId": store}, kind="principal"))


READERS: dict[str, Reader] = {
    "account": _accounts,
    "access_key": _access_keys,
    "root_use": _root_use,
    "root_user": _root_user,
    "password_policy": _password_policy,
    "account_profile": _account_profile,
    "permission_policy": _permission_policies,
    "principal": _principals,
}
