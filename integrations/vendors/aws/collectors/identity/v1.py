"""Who may enter an AWS account and what they may do: from the credential report, the account's details and single sign-on.

Pure: parsed payloads in, facts out. Sources: IAM user guide, "Getting credential reports"; IAM API, GetAccountAuthorizationDetails.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.facts import instants
from evidence.facts.access_key.v1 import AccessKey
from evidence.facts.account.v1 import Account
from evidence.facts.account_profile.v1 import AccountProfile
from evidence.facts.password_policy.v1 import PasswordPolicy
from evidence.facts.permission_policy.v1 import PermissionPolicy
from evidence.facts.principal.v1 import Principal
from evidence.facts.root_use.v1 import RootUse
from evidence.facts.root_user.v1 import RootUser

ROOT = "<root_account>"
NEVER = frozenset({"N/A", "no_information"})
ADMINISTRATOR = "AdministratorAccess"
REPORT_COLUMNS = frozenset({"user", "arn", "user_creation_time", "password_enabled", "password_last_used", "mfa_active"})


class ReportError(ValueError):
    """The credential report is not the table that AWS documents."""


def report_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a credential report. Raises ReportError when it lacks the documented columns."""
    text = content.decode("utf-8", errors="replace").replace("\x00", "")
    reader = csv.DictReader(io.StringIO(text))
    missing = REPORT_COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise ReportError(f"the credential report lacks {', '.join(sorted(missing))}")
    return [row for row in reader if row.get("arn")]


def accounts(rows: Iterable[Mapping[str, str]]) -> Iterator[Account]:
    """One account for each IAM user of the report; the root user is no IAM user."""
    for row in rows:
        if row["user"] != ROOT:
            yield Account(
                subject=row["arn"],
                name=row["user"],
                console_access=_yes(row["password_enabled"]),
                mfa=_yes(row["mfa_active"]),
                created=_instant(row["user_creation_time"]),
                last_sign_in=_instant(row["password_last_used"]),
            )


def access_keys(rows: Iterable[Mapping[str, str]]) -> Iterator[AccessKey]:
    """Up to two keys of each IAM user. The report does not name keys, so that a key is known by its user and place."""
    for row in rows:
        if row["user"] == ROOT:
            continue
        for place in ("1", "2"):
            active, rotated = _yes(row.get(f"access_key_{place}_active", "")), row.get(f"access_key_{place}_last_rotated", "")
            if active or rotated not in ("", "N/A", "not_supported"):
                yield AccessKey(
                    subject=f"{row['arn']}#access-key-{place}",
                    name=f"{row['user']}, key {place}",
                    owner=row["arn"],
                    active=active,
                    rotated=_instant(rotated) or None,
                    last_used=_day(_instant(row.get(f"access_key_{place}_last_used_date", ""))),
                )


def root_use(rows: Iterable[Mapping[str, str]], account: str) -> Iterator[RootUse]:
    """When the root user signed in or used a key, from its row of the report."""
    for row in rows:
        if row["user"] == ROOT:
            uses = [_instant(row.get(f"access_key_{place}_last_used_date", "")) for place in ("1", "2")]
            yield RootUse(
                subject=_root_arn(row["arn"], account),
                name="root user",
                last_sign_in=_instant(row["password_last_used"], unsupported=""),
                last_key_use=None if None in uses else max(each or "" for each in uses),
            )


def _root_arn(arn: str, account: str) -> str:
    return arn if arn.startswith("arn:") else f"arn:aws:iam::{account}:root"


def _yes(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().lower())


def _instant(text: str, unsupported: str | None = None) -> str | None:
    """RFC 3339, "" for never, None for what is not said (`unsupported` for "not_supported": there is no password)."""
    if text in NEVER:
        return ""
    if text == "not_supported":
        return unsupported
    try:
        return instants.to_text(datetime.fromisoformat(text))
    except ValueError:
        return None


def _day(instant: str | None) -> str | None:
    return f"{instant[:10]}T00:00:00Z" if instant else instant


def root_user(summary: Mapping[str, int], account: str, partition: str = "aws") -> RootUser:
    """The root user, from GetAccountSummary's SummaryMap."""
    return RootUser(
        subject=f"arn:{partition}:iam::{account}:root",
        name="root user",
        mfa=_flag(summary, "AccountMFAEnabled"),
        password=_flag(summary, "AccountPasswordPresent"),
        access_keys=_flag(summary, "AccountAccessKeysPresent"),
    )


def _flag(summary: Mapping[str, int], name: str) -> bool | None:
    value = summary.get(name)
    return None if not isinstance(value, int) else value > 0


def password_policy(policy: Mapping[str, Any] | None, account: str, partition: str = "aws") -> PasswordPolicy:
    """GetAccountPasswordPolicy's PasswordPolicy; None when AWS says that the account has none of its own."""
    subject, name = f"arn:{partition}:iam::{account}:account-password-policy", "account password policy"
    if policy is None:
        return PasswordPolicy(subject=subject, name=name, configured=False)
    return PasswordPolicy(
        subject=subject,
        name=name,
        configured=True,
        minimum_length=policy.get("MinimumPasswordLength"),
        reuse_prevented=policy.get("PasswordReusePrevention", 0),
        maximum_age_days=policy.get("MaxPasswordAge", 0),
        needs_symbols=policy.get("RequireSymbols"),
        needs_numbers=policy.get("RequireNumbers"),
        needs_upper_case=policy.get("RequireUppercaseCharacters"),
        needs_lower_case=policy.get("RequireLowercaseCharacters"),
    )


def account_profile(account: str, aliases: Iterable[str] | None, partition: str = "aws") -> AccountProfile:
    """The account itself. `aliases` None: they could not be read."""
    alias = None if aliases is None else next(iter(sorted(aliases)), "")
    return AccountProfile(subject=f"arn:{partition}:iam::{account}:root", name=alias or account, number=account, alias=alias)


# -- permissions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """GetAccountAuthorizationDetails, all pages together."""

    users: tuple[Mapping[str, Any], ...]
    groups: tuple[Mapping[str, Any], ...]
    roles: tuple[Mapping[str, Any], ...]
    policies: tuple[Mapping[str, Any], ...]


def details(pages: Iterable[Mapping[str, Any]]) -> Details:
    """Join the pages."""
    held = list(pages)
    return Details(
        users=tuple(each for page in held for each in page.get("UserDetailList", ())),
        groups=tuple(each for page in held for each in page.get("GroupDetailList", ())),
        roles=tuple(each for page in held for each in page.get("RoleDetailList", ())),
        policies=tuple(each for page in held for each in page.get("Policies", ())),
    )


def permission_policies(found: Details) -> Iterator[PermissionPolicy]:
    """The customer's own policies: those that stand alone, and those written into one user, group or role."""
    for policy in found.policies:
        yield PermissionPolicy(
            subject=policy["Arn"],
            name=policy.get("PolicyName", policy["Arn"].rpartition("/")[2]),
            form="managed",
            attached=policy.get("AttachmentCount", 0) > 0,
            document=_document(_default_version(policy)),
        )
    for holder, field in _holders(found):
        for inline in holder.get(field, ()):
            yield PermissionPolicy(
                subject=f"{holder['Arn']}#inline/{inline['PolicyName']}",
                name=inline["PolicyName"],
                form="inline",
                attached=True,
                document=_document(inline.get("PolicyDocument")),
            )


def _holders(found: Details) -> Iterator[tuple[Mapping[str, Any], str]]:
    yield from ((each, "UserPolicyList") for each in found.users)
    yield from ((each, "GroupPolicyList") for each in found.groups)
    yield from ((each, "RolePolicyList") for each in found.roles)


def _default_version(policy: Mapping[str, Any]) -> Any:
    versions = policy.get("PolicyVersionList", ())
    return next((each.get("Document") for each in versions if each.get("IsDefaultVersion")), None)


def _document(document: Any) -> str | None:
    """Canonical JSON text. The SDK has already undone the percent-encoding."""
    if document is None:
        return None
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def principals(found: Details) -> Iterator[Principal]:
    """IAM users and roles with what they hold. Groups are no identities; what they grant is seen at their members."""
    everything = frozenset(each["Arn"] for each in found.policies if allows_everything(_default_version(each)))
    groups = {each["GroupName"]: _ways(each, "GroupPolicyList", everything) for each in found.groups}
    for user in found.users:
        memberships = tuple(sorted(user.get("GroupList", ())))
        ways = _ways(user, "UserPolicyList", everything)
        ways |= {f"group {group}: {way}" for group in memberships for way in groups.get(group, ())}
        yield _principal(user, "user", user["UserName"], "UserPolicyList", ways, groups=memberships)
    for role in found.roles:
        yield _principal(role, "role", role["RoleName"], "RolePolicyList", _ways(role, "RolePolicyList", everything))


def _principal(holder: Mapping[str, Any], form: str, name: str, inline: str, ways: set[str], groups: tuple[str, ...] = ()) -> Principal:
    return Principal(
        subject=holder["Arn"],
        name=name,
        form=form,
        attached_policies=tuple(sorted(each["PolicyArn"] for each in holder.get("AttachedManagedPolicies", ()))),
        inline_policies=tuple(sorted(each["PolicyName"] for each in holder.get(inline, ()))),
        groups=groups,
        administers_through=tuple(sorted(ways)),
        service_linked=holder.get("Path", "").startswith("/aws-service-role/"),
    )


def _ways(holder: Mapping[str, Any], inline: str, everything: frozenset[str]) -> set[str]:
    attached = (each["PolicyArn"] for each in holder.get("AttachedManagedPolicies", ()))
    ways = {arn.rpartition("/")[2] for arn in attached if is_administrator(arn) or arn in everything}
    written = holder.get(inline, ())
    return ways | {f"inline {each['PolicyName']}" for each in written if allows_everything(each.get("PolicyDocument"))}


def is_administrator(arn: str) -> bool:
    """Whether this is AWS's own AdministratorAccess."""
    return arn.endswith(f":iam::aws:policy/{ADMINISTRATOR}")


def allows_everything(document: Any) -> bool:
    """Whether one statement of the policy allows every action on every resource, with or without a condition. Element names are
    read without regard to case, single values as lists (IAM user guide, "Grammar of the IAM JSON policy language")."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return False
    if not isinstance(document, Mapping):
        return False
    statements = _element(document, "statement")
    return any(_is_everything(each) for each in (statements if isinstance(statements, list) else [statements]))


def _is_everything(statement: Any) -> bool:
    if not isinstance(statement, Mapping) or str(_element(statement, "effect")).lower() != "allow":
        return False
    actions, resources = _texts(_element(statement, "action")), _texts(_element(statement, "resource"))
    return any(each and not each.strip("*:") for each in actions) and any(each and not each.strip("*") for each in resources)


def _element(mapping: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in mapping.items() if key.lower() == name), None)


def _texts(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Single sign-on lets `principal` (user or group) into `account` with a permission set; `administers` None: not known."""

    account: str
    principal_type: str
    principal: str
    permission_set: str
    administers: bool | None


def workforce_principals(found: Iterable[Assignment], names: Mapping[str, str], instance: str) -> Iterator[Principal]:
    """Users and groups of single sign-on, one for each account that they may enter."""
    by_holder: dict[tuple[str, str, str], list[Assignment]] = {}
    for each in found:
        by_holder.setdefault((each.account, each.principal_type, each.principal), []).append(each)
    for (account, form, principal), held in sorted(by_holder.items()):
        ways = {f"permission set {each.permission_set}" for each in held if each.administers}
        unknown = any(each.administers is None for each in held)
        yield Principal(
            subject=f"{instance}/{account}/{form.lower()}/{principal}",
            name=f"{names.get(principal, principal)} in {account}",
            form=f"workforce_{form.lower()}",
            permission_sets=tuple(sorted({each.permission_set for each in held})),
            administers_through=tuple(sorted(ways)) if ways or not unknown else None,
        )
