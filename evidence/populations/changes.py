"""Changes of the system's code and how they came into force."""

from evidence.populations.definition import Column, Definition, Feed, Filter, Sequence, Shape

CHANGE = (
    Column("repository", "repository_name"),
    Column("number", "number"),
    Column("title", "title"),
    Column("author", "author"),
    Column("author_is_bot", "author_is_bot"),
    Column("created", "created"),
    Column("merged", "merged"),
    Column("merged_by", "merged_by"),
    Column("into", "base", "The branch it was merged into."),
    Column("reviews", "reviews", "Every submitted review; unknown where not shown."),
    Column("checks", "checks", "Last result of each automatic check on the merged commit."),
)
DEFINITIONS = (
    Definition(
        kind="merged_changes",
        title="Merged changes",
        meaning="Every change merged into a default branch within the period.",
        why="Review, automatic checks and approval are tested on a sample of them.",
        group="Changes",
        missing="A code host: GitHub, or changes brought as a file or by API (fact change).",
        feeds=(
            Feed(
                "change", Shape.EVENT, CHANGE, ((Filter("base_is_default", "is_not", (False,)),),), date="merged",
                sequence=Sequence("number", "repository_name", "issues and changes that were closed unmerged share the numbers"),
            ),
        ),
        second="commits_of_changes",
    ),
    Definition(
        kind="direct_pushes",
        title="Direct pushes",
        meaning="Every commit that reached a default branch within the period without a merged change, or of which that was not shown.",
        why="They went around the change process: emergency changes, or a hole in branch protection.",
        group="Changes",
        missing="A code host: GitHub (fact mainline_commit).",
        feeds=(
            Feed(
                "mainline_commit",
                Shape.EVENT,
                (
                    Column("repository", "repository_name"), Column("sha", "sha"), Column("author", "author"), Column("committed", "committed"),
                    Column("parents", "parents"), Column("changes", "changes", "Merged changes that brought it; empty: pushed directly."),
                ),
                ((Filter("changes", "empty"),), (Filter("parents", "below", (2,)),)),
                date="committed",
            ),
        ),
        second="bypasses_of_pushes",
        notes=("Merges are left out: what they brought stands commit by commit.",),
    ),
    Definition(
        kind="deployments",
        title="Deployments",
        meaning="Every deployment to production within the period.",
        why="Deployments are traced to merged changes, and the other way round.",
        group="Changes",
        missing="No fact kind of deployments is read yet: deployments of a code host or a pipeline would feed it.",
    ),
)  # fmt: skip
