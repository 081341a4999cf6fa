"""Who came, who left, who changed their work: out of the personnel system's records."""

from evidence.populations.definition import Column, Definition, Feed, Shape

MISSING = "A personnel system: BambooHR, or a roster brought as a file or by API (fact person)."
PERSON = (
    Column("person", "subject", "The personnel system's own id."),
    Column("employee_number", "employee_number"),
    Column("work_email", "work_email"),
    Column("employment", "employment", "Employee, contractor or intern."),
    Column("status", "status", "As the system said last."),
    Column("department", "department"),
    Column("title", "title"),
    Column("hired", "hired", "First day."),
    Column("last_day", "last_day", "Last working day; empty while none is set."),
)
CORRECTED = "A date that was corrected counts once, with its last value; one that had passed before it was cleared or set anew stays."
DEFINITIONS = (
    Definition(
        kind="joiners",
        title="Joiners",
        meaning="Everybody whose first day lies in the period: employees, contractors and interns.",
        why="Hiring controls are tested on them: agreement, background check, training, access given on approval.",
        group="People",
        missing=MISSING,
        feeds=(Feed("person", Shape.EVENT, PERSON, date="hired", days=True),),
        second="identity_of_joiners",
        notes=(CORRECTED,),
    ),
    Definition(
        kind="leavers",
        title="Leavers",
        meaning="Everybody whose last working day lies in the period, whoever joined within it included.",
        why="Removal of access is tested on them, each against the day on which they left.",
        group="People",
        missing=MISSING,
        feeds=(
            Feed(
                "person",
                Shape.EVENT,
                (*PERSON, Column("ended_at", "ended_at", "Exact end, where given."), Column("end_recorded_at", "end_recorded_at", "When the end was entered.")),
                date="last_day",
                days=True,
            ),
        ),
        second="identity_of_leavers",
        notes=(CORRECTED, "Who is to leave on a day of the period that has not come yet is in it, as far as the end is entered."),
    ),
    Definition(
        kind="movers",
        title="Movers",
        meaning="Every change of department or title in force from a day of the period.",
        why="Access that a former role needed is tested for removal.",
        group="People",
        missing=MISSING,
        feeds=(
            Feed(
                "person",
                Shape.PART,
                (*PERSON, Column("before", "part.before", "Department and title before."), Column("after", "part.after", "Department and title after.")),
                date="day",
                days=True,
                parts="moves",
            ),
        ),
    ),
)  # fmt: skip
