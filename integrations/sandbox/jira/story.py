"""What happens in the demo company's tickets, each at a number of days after the start: some as it should be, some not, so that every
check of tickets finds both."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.github.history import Change, changes
from integrations.sandbox.jira.cast import Colleague, everyone
from integrations.sandbox.jira.state import State, account_id

EMPLOYEE, ACCESS_FOR = "customfield_10050", "customfield_10051"
PEOPLE_PARTNER, HELP_DESK, LEAD = "kathrin.busch", "jonas.weber", "tom.okafor"
WITHOUT_REQUEST = "isaac.mutua"
APPROVED_AFTERWARDS = "sofie.nygaard"
WITHOUT_OFFBOARDING = "emily.parker"
LATE_OFFBOARDING = {"helena.brandao": 16.0}
OWNERS = {"platform": "tom.okafor", "backend": "nadia.haddad", "frontend": "mia.schneider", "data": "petra.vogel"}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens `at` an instant; `title` says what, `apply` does it."""

    at: datetime
    title: str
    apply: Callable[[State], object]


Act = Callable[[State], object]
At = Callable[[float, str, Act], None]


def play(state: State, steps: Iterable[Step], until: datetime | None = None) -> Iterator[Step]:
    """Apply steps in order, with the twin's clock standing at each, and yield each afterwards; then move on to `until`."""
    for step in steps:
        if until is not None and step.at > until:
            break
        with state.lock:
            state.clock.set(step.at)
            step.apply(state)
        yield step
    if until is not None:
        state.clock.set(until)


def story(start: datetime) -> list[Step]:
    """All events of the story that begins at `start`, in order of time."""
    rows: list[Step] = []

    def at(days: float, title: str, apply: Act) -> None:
        rows.append(Step(start + timedelta(days=days), title, apply))

    for who in everyone():
        _comes_and_goes(at, who)
    _requests(at)
    _security(at)
    _incidents(at)
    _changes(at)
    return sorted(rows, key=lambda each: each.at)


def work(start: datetime, end: datetime) -> list[Step]:
    """A ticket for each merged change that names one, done when it is merged."""
    return [
        Step(each.at, f"{each.ticket} is done", lambda state, each=each: _worked(state, each))
        for each in changes(start, end)
        if each.ticket
    ]


def join(state: State, who: Colleague, hides: bool = False) -> None:
    """The account is made, with a seat and in its groups."""
    state.add_user(who.user, who.name, who.email, account_type=who.account_type, email_shown=not hides)
    for name in ("jira-users", who.team):
        if name:
            known = next((each for each in state.groups.values() if each.name == name), None) or state.add_group(name)
            known.members.append(account_id(who.user))


def _worked(state: State, change: Change) -> None:
    author = change.author.replace("-", ".", 1)
    if account_id(author) not in state.users:
        return
    number = int(change.ticket.rpartition("-")[2])
    issue = state.add_issue("FERN", "Task", change.title, author, at=change.opened_at - timedelta(hours=20), number=number, assignee=author)
    state.move(issue.key, "In Progress", author, at=change.opened_at)
    state.move(issue.key, "Done", author, at=change.at)


# -- people ----------------------------------------------------------------------------------------------------------------


def _comes_and_goes(at: At, who: Colleague) -> None:
    if who.joins_day is not None:
        at(who.joins_day + 0.1, f"{who.name} gets an account", lambda state: join(state, who))
        if who.user != WITHOUT_REQUEST:
            late = 1.2 if who.user == APPROVED_AFTERWARDS else -3.0
            owner = OWNERS.get(who.team, LEAD)
            _request(at, f"join {who.user}", who.joins_day, who.user, f"Access to {who.team} for {who.name} ({who.employee})", owner, late)
    if who.ends_day is not None:
        at(who.ends_day, f"the account of {who.name} is switched off", lambda state: _switch(state, who.user, False))
    if who.rejoins_day is not None:
        at(who.rejoins_day + 0.1, f"{who.name} is back", lambda state: _switch(state, who.user, True))
    if who.leaves_day is not None and who.user != WITHOUT_OFFBOARDING:
        _offboarding(at, who, who.leaves_day)


def _switch(state: State, user: str, active: bool) -> None:
    if account_id(user) in state.users:
        state.users[account_id(user)].active = active


def _offboarding(at: At, who: Colleague, day: float) -> None:
    mark = f"offboarding {who.user}"

    def file(state: State) -> None:
        issue = state.add_issue("PEOPLE", "Off-boarding", f"Off-boarding of {who.name}", PEOPLE_PARTNER, assignee=HELP_DESK)
        issue.custom[EMPLOYEE] = account_id(who.user)
        state.marks[mark] = issue.key

    at(day - 5.7, f"an off-boarding ticket for {who.name}", file)
    at(day + 0.2, f"the last day of {who.name}", lambda state: state.move(state.marks[mark], "In Progress", HELP_DESK))
    done = LATE_OFFBOARDING.get(who.user, 1.3)
    at(day + done, f"the off-boarding of {who.name} is done", lambda state: state.move(state.marks[mark], "Done", HELP_DESK))


def _request(at: At, mark: str, day: float, user: str, summary: str, owner: str, approved: float, requester: str = PEOPLE_PARTNER) -> None:
    """A request for access that is given at `day`; the owner approves `approved` days from then."""

    def file(state: State) -> None:
        issue = state.add_issue("IT", "Access request", summary, requester, assignee=HELP_DESK)
        issue.custom[ACCESS_FOR] = account_id(user)
        state.marks[mark] = issue.key
        state.move(issue.key, "Waiting for approval", requester)

    at(day - 4.6, f"request: {summary}", file)
    at(day + approved, f"approved: {summary}", lambda state: state.move(state.marks[mark], "Approved", owner))
    at(day + max(approved + 0.2, 0.3), f"done: {summary}", lambda state: state.move(state.marks[mark], "Done", HELP_DESK))


def _requests(at: At) -> None:
    _request(at, "move viktor", 150.1, "viktor.petrov", "Access to platform for Viktor Petrov", LEAD, -1.2)
    _request(at, "holiday ines", 180.4, "ines.moreau", "SUPER_ADMIN for Ines Moreau during the holidays", "marta.lindqvist", -0.9, LEAD)


# -- security, incidents, changes ------------------------------------------------------------------------------------------


def _security(at: At) -> None:
    _finding(at, "cryptography", 90.4, "cryptography accepts crafted input in api", "Highest", assigned=0.1, done=12.1)
    for index, day in enumerate(range(15, 365, 25)):
        home, priority = ("web-app", "ledger", "warehouse", "ios-app")[index % 4], ("Medium", "High", "Low")[index % 3]
        _finding(at, f"urllib3 {index}", day + 0.4, f"urllib3 accepts crafted input in {home}", priority, assigned=0.3, done=9.1)
    _finding(at, "key", 128.4, "A key in the code of infrastructure", "High", assigned=0.05, done=3.2)
    _finding(at, "xss", 150.4, "Text of a user reaches the page unescaped", "Medium", assigned=8.1, done=21.2)
    _finding(at, "headers", 195.3, "Security headers are missing on help-center", "High", assigned=0.4, done=None)


def _finding(at: At, mark: str, day: float, summary: str, priority: str, *, assigned: float, done: float | None) -> None:
    def file(state: State) -> None:
        issue = state.add_issue("SEC", "Bug", summary, "priya.natarajan", priority=priority, labels=["security"])
        state.marks[mark] = issue.key

    def give(state: State) -> None:
        state.assign(state.marks[mark], "grace.mwangi", "priya.natarajan")
        state.move(state.marks[mark], "In Progress", "grace.mwangi")

    at(day, f"security: {summary}", file)
    at(day + assigned, f"assigned: {summary}", give)
    if done is not None:
        at(day + done, f"fixed: {summary}", lambda state: state.move(state.marks[mark], "Done", "grace.mwangi"))


def _incidents(at: At) -> None:
    _incident(at, "checkout", 50.3, "Checkout answers with errors", "Highest", 0.2, written=6.1)
    _incident(at, "bucket", 133.2, "A bucket of exports could be read by anybody", "High", 0.25, page=7.1)
    _incident(at, "queue", 188.4, "Imports stand still for a day", "High", 1.1)
    _incident(at, "typo", 140.4, "Wrong currency sign in one e-mail", "Low", 0.3)


def _incident(
    at: At, mark: str, day: float, summary: str, priority: str, lasts: float, written: float | None = None, page: float | None = None
) -> None:
    """`written`: days after the end at which a post-mortem ticket is linked; `page`: at which a page is."""

    def file(state: State) -> None:
        issue = state.add_issue("OPS", "Incident", summary, LEAD, priority=priority, assignee="ines.moreau")
        state.marks[mark] = issue.key
        state.move(issue.key, "In Progress", "ines.moreau")

    def write(state: State) -> None:
        issue = state.add_issue("OPS", "Post-mortem", f"What we learned: {summary}", "ines.moreau", assignee="ines.moreau")
        state.link(state.marks[mark], issue.key, "ines.moreau")

    at(day, f"incident: {summary}", file)
    at(day + lasts, f"over: {summary}", lambda state: state.move(state.marks[mark], "Done", "ines.moreau"))
    if written is not None:
        at(day + lasts + written, f"post-mortem: {summary}", write)
    if page is not None:
        url = "https://fernhill.atlassian.net/wiki/spaces/OPS/pages/4711"
        at(
            day + lasts + page,
            f"post-mortem: {summary}",
            lambda state: state.link_page(state.marks[mark], url, f"Post-mortem: {summary}", LEAD),
        )


def _changes(at: At) -> None:
    titles = ("Upgrade the database", "Rotate certificates", "Enlarge the cluster", "Move backups", "New firewall rules")
    for index, day in enumerate(range(8, 365, 12)):
        _change(at, f"change {index}", day + 0.3, f"{titles[index % 5]}, round {index + 1}", "lukas.brandt", LEAD)
    _change(at, "hotfix", 46.2, "Hotfix of the invoice run", "felix.hartmann", "felix.hartmann")
    _change(at, "unasked", 121.2, "Faster releases of marketing-site", "mia.schneider", "")
    _change(at, "afterwards", 165.2, "Publish help-center", "elif.demir", LEAD, approved=1.4)


def _change(at: At, mark: str, day: float, summary: str, who: str, approver: str, *, approved: float = 0.6) -> None:
    """Filed and carried out by `who`, a day after it was filed; `approved` days after it was filed the approver says yes."""

    def file(state: State) -> None:
        issue = state.add_issue("OPS", "Change", summary, who, assignee="aisha.rahman" if who == "lukas.brandt" else who)
        state.marks[mark] = issue.key
        state.move(issue.key, "Waiting for approval", who)

    def approve(state: State) -> None:
        if state.issue(state.marks[mark]).status != "Done":
            state.move(state.marks[mark], "Approved", approver)
        else:  # the field is all that is left to fill
            name = state.users[account_id(approver)].name
            state.edit(state.marks[mark], approver, ("Approved by", "customfield_10052", None, None, account_id(approver), name))

    at(day, f"change: {summary}", file)
    if approver:
        at(day + approved, f"approved: {summary}", approve)
    at(day + 1, f"carried out: {summary}", lambda state: state.move(state.marks[mark], "Done", who))
