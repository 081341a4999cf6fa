"""The interface alone: no database, no session, only the layouts and the headers that every page carries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings


def interface_only() -> override_settings:
    """Settings that serve tests/ui/pages.py with the security headers and nothing else of the product."""
    engine = settings.TEMPLATES[0]
    processors = ["django.template.context_processors.request", "django.template.context_processors.csrf"]
    return override_settings(
        ROOT_URLCONF="tests.ui.pages",
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["compliance.members.gates.headers.SecurityHeaders", "django_htmx.middleware.HtmxMiddleware"],
        TEMPLATES=[{**engine, "OPTIONS": {**engine["OPTIONS"], "context_processors": processors}}],
    )


@pytest.fixture
def only_the_interface() -> Iterator[None]:
    """The same for one test."""
    with interface_only():
        yield
