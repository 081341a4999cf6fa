"""What keeps the system running: devices, backups, restores, alerts, batch jobs."""

from evidence.populations.definition import Column, Definition, Feed, Shape

DEFINITIONS = (
    Definition(
        kind="devices",
        title="Devices",
        meaning="Every device that the identity provider knew at any time of the period, with both dates.",
        why="Encryption, management and updates are tested on them.",
        group="Operation",
        missing="An identity provider or device manager that lists devices: Okta (fact identity_device).",
        feeds=(
            Feed(
                "identity_device",
                Shape.STAY,
                (
                    Column("platform", "platform"), Column("os_version", "os_version"), Column("status", "status"), Column("managed", "managed"),
                    Column("encrypted", "encrypted"), Column("users", "users", "Whose device it is, by the provider's ids."),
                ),
            ),
        ),
    ),
    Definition(
        kind="data_resources",
        title="Data resources and their backups",
        meaning="Every resource that holds data and stood at any time of the period, with its last backup.",
        why="That everything that matters is backed up starts from the list of what there is.",
        group="Operation",
        missing="A cloud account: AWS Backup (fact data_resource).",
        feeds=(
            Feed(
                "data_resource",
                Shape.STAY,
                (Column("form", "form"), Column("protected", "protected"), Column("last_backup", "last_backup", "UTC day; empty: never.")),
            ),
        ),
    ),
    Definition(
        kind="backups",
        title="Copies taken",
        meaning="Every copy of a database or disk that somebody took within the period.",
        why="Copies are data as well: where they went, and whether they were encrypted.",
        group="Operation",
        missing="A cloud account: AWS (facts database_snapshot, volume_snapshot).",
        feeds=(
            Feed(
                "database_snapshot", Shape.EVENT,
                (Column("of", "database"), Column("form", "form"), Column("encrypted", "encrypted"), Column("shared_with", "shared_with")), date="created",
            ),
            Feed(
                "volume_snapshot", Shape.EVENT, (Column("of", "volume"), Column("encrypted", "encrypted"), Column("public", "public")), date="created",
            ),
        ),
        notes=("Automatic copies of a database are not listed one by one by the source; “Data resources and their backups” shows their last day.",),
    ),
    Definition(
        kind="restore_tests",
        title="Restores",
        meaning="Every backup that was brought back within the period, as a rehearsal or in earnest.",
        why="A backup is worth what a restore proved.",
        group="Operation",
        missing="A cloud account: AWS Backup (fact restore_job).",
        feeds=(
            Feed(
                "restore_job",
                Shape.EVENT,
                (
                    Column("resource_type", "resource_type"), Column("status", "status"), Column("created", "created"), Column("completed", "completed"),
                    Column("by_plan", "by_plan"), Column("validation", "validation"),
                ),
                date="created",
            ),
        ),
    ),
    Definition(
        kind="alerts",
        title="Alerts",
        meaning="Every suspicion of an attack or exposure first raised within the period, those that are dealt with included.",
        why="That each was looked at, and how soon.",
        group="Incidents",
        missing="A watch for attacks or exposure: AWS GuardDuty or Access Analyzer (facts threat_finding, exposure_finding).",
        feeds=(
            Feed(
                "threat_finding", Shape.EVENT,
                (Column("form", "form"), Column("resource", "resource"), Column("severity_tenths", "severity", "75 is 7.5."), Column("found", "found")), date="found",
            ),
            Feed(
                "exposure_finding", Shape.EVENT,
                (Column("form", "form"), Column("resource", "resource"), Column("found", "found")), date="found",
            ),
        ),
        notes=("The sources list open findings; one that was raised and closed between two readings was never seen.",),
    ),
    Definition(
        kind="rule_bypasses",
        title="Bypassed branch rules",
        meaning="Every time within the period that somebody bypassed or changed the rules that guard a branch.",
        why="Emergency changes show here, and so does whoever goes around the process.",
        group="Changes",
        missing="A code host whose audit log can be read: GitHub (fact rule_event).",
        feeds=(
            Feed("rule_event", Shape.EVENT, (Column("action", "action"), Column("actor", "actor"), Column("repository", "repository_name")), date="at"),
        ),
    ),
    Definition(
        kind="batch_jobs",
        title="Runs of batch jobs",
        meaning="Every run of a batch job that was meant for an instant of the period.",
        why="Processing integrity: that each run completed, or was dealt with.",
        group="Operation",
        missing="Runs of jobs brought as a file or by API (fact job_run).",
        feeds=(
            Feed(
                "job_run", Shape.EVENT,
                (Column("job", "job"), Column("status", "status"), Column("finished", "finished"), Column("incident", "incident")), date="scheduled_for",
            ),
        ),
    ),
)  # fmt: skip
