"""Turns GitHub's answers about the organization itself into facts."""

from collections.abc import Iterable

from evidence.facts.access_token.v1 import AccessToken
from evidence.facts.code_organization.v1 import CodeOrganization
from evidence.facts.pipeline_settings.v1 import PipelineSettings
from evidence.facts.rule_event.v1 import RuleEvent
from integrations.vendors.github.collectors.values import Row, day, flag, from_millis, inner, instant, needed, numbered, text, word


def organization_subject(row: Row) -> str:
    """The subject of the organization."""
    return f"organization:{numbered(row)}"


def organization(row: Row, without_second_factor: Iterable[Row] | None) -> CodeOrganization:
    """Of `GET /orgs/{org}` and the members that its filter 2fa_disabled lists (None: the filter was refused). GitHub leaves
    the settings out unless an owner or an app with the right asks, so that what is absent is unknown."""
    lacking = None if without_second_factor is None else tuple(sorted(word(each, "login") for each in without_second_factor))
    return CodeOrganization(
        subject=organization_subject(row),
        name=word(row, "login"),
        second_factor_required=flag(row, "two_factor_requirement_enabled"),
        without_second_factor=lacking,
        base_permission=text(row, "default_repository_permission"),
        members_can_create_public_repositories=flag(row, "members_can_create_public_repositories"),
        members_can_invite_outside_collaborators=flag(row, "members_can_invite_outside_collaborators"),
        plan=text(inner(row, "plan"), "name"),
    )


def pipeline_settings(organization_row: Row, permissions: Row, workflow: Row | None) -> PipelineSettings:
    """Of `GET /orgs/{org}/actions/permissions` and `…/workflow` (None: not shown). An own server that does not know pinning
    leaves `sha_pinning_required` out."""
    return PipelineSettings(
        subject=organization_subject(organization_row),
        name=word(organization_row, "login"),
        enabled_for=text(permissions, "enabled_repositories"),
        allowed_steps=text(permissions, "allowed_actions"),
        pinning_required=flag(permissions, "sha_pinning_required"),
        token_permission=text(workflow or {}, "default_workflow_permissions"),
        can_approve_changes=flag(workflow or {}, "can_approve_pull_request_reviews"),
    )


def access_token(row: Row) -> AccessToken:
    """Of `GET /orgs/{org}/personal-access-tokens`. `token_expired` is not used: it would change without any act."""
    expires = "" if "token_expires_at" in row and row["token_expires_at"] is None else instant(row, "token_expires_at")
    held = [f"{area}:{name}={level}" for area, levels in inner(row, "permissions").items() for name, level in dict(levels or {}).items()]
    return AccessToken(
        subject=f"token:{numbered(row)}",
        name=f"{word(inner(row, 'owner'), 'login')}: {word(row, 'token_name')}",
        owner=text(inner(row, "owner"), "login"),
        granted=instant(row, "access_granted_at"),
        expires=expires,
        last_used=day(row, "token_last_used_at"),
        permissions=tuple(sorted(held)),
    )


def rule_event(row: Row) -> RuleEvent:
    """Of `GET /orgs/{org}/audit-log`."""
    at = from_millis(row, "@timestamp") or from_millis(row, "created_at")
    if at is None:
        raise ValueError("an event without an instant")
    action = str(needed(row, "action"))
    return RuleEvent(
        subject=f"event:{needed(row, '_document_id')}",
        name=f"{action} by {word(row, 'actor') or 'an unknown actor'}",
        action=action,
        actor=text(row, "actor"),
        at=at,
        repository_name=word(row, "repo"),
    )
