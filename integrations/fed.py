"""Sources that are fed instead of read: people bring files, programs push. There is no credential, no schedule and no worker for them."""

from collections.abc import Mapping

FED: Mapping[str, str] = {"file": "File import", "push": "Push"}
FRESHNESS = ((1, "daily"), (2, "every second day"), (8, "weekly"), (35, "monthly"), (100, "quarterly"), (370, "yearly"))
MODES = (
    ("snapshot", "The whole list", "Whoever was on the last list and is not on this one is marked gone."),
    ("incremental", "Additions", "What is not in it stays as it was: new entries, or changes of some."),
)
POLICIES = (
    ("all", "Take nothing unless every row is good", "Correct the file and bring it again. Until then the last list stands."),
    (
        "good",
        "Take the good rows, leave the others out",
        "The stream counts as partial: nobody is marked gone, and the time for which it counts as observed does not grow.",
    ),
)


class Unfit(ValueError):
    """What was asked does not fit a source that is fed; the message says why."""
