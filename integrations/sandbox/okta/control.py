"""The control address `/_sandbox/…`: faults, clock, changes of the state, request log; for tests and demos in other processes."""

import json
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request

from integrations.sandbox.okta.actions import ACTIONS
from integrations.sandbox.okta.answers import Answer
from integrations.sandbox.okta.clock import stamp
from integrations.sandbox.okta.faults import Faults
from integrations.sandbox.okta.log import RequestLog
from integrations.sandbox.okta.state import State

PREFIX = "/_sandbox/"


def answer(request: Request, state: State, faults: Faults, log: RequestLog) -> Answer:
    """GET faults, state, requests, clock; POST faults, actions, clock; DELETE faults, requests. 400 names what is wrong."""
    name = request.path.removeprefix(PREFIX).strip("/")
    try:
        body: dict[str, Any] = json.loads(request.get_data() or b"{}")
        return _dispatch(request.method, name, body, state, faults, log)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Answer(400, {"message": f"{type(error).__name__}: {error}"})


def _dispatch(method: str, name: str, body: dict[str, Any], state: State, faults: Faults, log: RequestLog) -> Answer:
    match method, name:
        case "GET", "faults":
            return Answer(data=[each.describe() for each in faults.script])
        case "POST", "faults":
            return Answer(201, faults.add(body.pop("kind"), body.pop("path", "*"), **body).describe())
        case "DELETE", "faults":
            faults.clear()
            return Answer(204)
        case "POST", "actions":
            ACTIONS[body.pop("action")](state, **body)
            return Answer(data={"done": True})
        case "GET", "requests":
            return Answer(data=[each.describe() for each in log.entries])
        case "DELETE", "requests":
            log.clear()
            return Answer(204)
        case "GET", "clock":
            return Answer(data={"now": stamp(state.clock.now())})
        case "POST", "clock":
            if "now" in body:
                state.clock.set(datetime.fromisoformat(body["now"]))
            state.clock.advance(seconds=float(body.get("advance_seconds", 0)))
            return Answer(data={"now": stamp(state.clock.now())})
        case "GET", "state":
            return Answer(data=summary(state))
    return Answer(404, {"message": f"nothing at {PREFIX}{name} for {method}"})


def summary(state: State) -> dict[str, Any]:
    """The state in short."""
    statuses = sorted({each.status for each in state.users.values()})
    return {
        "organization": state.subdomain,
        "now": stamp(state.clock.now()),
        "users": {status: sum(each.status == status for each in state.users.values()) for status in statuses},
        "administrators": sorted(each.login for each in state.users.values() if each.roles or each.through),
        "groups": sorted(each.name for each in state.groups.values()),
        "apps": sorted(each.label for each in state.apps.values()),
        "events": len(state.events),
    }
