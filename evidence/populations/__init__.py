"""Populations: which rows an auditor's list of a period holds, as explicit definitions, and how they come out of records. Plain Python."""
