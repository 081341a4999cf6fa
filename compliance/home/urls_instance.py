"""Addresses of the installation itself, and of pages over several storeys: included at the root."""

from django.urls import include, path

from compliance.home.views import instance, mail, public_log

urlpatterns = [
    path("", include("compliance.operate.urls")),
    path("instance/", instance.instance, name="instance"),
    path("instance/doctor/", instance.doctor, name="instance_doctor"),
    path("about/", instance.about, name="about"),
    path("log/<slug:log>/", public_log.public_log, name="public_log"),
    path("log/<slug:log>/checkpoint", public_log.checkpoint, name="public_checkpoint"),
    path("log/<slug:log>/checkpoints.json", public_log.history, name="public_checkpoints"),
    path("log/<slug:log>/checkpoints/<int:size>", public_log.signed_text, name="public_signed_text"),
    path("log/<slug:log>/timestamps/<int:size>", public_log.timestamp_file, name="public_timestamp"),
    path("log/<slug:log>/consistency", public_log.consistency, name="public_consistency"),
    path("log/<slug:log>/tile/<path:tile>", public_log.tile, name="public_tile"),
    path("mail/", mail.mail_list, name="mail"),
    path("mail/<str:name>/", mail.mail_detail, name="mail_detail"),
]
