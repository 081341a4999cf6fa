"""Executing a GraphQL document: cost in points by GitHub's formula, mutations refused, errors in GitHub's form."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationType,
    VariableNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)
from graphql.error import GraphQLError, GraphQLSyntaxError
from graphql.language import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode
from graphql.type import is_abstract_type

from integrations.sandbox.github.access import Viewer
from integrations.sandbox.github.answers import Answer
from integrations.sandbox.github.graph.nodes import QueryNode, Scope
from integrations.sandbox.github.quotas import Window
from integrations.sandbox.github.state import State

MOST_NODES = 500_000


@cache
def schema() -> GraphQLSchema:
    """The subset of GitHub's schema that is executed."""
    built = build_schema((Path(__file__).parent.parent / "schema.graphql").read_text())
    for each in built.type_map.values():
        if is_abstract_type(each):
            _resolve(each)
    return built


def _resolve(abstract: GraphQLAbstractType) -> None:
    abstract.resolve_type = lambda value, _info, _type: value.TYPE


def execute(state: State, viewer: Viewer, window: Window, body: dict[str, Any]) -> Answer:
    """Answer one request to /graphql, counting its cost in the window. GitHub answers 200 for all but malformed requests."""
    document, variables = body.get("query"), body.get("variables") or {}
    if not isinstance(document, str):
        return Answer(400, {"message": "A query attribute must be specified and must be a string."})
    try:
        parsed = parse(document)
    except GraphQLSyntaxError as error:
        return _failed(error.message, None)
    operations = [each for each in parsed.definitions if isinstance(each, OperationDefinitionNode)]
    if any(each.operation is not OperationType.QUERY for each in operations):
        return _failed("Resource not accessible by integration: the sandbox refuses mutations", "FORBIDDEN")
    invalid = validate(schema(), parsed)
    if invalid:
        return Answer(data={"errors": [_shown(each) for each in invalid]})
    requests, nodes = _count(parsed, operations[0], variables)
    if nodes > MOST_NODES:
        return _failed(
            f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of {MOST_NODES:,}.",
            "MAX_NODE_LIMIT_EXCEEDED",
        )
    cost = max(1, round(requests / 100))
    if window.remaining < cost:
        window.used = window.limit
        return _failed("API rate limit already exceeded for user ID 1.", "RATE_LIMIT")
    window.used += cost
    scope = Scope(state, viewer, window, cost, nodes)
    result: ExecutionResult = execute_sync(
        schema(), parsed, root_value=QueryNode(scope), variable_values=variables, operation_name=body.get("operationName")
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [_shown(each) for each in result.errors]
    return Answer(data=answer)


def _failed(message: str, kind: str | None) -> Answer:
    error: dict[str, Any] = {"message": message}
    return Answer(data={"errors": [error | ({"type": kind} if kind else {})]})


def _shown(error: GraphQLError) -> dict[str, Any]:
    kind = getattr(error.original_error, "kind", None) or getattr(error, "kind", None)
    shown: dict[str, Any] = {"type": kind} if kind else {}
    if error.path:
        shown["path"] = list(error.path)
    shown["locations"] = [{"line": each.line, "column": each.column} for each in error.locations or []]
    return shown | {"message": error.message}


def _count(document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]) -> tuple[int, int]:
    """Requests needed and nodes possible, by GitHub's formula: each connection is asked once per node of those above it."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    defaults = {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
    return _walk(operation.selection_set, 1, fragments, defaults | variables)


def _walk(
    selection: SelectionSetNode | None, above: int, fragments: dict[str, FragmentDefinitionNode], variables: dict[str, Any]
) -> tuple[int, int]:
    requests = nodes = 0
    for each in selection.selections if selection else ():
        here, inner = above, None
        if isinstance(each, FragmentSpreadNode):
            inner = fragments[each.name.value].selection_set
        elif isinstance(each, InlineFragmentNode):
            inner = each.selection_set
        elif isinstance(each, FieldNode):
            inner = each.selection_set
            size = _size(each, variables)
            if size:
                requests, nodes, here = requests + above, nodes + above * size, above * size
        more = _walk(inner, here, fragments, variables)
        requests, nodes = requests + more[0], nodes + more[1]
    return requests, nodes


def _size(field: FieldNode, variables: dict[str, Any]) -> int:
    for argument in field.arguments or ():
        if argument.name.value in ("first", "last"):
            value = argument.value
            held = (
                variables.get(value.name.value)
                if isinstance(value, VariableNode)
                else value.value
                if isinstance(value, IntValueNode)
                else 0
            )
            return int(held or 0) if re.fullmatch(r"\d+", str(held)) else 0
    return 0
