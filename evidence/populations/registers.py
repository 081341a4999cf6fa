"""Populations whose records do not exist yet: they stand in the list and say what would feed them."""

from evidence.populations.definition import Definition

_TO_COME = (
    ("policies", "Policies and acknowledgements", "Policies in force and who acknowledged them within the period.", "Records of policies and of their acknowledgement."),
    ("training", "Training", "Trainings assigned and completed within the period.", "Records of training."),
    ("access_reviews", "Access reviews", "Reviews of access done within the period, with decisions and removals.", "Records of access reviews."),
    ("vendors", "Vendors", "Vendors and subservice organizations in use within the period.", "Records of vendors."),
    ("subject_requests", "Requests of data subjects", "Requests received within the period.", "Records of requests of data subjects."),
    ("customers_ended", "Customers ended", "Customers whose use of the system ended within the period.", "Records of customers."),
    ("disposals", "Disposals", "Devices and media disposed of within the period.", "Records of disposals."),
)  # fmt: skip
DEFINITIONS = tuple(
    Definition(
        kind=kind, title=title, meaning=meaning, why="", group="Programme", missing=f"{missing} They join the list as they come to exist."
    )
    for kind, title, meaning, missing in _TO_COME
)
