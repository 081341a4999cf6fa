"""Addresses of populations, evidence sheets and what was known at an instant."""

from django.urls import path

from controls.views import history, populations, sheets

urlpatterns = [
    path("<slug:slug>/populations/", populations.population_list, name="populations"),
    path("<slug:slug>/populations/new/<slug:population_kind>/", populations.population_draft, name="population_draft"),
    path("<slug:slug>/populations/freezings/<uuid:freezing_id>/", populations.population_freezing, name="population_freezing"),
    path("<slug:slug>/populations/<uuid:population_id>/", populations.population_page, name="population"),
    path("<slug:slug>/populations/<uuid:population_id>/receipt/", populations.population_receipt, name="population_receipt"),
    path("<slug:slug>/populations/<uuid:population_id>/review/", populations.population_review, name="population_review"),
    path("<slug:slug>/populations/<uuid:population_id>/rows.<slug:form>", populations.population_file, name="population_file"),
    path("<slug:slug>/populations/<uuid:population_id>/sheet/", sheets.population_sheet, name="population_sheet"),
    path("<slug:slug>/populations/<uuid:population_id>/sheet.<slug:form>", sheets.population_sheet, name="population_sheet_file"),
    path("<slug:slug>/records/<uuid:record_id>/receipt/", sheets.record_receipt, name="record_receipt"),
    path("<slug:slug>/records/<uuid:record_id>/sheet/", sheets.record_sheet, name="record_sheet"),
    path("<slug:slug>/records/<uuid:record_id>/sheet.<slug:form>", sheets.record_sheet, name="record_sheet_file"),
    path("<slug:slug>/runs/<uuid:run_id>/sheets/<slug:fact_kind>/", sheets.reading_sheet, name="reading_sheet"),
    path("<slug:slug>/runs/<uuid:run_id>/sheets/<slug:fact_kind>.<slug:form>", sheets.reading_sheet, name="reading_sheet_file"),
    path("<slug:slug>/verdicts/<uuid:verdict_id>/sheet/", sheets.verdict_sheet, name="verdict_sheet"),
    path("<slug:slug>/verdicts/<uuid:verdict_id>/sheet.<slug:form>", sheets.verdict_sheet, name="verdict_sheet_file"),
    path("<slug:slug>/history/", history.stream_list, name="history"),
    path("<slug:slug>/history/controls/", history.control_set_page, name="history_controls"),
    path("<slug:slug>/history/streams/<uuid:stream_id>/", history.stream_then, name="history_stream"),
]
