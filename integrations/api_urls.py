"""Routes of connections under /api/v1/."""

from django.urls import path

from integrations import api, api_push

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
    path("<slug:slug>/imports/", api_push.ImportsRoute.as_view(), name="api_imports"),
    path("<slug:slug>/push/kinds/", api_push.KindsRoute.as_view(), name="api_push_kinds"),
    path("<slug:slug>/push/sessions/", api_push.SessionsRoute.as_view(), name="api_push_sessions"),
    path("<slug:slug>/push/sessions/<uuid:session_id>/", api_push.SessionRoute.as_view(), name="api_push_session"),
    path("<slug:slug>/push/sessions/<uuid:session_id>/chunks/<int:number>/", api_push.ChunkRoute.as_view(), name="api_push_chunk"),
    path("<slug:slug>/push/sessions/<uuid:session_id>/close/", api_push.CloseRoute.as_view(), name="api_push_close"),
]
