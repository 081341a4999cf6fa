"""Routes of connections under /api/v1/."""

from django.urls import path

from integrations import api

urlpatterns = [
    path("<slug:slug>/connectors/", api.ConnectorsRoute.as_view(), name="api_connectors"),
    path("<slug:slug>/connectors/<slug:vendor>/prepare/", api.PreparationRoute.as_view(), name="api_connector_prepare"),
    path("<slug:slug>/connections/", api.ConnectionsRoute.as_view(), name="api_connections"),
    path("<slug:slug>/connections/<uuid:connection_id>/", api.ConnectionRoute.as_view(), name="api_connection"),
    path("<slug:slug>/connections/<uuid:connection_id>/progress/", api.ProgressRoute.as_view(), name="api_connection_progress"),
    path("<slug:slug>/connections/<uuid:connection_id>/prove/", api.ProveRoute.as_view(), name="api_connection_prove"),
    path("<slug:slug>/connections/<uuid:connection_id>/start/", api.StartRoute.as_view(), name="api_connection_start"),
    path("<slug:slug>/connections/<uuid:connection_id>/pause/", api.PauseRoute.as_view(), name="api_connection_pause"),
    path("<slug:slug>/connections/<uuid:connection_id>/run/", api.RunNowRoute.as_view(), name="api_connection_run"),
    path("<slug:slug>/connections/<uuid:connection_id>/cancel/", api.CancelRoute.as_view(), name="api_connection_cancel"),
]
