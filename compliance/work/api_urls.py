"""Routes of problems under /api/v1/."""

from django.urls import path

from compliance.work import api

urlpatterns = [path("<slug:slug>/problems/", api.ProblemsRoute.as_view(), name="api_problems")]
