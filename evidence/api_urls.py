"""Routes of runs under /api/v1/."""

from django.urls import path

from evidence import api

urlpatterns = [
    path("<slug:slug>/runs/", api.RunsRoute.as_view(), name="api_runs"),
    path("<slug:slug>/runs/<uuid:run_id>/", api.RunRoute.as_view(), name="api_run"),
    path("<slug:slug>/runs/<uuid:run_id>/ledger/", api.LedgerRoute.as_view(), name="api_ledger"),
]
