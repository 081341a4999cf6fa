"""Turns GitHub's answers about repositories, their branches and keys into facts."""

from collections.abc import Mapping, Sequence

from evidence.facts.branch_rules.v1 import BranchRules, RuleSource
from evidence.facts.deploy_key.v1 import DeployKey
from evidence.facts.repository.v1 import Repository
from integrations.vendors.github.collectors.values import (
    Row,
    day,
    flag,
    inner,
    instant,
    needed,
    number,
    numbered,
    repository_subject,
    rows,
    text,
    word,
)

CLASSIC = "classic protection"
ADMINISTRATORS = "repository administrators"
ROLES = {2: "maintain", 4: "write", 5: "admin"}  # GitHub's ids of repository roles in bypass lists


def _switched(row: Row, feature: str) -> bool | None:
    status = text(inner(inner(row, "security_and_analysis"), feature), "status")
    return None if status is None else status == "enabled"


def repository(row: Row) -> Repository:
    """Of `GET /orgs/{org}/repos`. `security_and_analysis` is left out unless the caller administers: unknown, not off."""
    private = flag(row, "private")
    return Repository(
        subject=repository_subject(numbered(row)),
        name=str(needed(row, "full_name")),
        visibility=text(row, "visibility") or (None if private is None else "private" if private else "public"),
        archived=flag(row, "archived"),
        fork=flag(row, "fork"),
        default_branch=text(row, "default_branch"),
        created=instant(row, "created_at"),
        secret_scanning=_switched(row, "secret_scanning"),
        push_protection=_switched(row, "secret_scanning_push_protection"),
    )


def deploy_key(home: Row, row: Row) -> DeployKey:
    """Of `GET /repos/{owner}/{repo}/keys`. The key itself is not used."""
    repository_name = str(needed(home, "full_name"))
    return DeployKey(
        subject=f"deploy_key:{numbered(row)}",
        name=f"{repository_name}: {word(row, 'title')}",
        repository=repository_subject(numbered(home)),
        repository_name=repository_name,
        read_only=flag(row, "read_only"),
        created=instant(row, "created_at"),
        last_used=day(row, "last_used"),
        added_by=text(row, "added_by"),
    )


def bypassers_of_ruleset(row: Row) -> tuple[str, ...] | None:
    """Who need not keep a ruleset; None when GitHub leaves `bypass_actors` out, which it does unless the caller may edit it."""
    if not isinstance(row.get("bypass_actors"), list):
        return None
    return tuple(sorted({_bypasser(each) for each in rows(row, "bypass_actors")}))


def _bypasser(actor: Row) -> str:
    kind, of = word(actor, "actor_type"), number(actor, "actor_id")
    if kind == "RepositoryRole":
        return f"role:{ROLES.get(of or 0, of)}"
    names = {"OrganizationAdmin": "organization owners", "DeployKey": "deploy keys", "EnterpriseOwner": "enterprise owners"}
    prefixes = {"Team": "team", "Integration": "app", "User": "user"}
    return names.get(kind) or f"{prefixes.get(kind, kind or 'unknown')}:{of}"


def bypassers_of_protection(row: Row) -> tuple[str, ...]:
    """Who need not keep a classic protection: administrators unless they are bound too, and those on the bypass list."""
    allowed = inner(inner(row, "required_pull_request_reviews"), "bypass_pull_request_allowances")
    found = [f"user:{word(each, 'login')}" for each in rows(allowed, "users")]
    found += [f"team:{word(each, 'slug')}" for each in rows(allowed, "teams")]
    found += [f"app:{word(each, 'slug')}" for each in rows(allowed, "apps")]
    if flag(inner(row, "enforce_admins"), "enabled") is not True:
        found.append(ADMINISTRATORS)
    return tuple(sorted(set(found)))


class _Union:
    """Rules of several sources, added up. A field stays None when no source settles it and not all sources are known."""

    def __init__(self, known: bool) -> None:
        self.known = known
        self.sources: dict[str, RuleSource] = {}
        self.switches = dict.fromkeys(("pull_request", "stale", "last_push", "owners", "force_push", "deletion"), False)
        self.approvals = 0
        self.checks: set[str] = set()

    def switch(self, name: str) -> bool | None:
        return True if self.switches[name] else False if self.known else None


def branch_rules(
    home: Row, *, classic: Row | None, classic_known: bool, rules: Sequence[Row] | None, rulesets: Mapping[int, Row | None]
) -> BranchRules:
    """The effective rules of a default branch. `classic`: `GET …/branches/{branch}/protection`, None when there is none
    (`classic_known`) or it was not shown; `rules`: `GET …/rules/branches/{branch}` (active rulesets of repository and organization),
    None when not shown; `rulesets`: each ruleset by id as its own address shows it, for its bypass list."""
    union = _Union(classic_known and rules is not None)
    if classic is not None:
        _add_classic(union, classic)
    for rule in rules or ():
        _add_rule(union, rule, rulesets)
    return BranchRules(
        subject=repository_subject(numbered(home)),
        name=str(needed(home, "full_name")),
        branch=str(needed(home, "default_branch")),
        archived=flag(home, "archived"),
        pull_request_required=union.switch("pull_request"),
        approvals=union.approvals if union.known or union.approvals else None,
        stale_approvals_dismissed=union.switch("stale"),
        last_push_approval_required=union.switch("last_push"),
        code_owner_review_required=union.switch("owners"),
        force_push_blocked=union.switch("force_push"),
        deletion_blocked=union.switch("deletion"),
        required_checks=tuple(sorted(union.checks)) if union.known or union.checks else None,
        sources=tuple(union.sources[name] for name in sorted(union.sources)),
        sources_complete=union.known,
    )


def _add_classic(union: _Union, row: Row) -> None:
    reviews = row.get("required_pull_request_reviews")
    demands = isinstance(reviews, Mapping)
    if demands:
        union.switches["pull_request"] = True
        _add_reviews(
            union,
            reviews,
            "required_approving_review_count",
            "dismiss_stale_reviews",
            "require_last_push_approval",
            "require_code_owner_reviews",
        )
    # Protection alone forbids both, unless it says otherwise.
    union.switches["force_push"] |= flag(inner(row, "allow_force_pushes"), "enabled") is not True
    union.switches["deletion"] |= flag(inner(row, "allow_deletions"), "enabled") is not True
    checks = inner(row, "required_status_checks")
    union.checks |= {word(each, "context") for each in rows(checks, "checks")} - {""}
    union.checks |= {each for each in checks.get("contexts") or () if isinstance(each, str)}
    union.sources[CLASSIC] = RuleSource(name=CLASSIC, demands_pull_request=demands, bypassers=bypassers_of_protection(row))


def _add_reviews(union: _Union, row: Row, count: str, stale: str, last_push: str, owners: str) -> None:
    union.approvals = max(union.approvals, number(row, count) or 0)
    union.switches["stale"] |= flag(row, stale) is True
    union.switches["last_push"] |= flag(row, last_push) is True
    union.switches["owners"] |= flag(row, owners) is True


def _add_rule(union: _Union, rule: Row, rulesets: Mapping[int, Row | None]) -> None:
    kind, given = word(rule, "type"), inner(rule, "parameters")
    if kind == "pull_request":
        union.switches["pull_request"] = True
        _add_reviews(
            union,
            given,
            "required_approving_review_count",
            "dismiss_stale_reviews_on_push",
            "require_last_push_approval",
            "require_code_owner_review",
        )
    elif kind == "non_fast_forward":
        union.switches["force_push"] = True
    elif kind == "deletion":
        union.switches["deletion"] = True
    elif kind == "required_status_checks":
        union.checks |= {word(each, "context") for each in rows(given, "required_status_checks")} - {""}
    of = number(rule, "ruleset_id")
    held = rulesets.get(of or 0)
    name = f"ruleset {word(held or {}, 'name') or of} of {word(rule, 'ruleset_source')} ({of})"
    before = union.sources.get(name)
    union.sources[name] = RuleSource(
        name=name,
        demands_pull_request=kind == "pull_request" or (before is not None and before.demands_pull_request),
        bypassers=None if held is None else bypassers_of_ruleset(held),
    )
