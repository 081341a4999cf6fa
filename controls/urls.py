"""Addresses of controls, checks, subjects, criteria."""

from django.urls import path

from controls.views import checks, controls, criteria, library, occurrences, periods, quality, subjects

urlpatterns = [
    path("<slug:slug>/controls/", controls.control_list, name="controls"),
    path("<slug:slug>/controls.csv", controls.control_list_csv, name="controls_csv"),
    path("<slug:slug>/controls/assign/", controls.control_assign, name="control_assign"),
    path("<slug:slug>/controls/library/", library.library_page, name="library"),
    path("<slug:slug>/controls/<str:code>/", controls.control_page, name="control"),
    path("<slug:slug>/controls/<str:code>/occurrences/", occurrences.occurrence_schedule, name="occurrence_schedule"),
    path("<slug:slug>/controls/<str:code>/occurrences/<uuid:occurrence_id>/", occurrences.occurrence_perform, name="occurrence_perform"),
    path("<slug:slug>/waivers/<uuid:waiver_id>/end/", occurrences.waiver_end, name="waiver_end"),
    path("<slug:slug>/checks/", checks.check_list, name="checks"),
    path("<slug:slug>/checks/<str:check_id>/", checks.check_page, name="check"),
    path("<slug:slug>/checks/<str:check_id>/judge/", checks.check_rejudge, name="check_rejudge"),
    path("<slug:slug>/checks/<str:check_id>/parameters/", checks.check_parameters, name="check_parameters"),
    path("<slug:slug>/checks/<str:check_id>/switch/", checks.check_switch, name="check_switch"),
    path("<slug:slug>/checks/<str:check_id>/explain/", checks.check_explain, name="check_explain"),
    path("<slug:slug>/checks/<str:check_id>/waive/", checks.check_waive, name="check_waive"),
    path("<slug:slug>/connections/<uuid:connection_id>/quality/", quality.quality_of_connection, name="connection_quality"),
    path("<slug:slug>/criteria/", criteria.criteria_matrix, name="criteria"),
    path("<slug:slug>/periods/", periods.period_list, name="periods"),
    path("<slug:slug>/subjects/<uuid:subject_id>/", subjects.subject_page, name="subject"),
    path("<slug:slug>/subjects/<uuid:subject_id>/raw/<str:digest>/", subjects.raw_response, name="raw_response"),
    path("<slug:slug>/subjects/<uuid:subject_id>/records/<uuid:record_id>/proof/", subjects.record_proof, name="record_proof"),
]
