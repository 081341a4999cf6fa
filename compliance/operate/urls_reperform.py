"""Addresses of re-performance."""

from django.urls import path

from compliance.operate.views import reperforming, trying

urlpatterns = [
    path("<slug:slug>/checks/<str:check_id>/try/", trying.check_trial, name="check_trial"),
    path("<slug:slug>/verdicts/<uuid:verdict_id>/", reperforming.verdict_page, name="verdict"),
    path("<slug:slug>/verdicts/<uuid:verdict_id>/again/", reperforming.verdict_reperform, name="verdict_reperform"),
]
