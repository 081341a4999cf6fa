"""Addresses of the installation itself, and of pages over several storeys: included at the root."""

from django.urls import include, path

from compliance.home.views import instance, mail

urlpatterns = [
    path("", include("compliance.operate.urls")),
    path("instance/", instance.instance, name="instance"),
    path("instance/doctor/", instance.doctor, name="instance_doctor"),
    path("about/", instance.about, name="about"),
    path("mail/", mail.mail_list, name="mail"),
    path("mail/<str:name>/", mail.mail_detail, name="mail_detail"),
]
