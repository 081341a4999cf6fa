"""The control address `/_sandbox/…`: faults, clock, changes of the state, request log; for tests and demos in other processes."""

import json
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request

from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.log import RequestLog
from integrations.sandbox.jira.actions import ACTIONS
from integrations.sandbox.jira.answers import Answer
from integrations.sandbox.jira.faults import Faults
from integrations.sandbox.jira.state import State

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
            counts = {"users": len(state.users), "groups": len(state.groups), "issues": len(state.issues)}
            return Answer(data={"site": state.name, "now": stamp(state.clock.now()), "projects": sorted(state.projects), **counts})
    return Answer(404, {"message": f"nothing at {PREFIX}{name} for {method}"})
