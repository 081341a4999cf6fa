"""Addresses of the API and of the probes: included at the root. Each app's own routes join under /api/v1/ by its `api_urls`."""

from django.urls import include, path

from compliance.api import docs, probes, schema
from compliance.api.routes import members, organization, tokens, trail
from compliance.operate.api import RemovalRoute
from compliance.operate.api_reperform import ReperformRoute

v1 = [
    path("schema/", schema.SchemaView.as_view(), name="api_schema"),
    path("docs/", docs.viewer, name="api_docs"),
    path("organizations/", organization.OrganizationsRoute.as_view(), name="api_organizations"),
    path("<slug:slug>/", organization.OrganizationRoute.as_view(), name="api_organization"),
    path("<slug:slug>/members/", members.MembersRoute.as_view(), name="api_members"),
    path("<slug:slug>/members/<uuid:membership_id>/", members.MemberRoute.as_view(), name="api_member"),
    path("<slug:slug>/members/<uuid:membership_id>/removal/", RemovalRoute.as_view(), name="api_member_removal"),
    path("<slug:slug>/invitations/", members.InvitationsRoute.as_view(), name="api_invitations"),
    path("<slug:slug>/invitations/<uuid:invitation_id>/", members.InvitationRoute.as_view(), name="api_invitation"),
    path("<slug:slug>/tokens/", tokens.TokensRoute.as_view(), name="api_tokens"),
    path("<slug:slug>/tokens/<uuid:token_id>/", tokens.TokenRoute.as_view(), name="api_token"),
    path("<slug:slug>/trail/", trail.TrailRoute.as_view(), name="api_trail"),
    path("", include("compliance.operate.api_urls")),
    path("", include("compliance.vault.api_urls")),
    path("", include("compliance.work.api_urls")),
    path("", include("evidence.api_urls")),
    path("", include("integrations.api_urls")),
    path("", include("controls.api_urls_populations")),
    path("", include("controls.api_urls")),
    path("", include("people.api_urls")),
    path("", include("audits.api_urls")),
    path("<slug:slug>/verdicts/<uuid:verdict_id>/reperformance/", ReperformRoute.as_view(), name="api_reperform"),
]

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("api/v1/", include(v1)),
]
