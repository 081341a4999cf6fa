"""Models of evidence: what was observed."""

from evidence.models.demand import Demand
from evidence.models.run import LedgerEntry, Run, RunStream
from evidence.models.source import Source
from evidence.models.stream import Coverage, Stream
from evidence.models.subject import Record, Subject

__all__ = ["Coverage", "Demand", "LedgerEntry", "Record", "Run", "RunStream", "Source", "Stream", "Subject"]
