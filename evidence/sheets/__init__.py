"""Evidence sheets: the twelve facts of completeness and accuracy that accompany whatever an auditor is shown."""

from evidence.sheets.population import sheet_of_population
from evidence.sheets.reading import sheet_of_record, sheet_of_stream_run
from evidence.sheets.sheet import Sheet, SheetFact, UnknownSubject

__all__ = ["Sheet", "SheetFact", "UnknownSubject", "sheet_of_population", "sheet_of_record", "sheet_of_stream_run"]
