"""Addresses of connections and runs."""

from django.urls import path

from integrations.views import connections, imports, sign_in

urlpatterns = [
    path("<slug:slug>/imports/", imports.import_list, name="imports"),
    path("<slug:slug>/imports/new/", imports.import_new, name="import_new"),
    path("<slug:slug>/imports/sources/<uuid:connection_id>/", imports.import_source, name="import_source"),
    path("<slug:slug>/imports/mappings/<uuid:mapping_id>/remove/", imports.mapping_remove, name="mapping_remove"),
    path("<slug:slug>/imports/<uuid:file_id>/", imports.import_file, name="import_file"),
    path("<slug:slug>/imports/<uuid:file_id>/preview/", imports.import_preview, name="import_preview"),
    path("<slug:slug>/imports/<uuid:file_id>/refused.csv", imports.import_refused, name="import_refused"),
    path("<slug:slug>/imports/<uuid:file_id>/discard/", imports.import_discard, name="import_discard"),
    path("<slug:slug>/connections/", connections.connection_list, name="connections"),
    path("<slug:slug>/connections/authorized/", sign_in.authorized, name="connection_authorized"),
    path("<slug:slug>/connections/<uuid:connection_id>/authorize/", sign_in.authorize, name="connection_authorize"),
    path("<slug:slug>/connections/new/<slug:vendor>/", connections.connection_new, name="connection_new"),
    path("<slug:slug>/connections/<uuid:connection_id>/", connections.connection_page, name="connection"),
    path("<slug:slug>/connections/<uuid:connection_id>/live/", connections.connection_live, name="connection_live"),
    path("<slug:slug>/connections/<uuid:connection_id>/run/", connections.connection_run, name="connection_run"),
    path("<slug:slug>/connections/<uuid:connection_id>/cancel/", connections.connection_cancel, name="connection_cancel"),
    path("<slug:slug>/connections/<uuid:connection_id>/state/", connections.connection_state, name="connection_state"),
    path("<slug:slug>/runs/<uuid:run_id>/", connections.run_page, name="run"),
]
