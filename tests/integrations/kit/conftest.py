"""The kit's own plugin, as third parties load it with `-p integrations.kit.plugin`."""

from integrations.kit.plugin import pytest_runtest_logreport, pytest_runtest_setup, pytest_terminal_summary

__all__ = ["pytest_runtest_logreport", "pytest_runtest_setup", "pytest_terminal_summary"]
