"""Addresses of the roof."""

from django.urls import path

from compliance.home.views import log, my_work, overview, palette, start

urlpatterns = [
    path("", start.start, name="start"),
    path("<slug:slug>/", overview.overview, name="overview"),
    path("<slug:slug>/work/", my_work.my_work, name="my_work"),
    path("<slug:slug>/palette/", palette.palette, name="palette"),
    path("<slug:slug>/log/", log.log_page, name="log"),
    path("<slug:slug>/log/checkpoint/", log.checkpoint_text, name="checkpoint"),
    path("<slug:slug>/log/checkpoints/<int:size>/", log.signed_text, name="log_signed_text"),
    path("<slug:slug>/log/timestamps/<int:size>/", log.timestamp_file, name="log_timestamp"),
    path("<slug:slug>/log/key/", log.turn_key, name="log_key"),
    path("<slug:slug>/log/public/", log.publish, name="log_publish"),
]
