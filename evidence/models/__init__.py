"""Models of evidence: what was observed."""

from evidence.models.demand import Demand
from evidence.models.item import Item, ItemText, ItemVersion, Scan
from evidence.models.population import Freezing, Population, PopulationReview
from evidence.models.run import LedgerEntry, Run, RunStream
from evidence.models.source import Source
from evidence.models.stream import Coverage, Stream
from evidence.models.subject import Record, Subject
from evidence.models.upload import ItemSession, SessionItem, Upload

__all__ = [
    "Coverage", "Demand", "Freezing", "Item", "ItemSession", "ItemText", "ItemVersion", "LedgerEntry", "Population",
    "PopulationReview", "Record", "Run", "RunStream", "Scan", "SessionItem", "Source", "Stream", "Subject", "Upload",
]  # fmt: skip
