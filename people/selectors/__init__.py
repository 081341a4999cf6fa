"""Reads of the people room."""
