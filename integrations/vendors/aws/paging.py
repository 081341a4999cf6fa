"""How an operation continues: by the SDK's own description of its paging, else by the names services use for tokens."""

from collections.abc import Mapping
from typing import Any

import jmespath
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel

USUAL = (("NextToken", "NextToken"), ("nextToken", "nextToken"), ("NextMarker", "Marker"), ("Marker", "Marker"))


def next_parameters(loader: Loader, service: str, model: OperationModel, data: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that ask for the page after `data`; empty when it was the last."""
    known = _described(loader, service).get(model.name)
    return _by_description(known, data) if known else _by_usual_names(model, data)


def _described(loader: Loader, service: str) -> Mapping[str, Any]:
    try:
        return loader.load_service_model(service, "paginators-1")["pagination"]
    except (UnknownServiceError, DataNotFoundError):
        return {}


def _by_description(known: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    more = known.get("more_results")
    if more and not jmespath.search(more, data):
        return {}
    outputs, inputs = _several(known["output_token"]), _several(known["input_token"])
    found = ((name, jmespath.search(output, data)) for output, name in zip(outputs, inputs, strict=True))
    return {name: value for name, value in found if value}


def _by_usual_names(model: OperationModel, data: Mapping[str, Any]) -> dict[str, Any]:
    accepted = model.input_shape.members if model.input_shape is not None else {}
    return next(({name: data[output]} for output, name in USUAL if data.get(output) and name in accepted), {})


def _several(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names
