"""Desk of the operator: commands and services that reach over several storeys."""
