"""Weaknesses found and fixed, whichever scanner told them."""

from evidence.populations.definition import Column, Definition, Feed, Filter, Shape

FINDING = (
    Column("identifier", "identifier"), Column("severity", "severity"), Column("state", "state"), Column("where", "location"),
    Column("component", "component"), Column("tool", "tool"), Column("found", "found"), Column("closed", "closed"), Column("owner", "owner"),
)  # fmt: skip
DEPENDENCY = (
    Column("identifier", "advisory"), Column("severity", "severity"), Column("state", "state"), Column("where", "repository_name"),
    Column("component", "package"), Column("found", "created"), Column("closed", "closed"), Column("dismissed_by", "dismissed_by"),
    Column("dismissed_reason", "dismissed_reason"),
)  # fmt: skip
CODE = (
    Column("identifier", "rule"), Column("severity", "severity"), Column("state", "state"), Column("where", "repository_name"),
    Column("tool", "tool"), Column("found", "created"), Column("closed", "closed"), Column("dismissed_by", "dismissed_by"),
    Column("dismissed_reason", "dismissed_reason"),
)  # fmt: skip
SECRET = (
    Column("identifier", "type"), Column("state", "state"), Column("where", "repository_name"), Column("found", "created"),
    Column("publicly_leaked", "publicly_leaked"),
)  # fmt: skip
FIXED = ((Filter("state", "one_of", ("fixed",)),),)
MISSING = "A scanner: GitHub's alerts, or findings brought as SARIF, CycloneDX, OCSF, CSV or by API (fact vulnerability)."
DEFINITIONS = (
    Definition(
        kind="vulnerabilities_found",
        title="Vulnerabilities found",
        meaning="Every weakness first found within the period, in whatever state it is now: open, fixed, dismissed or accepted.",
        why="Time to fix is tested on them by severity.",
        group="Vulnerabilities",
        missing=MISSING,
        feeds=(
            Feed("vulnerability", Shape.EVENT, FINDING, date="found"),
            Feed("dependency_alert", Shape.EVENT, DEPENDENCY, date="created"),
            Feed("code_alert", Shape.EVENT, CODE, date="created"),
            Feed("secret_alert", Shape.EVENT, SECRET, date="created"),
        ),
    ),
    Definition(
        kind="vulnerabilities_fixed",
        title="Vulnerabilities fixed",
        meaning="Every weakness closed as fixed within the period.",
        why="That a fix is a fix is tested on them.",
        group="Vulnerabilities",
        missing=MISSING,
        feeds=(
            Feed("vulnerability", Shape.EVENT, FINDING, FIXED, date="closed"),
            Feed("dependency_alert", Shape.EVENT, DEPENDENCY, FIXED, date="closed"),
            Feed("code_alert", Shape.EVENT, CODE, FIXED, date="closed"),
        ),
        notes=("Secrets that were found have no date of closing and are not in it.",),
    ),
    Definition(
        kind="security_tests",
        title="Security tests",
        meaning="Every penetration test and outside scan that ended within the period.",
        why="That defences are tried from outside, by whom, and what came of it.",
        group="Vulnerabilities",
        missing="Security tests brought as a file or by API (fact security_test).",
        feeds=(
            Feed(
                "security_test",
                Shape.EVENT,
                (
                    Column("form", "form"), Column("performed", "performed"), Column("tester", "tester"), Column("independent", "independent"),
                    Column("open_high", "open_high"), Column("report", "report"),
                ),
                date="performed",
            ),
        ),
    ),
)  # fmt: skip
