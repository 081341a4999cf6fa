"""Addresses of members: included at the root."""

from django.urls import include, path

from compliance.members.views import invitations, members, organizations, tokens, trail

urlpatterns = [
    path("accounts/", include("compliance.members.urls_accounts")),
    path("invitations/<str:text>/", invitations.invitation, name="invitation"),
    path("instance/first/<str:text>/", invitations.operator_link, name="operator_link"),
    path("organizations/new/", organizations.new_organization, name="new_organization"),
    path("<slug:slug>/settings/", organizations.organization_settings, name="settings"),
    path("<slug:slug>/settings/members/", members.members, name="members"),
    path("<slug:slug>/settings/members/<uuid:membership_id>/", members.member, name="member"),
    path("<slug:slug>/settings/invitations/<uuid:invitation_id>/resend/", members.resend, name="invitation_resend"),
    path("<slug:slug>/settings/invitations/<uuid:invitation_id>/revoke/", members.revoke, name="invitation_revoke"),
    path("<slug:slug>/settings/tokens/", tokens.tokens, name="tokens"),
    path("<slug:slug>/settings/tokens/<uuid:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("<slug:slug>/settings/trail/", trail.trail, name="trail"),
    path("<slug:slug>/settings/trail/export/", trail.export, name="trail_export"),
]
