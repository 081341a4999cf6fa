"""Routes of the log under /api/v1/."""

from django.urls import path

from compliance.vault import api

urlpatterns = [
    path("<slug:slug>/log/", api.LogRoute.as_view(), name="api_log"),
    path("<slug:slug>/log/checkpoints/", api.CheckpointsRoute.as_view(), name="api_checkpoints"),
    path("<slug:slug>/log/checkpoint/", api.CheckpointRoute.as_view(), name="api_checkpoint"),
    path("<slug:slug>/log/checkpoints/<int:size>/", api.SignedTextRoute.as_view(), name="api_log_signed_text"),
    path("<slug:slug>/log/timestamps/<int:size>/", api.TimestampRoute.as_view(), name="api_log_timestamp"),
    path("<slug:slug>/log/verifier/", api.VerifierRoute.as_view(), name="api_verifier"),
    path("<slug:slug>/log/entries/<uuid:ref>/", api.LogEntryRoute.as_view(), name="api_log_entry"),
    path("<slug:slug>/log/entries/<uuid:ref>/proof/", api.LogProofRoute.as_view(), name="api_log_proof"),
]
