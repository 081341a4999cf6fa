"""Addresses of the installation itself: included at the root."""

from django.urls import path

from compliance.home.views import instance, mail

urlpatterns = [
    path("instance/", instance.instance, name="instance"),
    path("about/", instance.about, name="about"),
    path("mail/", mail.mail_list, name="mail"),
    path("mail/<str:name>/", mail.mail_detail, name="mail_detail"),
]
