"""What pages show of a vendor before any SDK is loaded: settings, what is read, permissions, how far it is proven."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from integrations.entrypoints import ThirdParty
from integrations.registry import third_parties
from integrations.transport.contract import Setting
from integrations.vendors.aws import settings as aws
from integrations.vendors.bamboohr import settings as bamboohr
from integrations.vendors.github import settings as github
from integrations.vendors.jira import settings as jira
from integrations.vendors.okta import settings as okta

VENDORS = Path(__file__).resolve().parent / "vendors"


@dataclass(frozen=True, slots=True)
class Card:
    """A vendor in the catalogue. `operations` are the vendor calls per fact kind, kept equal to the connector's by a test."""

    key: str
    name: str
    category: str
    reads: str
    never: str
    settings: tuple[Setting, ...]
    operations: Mapping[str, tuple[str, ...]]
    needs_external_id: bool
    origin: str = ""  # package and version, of a third party's


@lru_cache(maxsize=1)
def cards() -> Mapping[str, Card]:
    """All vendors by key, ours first."""
    return _own() | {key: _foreign(each) for key, each in third_parties().items()}


def _foreign(third: ThirdParty) -> Card:
    """What a third party's connector says of itself; it is loaded for that, so that its SDK belongs into its methods."""
    connector = third.load()
    operations = {stream.kind: tuple(stream.operations) for stream in connector.STREAMS}
    reads = getattr(connector, "READS", "") or ", ".join(stream.title for stream in connector.STREAMS) + "."
    never = getattr(connector, "NEVER", "") or "Whatever is not named."
    category = getattr(connector, "CATEGORY", "Third party")
    return Card(connector.KEY, connector.NAME, category, reads, never, tuple(connector.SETTINGS), operations, False, third.origin)


def _own() -> dict[str, Card]:
    return {
        "aws": Card(
            aws.KEY, aws.NAME, "Cloud", "Accounts and their second factor, policies, networks, storage, databases, logging, detection, backups.",
            "Contents of buckets, databases, secrets, parameters or log events.", aws.SETTINGS, _operations("aws"), True,
        ),
        "bamboohr": Card(
            bamboohr.KEY, bamboohr.NAME, "Personnel", "The roster: who is employed, since when and until when, department, title, manager, leave.",
            "Pay, birth dates, home addresses, identity numbers, private contacts, health, time off, reasons for leaving.",
            bamboohr.SETTINGS, _operations("bamboohr"), False,
        ),
        "github": Card(
            github.KEY, github.NAME, "Code repository", "Members, teams, branch rules, merged changes with their reviews, alerts, keys.",
            "Source code, issues' texts, secrets.", github.SETTINGS, _operations("github"), False,
        ),
        "okta": Card(
            okta.KEY, okta.NAME, "Identity provider",
            "Users in every state, second factors, administrators, groups, apps, rules of sign-on, API tokens, devices, the system log.",
            "Passwords, telephone numbers, addresses, own profile fields, secrets of apps.", okta.SETTINGS, _operations("okta"), False,
        ),
        "jira": Card(
            jira.KEY, jira.NAME, "Tickets", "Tickets with status changes and approvals, users, groups, projects and who may see them.",
            "Descriptions, comments, worklogs, attachments.", jira.SETTINGS, _operations("jira"), False,
        ),
    }  # fmt: skip


def _operations(vendor: str) -> dict[str, tuple[str, ...]]:
    path = VENDORS / vendor / "operations.json"
    return {kind: tuple(operations) for kind, operations in json.loads(path.read_text()).items()} if path.is_file() else {}
