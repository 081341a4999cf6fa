"""How the API's ways to authenticate are described in its schema (OpenAPI)."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class TokenScheme(OpenApiAuthenticationExtension):
    """Bearer tokens."""

    target_class = "compliance.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """OpenAPI's description of a bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A token made under Settings, API tokens: `plumb_…`"}
