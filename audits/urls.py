"""Addresses of audits."""

from django.urls import path

from audits.views import exports

urlpatterns = [
    path("<slug:slug>/export/", exports.package_page, name="package"),
    path("<slug:slug>/export/download/", exports.package_download, name="package_download"),
]
