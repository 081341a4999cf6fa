"""Routes of audits under /api/v1/."""

from django.urls import path

from audits.api import packages

urlpatterns = [path("<slug:slug>/packages/", packages.PackagesRoute.as_view(), name="api_packages")]
