"""Addresses of connections and runs."""

from django.urls import path

from integrations.views import connections

urlpatterns = [
    path("<slug:slug>/connections/", connections.connection_list, name="connections"),
    path("<slug:slug>/connections/new/<slug:vendor>/", connections.connection_new, name="connection_new"),
    path("<slug:slug>/connections/<uuid:connection_id>/", connections.connection_page, name="connection"),
    path("<slug:slug>/connections/<uuid:connection_id>/live/", connections.connection_live, name="connection_live"),
    path("<slug:slug>/connections/<uuid:connection_id>/run/", connections.connection_run, name="connection_run"),
    path("<slug:slug>/connections/<uuid:connection_id>/cancel/", connections.connection_cancel, name="connection_cancel"),
    path("<slug:slug>/connections/<uuid:connection_id>/state/", connections.connection_state, name="connection_state"),
    path("<slug:slug>/runs/<uuid:run_id>/", connections.run_page, name="run"),
]
