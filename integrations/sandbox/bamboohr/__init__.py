"""A sandbox of BambooHR: one company's personnel records over HTTP, with history tables, paging, permissions, clock and faults."""
