"""GraphQL: the schema subset of schema.graphql executed by graphql-core over the same state."""
