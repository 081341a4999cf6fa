"""Addresses of pages over several storeys: included at the root, before those of members."""

from django.urls import path

from compliance.operate.views import keeping, removal

urlpatterns = [
    path("<slug:slug>/settings/members/<uuid:membership_id>/remove/", removal.remove, name="member_remove"),
    path("<slug:slug>/settings/keeping/", keeping.keeping, name="keeping"),
    path("<slug:slug>/settings/keeping/holds/<uuid:hold_id>/lift/", keeping.hold_lift, name="hold_lift"),
    path("<slug:slug>/settings/keeping/erasure/", keeping.erasure, name="erasure"),
    path("<slug:slug>/settings/keeping/deletions/<uuid:deletion_id>/", keeping.deletion, name="deletion"),
]
