"""The sheet of a frozen population: every word comes from what was stored when it was frozen, but for the reviews, which come later."""

from collections.abc import Mapping
from typing import Any

from compliance.ui.figures import figure
from compliance.vault.selectors.log import position_of
from evidence.models import Population
from evidence.selectors.populations import reviews_of
from evidence.sheets.sheet import Sheet, SheetFact, fact
from evidence.sheets.words import (
    call_words,
    collector_words,
    completeness_words,
    environment_words,
    gap_words,
    in_zone,
    instant,
    instant_of,
    organization_words,
    page_words,
)

FORMAT = "Rows are RFC 8785 canonical JSON, one a line, in bytewise order of their ids; ids_digest is SHA-256 over the ids, each with a line feed."


def sheet_of_population(population: Population) -> Sheet:
    """The twelve facts of a frozen population."""
    rows = f"{figure(population.row_count)} row{'' if population.row_count == 1 else 's'}"
    return Sheet(
        about="population",
        id=str(population.pk),
        title=population.title,
        says=f"{population.definition['meaning']} {rows}.",
        facts=tuple(make(population) for make in FACTS),
        made_at=instant(population.frozen_at),
        organization=organization_words(),
        digests=(
            ("ids_digest", population.ids_digest),
            ("rows_digest", population.rows_digest),
            ("jsonl", population.jsonl),
            ("csv", population.csv),
        ),
        log_position=position_of(population.pk),
        warnings=tuple(_warnings(population)),
    )


def _warnings(population: Population) -> list[str]:
    told = []
    if population.gaps:
        told.append(f"{len(population.gaps)} gap{'' if len(population.gaps) == 1 else 's'} of observation within the period; see fact 3.")
    if population.completeness.get("asked_until", "")[:19] > population.until_at.isoformat()[:19]:
        told.append("Interim: the period was not over. Top it up after its end; the two will share no row.")
    if population.completeness.get("withdrawn"):
        told.append(
            f"{population.completeness['withdrawn']} rows of earlier populations would not be in one of the whole time: dates were corrected."
        )
    return told


def _streams(population: Population) -> list[Mapping[str, Any]]:
    return population.completeness["streams"]


def _source(population: Population) -> SheetFact:
    lines = [f"{each['system']}{_in_brackets(each['account_name'])}, facts of kind {each['fact']}" for each in _streams(population)]
    return fact(1, *dict.fromkeys(lines), environment_words())


def _query(population: Population) -> SheetFact:
    collectors = sorted({tuple(each.split(" ", 1)) for stream in _streams(population) for each in stream["collectors"]})
    calls = [call_words(call) for stream in _streams(population) for call in stream["calls"]]
    return fact(
        2,
        f"Population “{population.kind}”: {population.definition['title']}",
        *dict.fromkeys(calls),
        *(collector_words(*each) for each in collectors),
    )


def _period(population: Population) -> SheetFact:
    bounds = f"From {in_zone(population.from_at, population.zone)} to before {in_zone(population.until_at, population.zone)}, zone {population.zone}"
    fields = [
        f"Rows of {each['fact']} are bounded by {each['bounded_by']}{_in_brackets(each['date_is'])}"
        for each in population.definition["feeds"]
        if any(stream["fact"] == each["fact"] for stream in _streams(population))
    ]
    gaps = gap_words(population.gaps)
    observed = [f"Not observed within it: {each}" for each in gaps] or ["No gap of observation within it"]
    return fact(3, bounds, *fields, *observed)


def _run(population: Population) -> SheetFact:
    lines = [
        f"Frozen {instant(population.frozen_at)} by our clock, from what was recorded until then, in one consistent reading of the records"
    ]
    for each in _streams(population):
        if each["first_run"] is None:
            lines.append(f"{each['system']} {each['fact']}: no reading within the period")
            continue
        vendor = sorted(call["vendor_last"] for call in each["calls"] if call["vendor_last"])
        last = instant_of(each["last_run"]["observed_at"]) if each["last_run"] else "none whole"
        lines.append(
            f"{each['system']} {each['fact']}: {figure(each['readings'])} readings, {figure(each['whole'])} whole, first "
            f"{instant_of(each['first_run']['observed_at'])}, last {last}; vendor's clock then: {instant_of(vendor[-1]) if vendor else 'not given'}"
        )
    return fact(4, *lines)


def _identity(population: Population) -> SheetFact:
    lines = []
    for each in _streams(population):
        who = ", ".join(each["principals"]) or "identity unknown"
        denied = f"refused in the last run: {', '.join(each['denied'])}" if each["denied"] else "nothing that it asked for was refused"
        answered = ", ".join(dict.fromkeys(call["operation"] for call in each["calls"] if not call["faulty"]))
        lines.append(f"{each['system']} {each['fact']}: {who}; {denied}; proven by answers of {answered or 'no kept call'}")
    return fact(5, *lines)


def _rows(population: Population) -> SheetFact:
    lines = [f"{figure(population.row_count)} rows" + _independent_words(population)]
    for each in _streams(population):
        told = each["independent"]
        lines.append(
            f"{each['system']} {each['fact']}: {completeness_words(each['completeness'])}"
            + (f", trouble: {each['trouble']}" if each["trouble"] else "")
        )
        if told:
            total = "gives no total" if told["vendor_total"] is None else f"counts {figure(told['vendor_total'])} itself"
            held = "" if told["held"] is None else f", the records held {figure(told['held'])} then"
            lines.append(
                f"At the last whole reading, {instant_of(told['at'])}, the vendor {total}; {figure(told['received'])} were received{held}"
            )
        lines.extend(page_words(call) for call in each["calls"])
    return fact(6, *dict.fromkeys(lines))


def _independent_words(population: Population) -> str:
    if population.independent_count is None:
        return "; the vendor gives no total of exactly these rows"
    return f"; independent count by the vendors {figure(population.independent_count)}, at the last reading of each"


def _keys(population: Population) -> SheetFact:
    told = population.completeness
    ends = f"First {told['first']}, last {told['last']}" if population.row_count else "No row, so no first and last"
    twice = sum(each["duplicates"] for each in _streams(population))
    lines = [
        ends,
        "No id twice: freezing refuses a population with one",
        f"Rows that came twice within a reading and were taken once: {figure(twice)}",
    ]
    for sequence in told["sequence"]:
        for group in sequence["groups"]:
            holes = (
                f"{figure(group['missing'])} numbers between them are not there"
                if group["missing"]
                else "no number between them is missing"
            )
            named = (
                f" ({', '.join(map(str, group['named']))}{' …' if group['missing'] > len(group['named']) else ''})"
                if group["missing"]
                else ""
            )
            lines.append(
                f"{group['group'] or sequence['system']}: {group['first']} to {group['last']}, {holes}{named}; {sequence['shared']}"
            )
    if not told["sequence"]:
        lines.append("The source gives no numbers in sequence; there is no hole to look for")
    return fact(7, *lines)


def _left_out(population: Population) -> SheetFact:
    told = population.completeness
    filters = [
        f"{each['fact']}: {'; '.join(each['filters'])}" if each["filters"] else f"{each['fact']}: no filter"
        for each in population.definition["feeds"]
        if any(stream["fact"] == each["fact"] for stream in _streams(population))
    ]
    skips = sorted({f"the collector left out {': '.join(skip)}" for stream in _streams(population) for skip in stream["skips"]})
    counted = [f"Left out {figure(number)}: {reason}" for reason, number in sorted(told["left_out"].items())] or [
        "Nothing was left out by filters"
    ]
    earlier = [
        f"Rows of {len(told['earlier'])} earlier population(s) of this chain are not repeated; {figure(told['late'])} rows lie before its begin and were known later"
    ]
    return fact(8, *(f"Taken where {each}" for each in filters), *counted, *skips, *(earlier if told["earlier"] else ()))


def _columns(population: Population) -> SheetFact:
    columns = ", ".join(population.definition["columns"])
    return fact(
        9,
        f"Columns: {columns}",
        "Each row is made of the record that it names (record_id), which names the raw answers it was made from; nothing else is changed",
        FORMAT,
        f"ids_digest {population.ids_digest}",
        f"rows_digest {population.rows_digest} (SHA-256 of the JSONL file, {figure(population.jsonl_size)} bytes)",
        f"CSV {population.csv} ({figure(population.csv_size)} bytes); a cell that a spreadsheet would run has ' before it",
    )


def _reconciliation(population: Population) -> SheetFact:
    told = population.reconciliation
    if "words" not in told:
        return SheetFact(10, (f"Not reconciled. {told.get('with', '')} {told.get('missing', '')}".replace("  ", " ").strip(),), known=False)
    named = [f"{each['id']}: {each['words']}" for each in told["differences"][:8]]
    more = (
        [f"and {told['different'] - len(named)} more; all that are named stand on the population's page"]
        if told["different"] > len(named)
        else []
    )
    return fact(10, f"With {told['with'].lower()}: {told['words']}", *named, *more)


def _reviewed(population: Population) -> SheetFact:
    reviews = reviews_of(population.pk)
    if not reviews:
        return SheetFact(11, ("Nobody has reviewed completeness and accuracy yet",), known=False)
    return fact(11, *(f"{each.reviewed_by}, {instant(each.reviewed_at)}: {each.note}" for each in reviews))


def _empty(population: Population) -> SheetFact:
    if population.row_count:
        return fact(12, "Does not apply: the population is not empty")
    read = [f"{each['system']} {each['fact']} ({figure(each['whole'])} whole readings)" for each in _streams(population)]
    gaps = "without a gap" if not population.gaps else f"with {len(population.gaps)} gaps, in which something may have happened unseen"
    earlier = " that earlier populations of this chain do not hold" if population.completeness["earlier"] else ""
    return fact(
        12,
        f"Within the period nothing met the definition{earlier}. Looked at: {', '.join(read)}, {gaps}. The digests are those of no rows at all",
    )


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


FACTS = (_source, _query, _period, _run, _identity, _rows, _keys, _left_out, _columns, _reconciliation, _reviewed, _empty)
