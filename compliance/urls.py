"""Addresses of the product: the front doors of each room, organizations' pages under their slug."""

from django.conf import settings
from django.urls import include, path

from compliance.ui import views as ui

handler400 = ui.misread
handler403 = ui.refused
handler404 = ui.not_found
handler500 = ui.broken
urlpatterns = [
    path("", include("compliance.api.urls")),
    path("", include("compliance.members.urls")),
    path("", include("compliance.home.urls_instance")),
    path("", include("integrations.urls_hooks")),
    path("", include("integrations.urls")),
    path("", include("compliance.work.urls")),
    path("", include("controls.urls_populations")),
    path("", include("controls.urls")),
    path("", include("people.urls")),
    path("", include("audits.urls")),
    path("", include("compliance.operate.urls_reperform")),
    path("", include("compliance.home.urls")),
]
if settings.DEBUG or settings.TESTING:
    urlpatterns.insert(0, path("styleguide/", ui.guide, name="styleguide"))
