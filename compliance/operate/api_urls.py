"""Routes of keeping under /api/v1/."""

from django.urls import path

from compliance.operate import api_keeping as keeping

urlpatterns = [
    path("<slug:slug>/keeping/", keeping.KeepingRoute.as_view(), name="api_keeping"),
    path("<slug:slug>/keeping/retention/", keeping.RetentionRoute.as_view(), name="api_retention"),
    path("<slug:slug>/keeping/holds/", keeping.HoldsRoute.as_view(), name="api_holds"),
    path("<slug:slug>/keeping/holds/<uuid:hold_id>/lift/", keeping.HoldLiftRoute.as_view(), name="api_hold_lift"),
    path("<slug:slug>/keeping/deletions/", keeping.DeletionsRoute.as_view(), name="api_deletions"),
    path("<slug:slug>/keeping/deletions/<uuid:deletion_id>/", keeping.DeletionRoute.as_view(), name="api_deletion"),
    path(
        "<slug:slug>/keeping/deletions/<uuid:deletion_id>/decision/", keeping.DeletionDecisionRoute.as_view(), name="api_deletion_decision"
    ),
    path(
        "<slug:slug>/keeping/deletions/<uuid:deletion_id>/execution/",
        keeping.DeletionExecutionRoute.as_view(),
        name="api_deletion_execution",
    ),
]
