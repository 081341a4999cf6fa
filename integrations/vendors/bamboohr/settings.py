"""What a connection to BambooHR is set up with. No client is imported here, because pages show these fields."""

from integrations.transport.contract import Setting

KEY = "bamboohr"
NAME = "BambooHR"

SETTINGS = (
    Setting(name="company", label="Company name in the address", hint="The NAME of https://NAME.bamboohr.com, nothing else."),
    Setting(
        name="api_key",
        label="API key",
        hint="Of a user made for this product alone, with the rights of this page. Leave empty when using OAuth.",
        secret=True,
        required=False,
    ),
    Setting(
        name="client_id", label="OAuth client ID", hint="Of the application registered in BambooHR's developer portal.", required=False
    ),
    Setting(name="client_secret", label="OAuth client secret", secret=True, required=False),
    Setting(
        name="refresh_token",
        label="OAuth refresh token",
        hint="From the authorization by an administrator, with exactly the scopes of this page.",
        secret=True,
        required=False,
    ),
    Setting(
        name="time_zones",
        label="Time zones of locations",
        hint="One a line: Berlin = Europe/Berlin. A line without a location is the zone of all others. The last day ends in this zone.",
        required=False,
        multiline=True,
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
    ),
)
