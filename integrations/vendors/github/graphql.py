"""GraphQL documents: only queries leave this process; and what an answer's `errors` are about."""

from functools import lru_cache

from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse

from integrations.errors import WriteRefused


@lru_cache(maxsize=64)
def refuse_unless_query(document: str) -> None:
    """Raise WriteRefused unless every operation of the document is a query."""
    try:
        parsed = parse(document)
    except GraphQLSyntaxError as error:
        raise WriteRefused(f"a GraphQL document that cannot be parsed is never sent: {error.message}") from error
    operations = [each for each in parsed.definitions if isinstance(each, OperationDefinitionNode)]
    if not operations or any(each.operation is not OperationType.QUERY for each in operations):
        raise WriteRefused("a GraphQL document that is not only queries is never sent")
