"""What a connection to BambooHR is set up with. No client is imported here, because pages show these fields."""

import re
from collections.abc import Mapping

from integrations.errors import Misconfigured
from integrations.transport.contract import Setting
from integrations.transport.typed import flaw_of_address, flaw_of_token, flaw_of_zone

KEY = "bamboohr"
NAME = "BambooHR"
COMPANY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")


def flaw_of_company(text: str) -> str:
    """What is wrong with the company's name, in words; "" when nothing is."""
    return "" if COMPANY.fullmatch(text) else "Only the NAME of https://NAME.bamboohr.com: letters, digits and hyphens."


def flaw_of_zones(text: str) -> str:
    """What is wrong with the zones of locations, one a line, in words; "" when nothing is."""
    zones = [line.rpartition("=")[2].strip() for line in text.splitlines() if line.strip()]
    return " ".join(flaw for flaw in map(flaw_of_zone, zones) if flaw)


SETTINGS = (
    Setting(
        name="company",
        label="Company name in the address",
        hint="The NAME of https://NAME.bamboohr.com, nothing else.",
        flaw=flaw_of_company,
    ),
    Setting(
        name="api_key",
        label="API key",
        hint="Of a user made for this product alone, with the rights of this page. Leave empty when using OAuth.",
        secret=True,
        required=False,
        flaw=flaw_of_token,
        either="an API key or an OAuth application",
    ),
    Setting(
        name="client_id",
        label="OAuth client ID",
        hint="Of the application registered in BambooHR's developer portal. Save it, then press “Sign in at the vendor” on the next page.",
        required=False,
        flaw=flaw_of_token,
        beside=("client_secret",),
        either="an API key or an OAuth application",
    ),
    Setting(name="client_secret", label="OAuth client secret", secret=True, required=False, flaw=flaw_of_token, beside=("client_id",)),
    Setting(
        name="refresh_token",
        label="OAuth refresh token",
        hint="Comes by itself when you sign in. Enter one only if an administrator authorized the application elsewhere.",
        secret=True,
        required=False,
    ),
    Setting(
        name="time_zones",
        label="Time zones of locations",
        hint="One a line: Berlin = Europe/Berlin. A line without a location is the zone of all others. The last day ends in this zone.",
        required=False,
        multiline=True,
        flaw=flaw_of_zones,
    ),
    Setting(
        name="leave_statuses",
        label="Employment statuses that mean leave",
        hint="As they are called under Employment Status, separated by commas.",
        required=False,
        default="Leave of Absence, Furloughed",
    ),
    Setting(
        name="contractor_statuses",
        label="Employment statuses of contractors",
        hint="Separated by commas. Whoever has another status is an employee.",
        required=False,
        default="Contractor, Freelancer, Consultant",
    ),
    Setting(
        name="intern_statuses",
        label="Employment statuses of interns",
        hint="Separated by commas.",
        required=False,
        default="Intern, Working Student, Apprentice",
    ),
    Setting(
        name="former_emails_field",
        label="Field with former and further e-mail addresses",
        hint="Name of your own field at BambooHR that keeps a former work address after a change of name, if there is one.",
        required=False,
    ),
    Setting(
        name="contract_end_field",
        label="Field with the end of a contract",
        hint="Name of your own field at BambooHR that holds when a contract ends, if there is one.",
        required=False,
    ),
    Setting(
        name="base_url",
        label="API address",
        hint="Only for a test system: the address instead of https://NAME.bamboohr.com. The operator must allow it.",
        required=False,
        flaw=flaw_of_address,
    ),
)


def address_of(settings: Mapping[str, str]) -> str:
    """Where the company lives. Raises Misconfigured for what is no company's name."""
    company = settings.get("company", "").strip()
    if not COMPANY.fullmatch(company):
        raise Misconfigured("give the company's name as it stands in its address: the NAME of https://NAME.bamboohr.com")
    return (settings.get("base_url", "").strip() or f"https://{company}.bamboohr.com").rstrip("/")
