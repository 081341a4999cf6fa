"""The repositories of the demo company: which team owns each, and how its default branch is protected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plot:
    """`guard` says what protects the default branch: ruleset (the organization's), classic or nothing."""

    name: str
    team: str
    language: str = "Python"
    guard: str = "ruleset"
    visibility: str = "private"
    archived: bool = False
    weight: int = 2  # how often it is changed, against the others


PLOTS = (
    Plot("api", "backend", weight=6),
    Plot("billing-api", "backend", weight=4),
    Plot("identity-service", "backend", weight=3),
    Plot("notification-service", "backend"),
    Plot("ledger", "backend", weight=3),
    Plot("import-worker", "backend"),
    Plot("web-app", "frontend", "TypeScript", weight=6),
    Plot("admin-console", "frontend", "TypeScript", weight=3),
    Plot("design-system", "frontend", "TypeScript"),
    Plot("marketing-site", "frontend", "TypeScript", guard="classic"),
    Plot("help-center", "frontend", "TypeScript"),
    Plot("ios-app", "mobile", "Swift", weight=3),
    Plot("android-app", "mobile", "Kotlin", weight=3),
    Plot("mobile-shared", "mobile", "Kotlin"),
    Plot("warehouse", "data", weight=2),
    Plot("event-pipeline", "data", weight=2),
    Plot("reports", "data"),
    Plot("forecasting", "data", guard="classic", weight=1),
    Plot("infrastructure", "platform", "HCL", weight=5),
    Plot("kubernetes-config", "platform", "Shell", weight=3),
    Plot("ci-images", "platform", "Dockerfile"),
    Plot("runbooks", "platform", "Markdown", guard="classic", weight=1),
    Plot("observability", "platform", "HCL"),
    Plot("python-client", "backend", visibility="public", weight=1),
    Plot("javascript-client", "frontend", "TypeScript", visibility="public", weight=1),
    Plot("end-to-end-tests", "quality", "TypeScript", weight=1),
    Plot("experiments", "data", guard="nothing", weight=1),
    Plot("legacy-portal", "backend", "PHP", archived=True, weight=0),
)
