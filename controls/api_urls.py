"""Routes of the programme under /api/v1/."""

from django.urls import path

from controls.api import checks, controls, criteria, evidence, library, overview, periods, subjects

urlpatterns = [
    path("<slug:slug>/overview/", overview.OverviewRoute.as_view(), name="api_overview"),
    path("<slug:slug>/controls/", controls.ControlsRoute.as_view(), name="api_controls"),
    path("<slug:slug>/controls/assign/", controls.AssignmentRoute.as_view(), name="api_control_assign"),
    path("<slug:slug>/controls/export/", controls.ControlExportRoute.as_view(), name="api_controls_export"),
    path("<slug:slug>/controls/<str:code>/", controls.ControlRoute.as_view(), name="api_control"),
    path("<slug:slug>/library/", library.LibraryRoute.as_view(), name="api_library"),
    path("<slug:slug>/checks/", checks.ChecksRoute.as_view(), name="api_checks"),
    path("<slug:slug>/checks/<str:check_id>/", checks.CheckRoute.as_view(), name="api_check"),
    path("<slug:slug>/checks/<str:check_id>/points/", checks.PointsRoute.as_view(), name="api_check_points"),
    path("<slug:slug>/checks/<str:check_id>/subjects/", checks.SubjectsRoute.as_view(), name="api_check_subjects"),
    path("<slug:slug>/checks/<str:check_id>/judge/", checks.JudgeRoute.as_view(), name="api_check_judge"),
    path("<slug:slug>/checks/<str:check_id>/parameters/", checks.ParametersRoute.as_view(), name="api_check_parameters"),
    path("<slug:slug>/checks/<str:check_id>/switch/", checks.SwitchRoute.as_view(), name="api_check_switch"),
    path("<slug:slug>/checks/<str:check_id>/waivers/", checks.WaiversRoute.as_view(), name="api_check_waivers"),
    path("<slug:slug>/criteria/", criteria.CriteriaRoute.as_view(), name="api_criteria"),
    path("<slug:slug>/evidence/", evidence.ItemsRoute.as_view(), name="api_items"),
    path("<slug:slug>/evidence/export/", evidence.ItemExportRoute.as_view(), name="api_items_export"),
    path("<slug:slug>/evidence/sessions/", evidence.ItemSessionsRoute.as_view(), name="api_item_sessions"),
    path("<slug:slug>/evidence/sessions/<uuid:item_session_id>/", evidence.ItemSessionRoute.as_view(), name="api_item_session"),
    path(
        "<slug:slug>/evidence/sessions/<uuid:item_session_id>/close/",
        evidence.ItemSessionCloseRoute.as_view(),
        name="api_item_session_close",
    ),
    path(
        "<slug:slug>/evidence/sessions/<uuid:item_session_id>/items/<str:key>/", evidence.PushedItemRoute.as_view(), name="api_pushed_item"
    ),
    path("<slug:slug>/evidence/<uuid:item_id>/", evidence.ItemRoute.as_view(), name="api_item"),
    path("<slug:slug>/evidence/<uuid:item_id>/links/", evidence.ItemLinksRoute.as_view(), name="api_item_links"),
    path("<slug:slug>/evidence/<uuid:item_id>/links/<uuid:link_id>/", evidence.ItemLinkRoute.as_view(), name="api_item_link"),
    path("<slug:slug>/evidence/<uuid:item_id>/versions/", evidence.ItemVersionsRoute.as_view(), name="api_item_versions"),
    path("<slug:slug>/evidence/<uuid:item_id>/versions/<int:number>/", evidence.ItemBytesRoute.as_view(), name="api_item_bytes"),
    path("<slug:slug>/evidence/<uuid:item_id>/versions/<int:number>/proof/", evidence.ItemProofRoute.as_view(), name="api_item_proof"),
    path("<slug:slug>/periods/", periods.PeriodsRoute.as_view(), name="api_periods"),
    path("<slug:slug>/periods/<uuid:period_id>/", periods.PeriodRoute.as_view(), name="api_period"),
    path("<slug:slug>/subjects/<uuid:subject_id>/", subjects.SubjectRoute.as_view(), name="api_subject"),
    path("<slug:slug>/subjects/<uuid:subject_id>/records/", subjects.RecordsRoute.as_view(), name="api_subject_records"),
    path("<slug:slug>/subjects/<uuid:subject_id>/verdicts/", subjects.VerdictsRoute.as_view(), name="api_subject_verdicts"),
    path("<slug:slug>/subjects/<uuid:subject_id>/raw/<str:digest>/", subjects.RawRoute.as_view(), name="api_raw"),
    path("<slug:slug>/subjects/<uuid:subject_id>/records/<uuid:record_id>/proof/", subjects.ProofRoute.as_view(), name="api_record_proof"),
]
