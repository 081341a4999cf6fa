"""Branches, classic protection, rulesets, and the rules that hold for a branch."""

from integrations.sandbox.github.access import Need
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.call import Call, route
from integrations.sandbox.github.rendering.changes import commit
from integrations.sandbox.github.rendering.protection import branch_protection, reaching, rules_of_branch, ruleset
from integrations.sandbox.github.state import Repository, Ruleset

CONTENTS = Need(permission="contents", scopes=("repo",))
# GitHub demands write here even for reading; least privilege reads them through the repositories they reach.
ORGANIZATION_RULES = Need(permission="organization_administration", level="write", scopes=("admin:org",), owner=True)


@route("/repos/{owner}/{repo}/branches", CONTENTS)
def branches(call: Call) -> Answer:
    """The default branch and every protected one."""
    home = call.repository()
    names = sorted({home.default_branch, *home.protections})
    wanted = call.query.get("protected")
    rows = [name for name in names if wanted is None or _is_protected(call, home, name) == (wanted == "true")]
    tip = home.commits[-1].sha
    base = f"{call.to.api}/repos/{call.state.login}/{home.name}"
    return call.paged(
        rows,
        lambda name: {"name": name, "commit": {"sha": tip, "url": f"{base}/commits/{tip}"}, "protected": _is_protected(call, home, name)},
    )


@route("/repos/{owner}/{repo}/branches/{branch}", CONTENTS)
def branch(call: Call) -> Answer:
    """One branch with its tip."""
    home, name = call.repository(), call.arguments["branch"]
    if name != home.default_branch and name not in home.protections:
        raise Refused(404, "Branch not found")
    url = f"{call.to.api}/repos/{call.state.login}/{home.name}/branches/{name}"
    rule = home.protections.get(name)
    level = "off" if rule is None or rule.contexts is None else "everyone" if rule.enforce_admins else "non_admins"
    contexts = list(rule.contexts or []) if rule else []
    return Answer(
        data={
            "name": name,
            "commit": commit(call.state, home, home.commits[-1], call.to),
            "protected": _is_protected(call, home, name),
            "_links": {"self": url, "html": f"{call.to.html}/{call.state.login}/{home.name}/tree/{name}"},
            "protection_url": f"{url}/protection",
            "protection": {
                "enabled": rule is not None,
                "required_status_checks": {"enforcement_level": level, "contexts": contexts, "checks": []},
            },
        }
    )


@route("/repos/{owner}/{repo}/branches/{branch}/protection", Need(permission="administration", scopes=("repo",), admin=True))
def protection(call: Call) -> Answer:
    """Classic protection; 404 "Branch not protected" when there is none."""
    home, name = call.repository(), call.arguments["branch"]
    if name != home.default_branch and name not in home.protections:
        raise Refused(404, "Branch not found")
    if name not in home.protections:
        raise Refused(404, "Branch not protected")
    return Answer(data=branch_protection(call.state, home, name, home.protections[name], call.to))


@route("/repos/{owner}/{repo}/rules/branches/{branch}")
def rules(call: Call) -> Answer:
    """Rules of active rulesets that hold for a branch (also for one that does not exist)."""
    home = call.repository()
    return call.paged(rules_of_branch(call.state, home, call.arguments["branch"]), dict)


@route("/repos/{owner}/{repo}/rulesets")
def repository_rulesets(call: Call) -> Answer:
    """Rulesets of the repository and, unless includes_parents=false, those of the organization that reach it."""
    home = call.repository()
    rows = home.rulesets if call.query.get("includes_parents") == "false" else reaching(call.state, home)
    return call.paged(rows, lambda each: ruleset(call.state, each, home, call.viewer, call.to, whole=False))


@route("/repos/{owner}/{repo}/rulesets/{ruleset_id}")
def repository_ruleset(call: Call) -> Answer:
    """One of them, whole."""
    home = call.repository()
    return Answer(data=ruleset(call.state, _pick(call, reaching(call.state, home)), home, call.viewer, call.to, whole=True))


@route("/orgs/{org}/rulesets", ORGANIZATION_RULES)
def organization_rulesets(call: Call) -> Answer:
    """Rulesets of the organization."""
    return call.paged(call.state.rulesets, lambda each: ruleset(call.state, each, None, call.viewer, call.to, whole=False))


@route("/orgs/{org}/rulesets/{ruleset_id}", ORGANIZATION_RULES)
def organization_ruleset(call: Call) -> Answer:
    """One of them, whole."""
    return Answer(data=ruleset(call.state, _pick(call, call.state.rulesets), None, call.viewer, call.to, whole=True))


def _pick(call: Call, rows: list[Ruleset]) -> Ruleset:
    found = next((each for each in rows if str(each.id) == call.arguments["ruleset_id"]), None)
    if found is None:
        raise not_found()
    return found


def _is_protected(call: Call, home: Repository, name: str) -> bool:
    return name in home.protections or bool(rules_of_branch(call.state, home, name))
