"""Routes of populations, evidence sheets and history under /api/v1/."""

from django.urls import path

from controls.api import history, populations

urlpatterns = [
    path("<slug:slug>/populations/", populations.PopulationsRoute.as_view(), name="api_populations"),
    path("<slug:slug>/populations/kinds/", populations.PopulationKindsRoute.as_view(), name="api_population_kinds"),
    path("<slug:slug>/populations/draft/", populations.PopulationDraftRoute.as_view(), name="api_population_draft"),
    path("<slug:slug>/populations/freezings/<uuid:freezing_id>/", populations.FreezingRoute.as_view(), name="api_freezing"),
    path("<slug:slug>/populations/<uuid:population_id>/", populations.PopulationRoute.as_view(), name="api_population"),
    path(
        "<slug:slug>/populations/<uuid:population_id>/receipt/", populations.PopulationReceiptRoute.as_view(), name="api_population_receipt"
    ),
    path(
        "<slug:slug>/populations/<uuid:population_id>/reviews/", populations.PopulationReviewsRoute.as_view(), name="api_population_reviews"
    ),
    path(
        "<slug:slug>/populations/<uuid:population_id>/rows.<slug:form>",
        populations.PopulationRowsRoute.as_view(),
        name="api_population_rows",
    ),
    path("<slug:slug>/populations/<uuid:population_id>/sheet/", populations.PopulationSheetRoute.as_view(), name="api_population_sheet"),
    path(
        "<slug:slug>/populations/<uuid:population_id>/sheet.<slug:form>", populations.SheetPaperRoute.as_view(), name="api_population_paper"
    ),
    path("<slug:slug>/records/<uuid:record_id>/receipt/", populations.RecordReceiptRoute.as_view(), name="api_record_receipt"),
    path("<slug:slug>/records/<uuid:record_id>/sheet/", populations.RecordSheetRoute.as_view(), name="api_record_sheet"),
    path("<slug:slug>/runs/<uuid:run_id>/sheets/<slug:fact_kind>/", populations.ReadingSheetRoute.as_view(), name="api_reading_sheet"),
    path("<slug:slug>/verdicts/<uuid:verdict_id>/sheet/", populations.VerdictSheetRoute.as_view(), name="api_verdict_sheet"),
    path("<slug:slug>/history/controls/", history.ControlSetRoute.as_view(), name="api_history_controls"),
    path("<slug:slug>/history/controls/difference/", history.ControlDifferenceRoute.as_view(), name="api_history_controls_difference"),
    path("<slug:slug>/streams/", history.StreamsRoute.as_view(), name="api_streams"),
    path("<slug:slug>/streams/<uuid:stream_id>/", history.StreamThenRoute.as_view(), name="api_stream"),
    path("<slug:slug>/streams/<uuid:stream_id>/difference/", history.StreamDifferenceRoute.as_view(), name="api_stream_difference"),
]
