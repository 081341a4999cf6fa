"""The sheet of a verdict: the sheet of the record that was judged, with what judged it."""

import uuid
from dataclasses import replace

from compliance.vault.selectors.log import position_of
from controls.models import CheckVersion, Verdict, VerdictPast
from controls.outcomes import said_word
from controls.registry import definitions
from evidence.sheets import Sheet, UnknownSubject, sheet_of_record
from evidence.sheets.words import instant


def sheet_of_verdict(verdict_id: uuid.UUID) -> Sheet:
    """The twelve facts of a verdict, open or closed. Raises UnknownSubject."""
    verdict = Verdict.objects.select_related("check_row", "subject").filter(pk=verdict_id).first()
    past = None if verdict else VerdictPast.objects.select_related("check_row", "subject").filter(pk=verdict_id).first()
    found = verdict or past
    if found is None:
        raise UnknownSubject(f"there is no verdict {verdict_id}")
    since, until = (verdict.since, None) if verdict else (past.during.lower, past.during.upper)
    base = sheet_of_record(found.record_id)
    check = definitions().get(found.check_row.check_id)
    title = check.title if check else found.check_row.check_id
    version = CheckVersion.objects.filter(check_row=found.check_row, from_at__lte=since).order_by("-from_at", "-id").first()
    lasts = f"from {instant(since)} {f'until {instant(until)}' if until else 'and it lasts'}"
    logic = [f"Judged by check {found.check_row.check_id}"]
    if version is not None:
        logic = [
            f"Judged by check {found.check_row.check_id}, version {version.logic_version}, code SHA-256 {version.logic_digest or 'not kept'}",
            f"Parameters in force since {instant(version.from_at)}: {version.parameters or 'none'}",
        ]
    query = next(each for each in base.facts if each.number == 2).values
    sheet = replace(
        base,
        about="verdict",
        id=str(verdict_id),
        title=f"{title}: {found.subject.name or found.subject.key}",
        says=f"{said_word(found.outcome, found.reason).replace('_', ' ').capitalize()}: {found.reason}",
        made_at=instant(since),
        log_position=position_of(verdict_id) if position_of(verdict_id) is not None else base.log_position,
    )
    return sheet.with_fact(2, [*logic, *query]).with_fact(3, [f"The outcome holds {lasts}", f"It rests on record {found.record_id}"])
