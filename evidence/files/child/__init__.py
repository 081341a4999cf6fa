"""Parsers of hostile files. Each module runs alone (`python -m evidence.files.child.pdf TASK PATH OPTIONS`), never in the web process."""
