"""Addresses for vendors' events; included at the root, before the pages under an organization's slug."""

from django.urls import path

from integrations.views import hooks

urlpatterns = [
    path("hooks/github/<uuid:connection_id>/", hooks.github_hook, name="github_hook"),
    path("hooks/aws/<uuid:connection_id>/", hooks.aws_hook, name="aws_hook"),
]
