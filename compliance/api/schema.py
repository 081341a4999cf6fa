"""The API's description of itself (OpenAPI), and how its tokens are described there."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny


class TokenScheme(OpenApiAuthenticationExtension):
    """Bearer tokens. Known to the description as soon as this module is loaded."""

    target_class = "compliance.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """OpenAPI's description of a bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A token made under Settings, API tokens: `plumb_…`"}


class SchemaView(SpectacularJSONAPIView):
    """Tells what the product can do, not whose data it holds: anybody may read it."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
