"""Addresses of pages over several storeys: included at the root, before those of members."""

from django.urls import path

from compliance.operate.views import removal

urlpatterns = [
    path("<slug:slug>/settings/members/<uuid:membership_id>/remove/", removal.remove, name="member_remove"),
]
