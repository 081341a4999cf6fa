"""`POST /oauth2/v1/token`: a service app proves itself with a signed assertion (private_key_jwt) and gets a token for granted scopes.

Source: https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/ and RFC 7523.
"""

import hashlib
from datetime import timedelta
from typing import Any

import jwt

from integrations.sandbox.okta.answers import Answer, TokenRefused
from integrations.sandbox.okta.state import AccessToken, ServiceApp, State

PATH = "/oauth2/v1/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KNOWN = {"grant_type", "scope", "client_assertion_type", "client_assertion", "client_id"}
LIFE = timedelta(hours=1)


def token(state: State, base: str, form: dict[str, str], proof: str | None) -> Answer:
    """The answer to a request for a token. Raises TokenRefused."""
    unknown = sorted(set(form) - KNOWN)
    if unknown:
        raise TokenRefused(400, "invalid_request", f"Unknown parameter: {unknown[0]}")
    if form.get("grant_type") != "client_credentials":
        raise TokenRefused(400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
    if form.get("client_assertion_type") != ASSERTION:
        raise TokenRefused(401, "invalid_client", "The client_assertion_type is invalid.")
    client = _client(state, form.get("client_assertion", ""), f"{base}{PATH}")
    if client.dpop and proof is None:
        raise TokenRefused(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
    wanted = form.get("scope", "").split()
    if not wanted:
        raise TokenRefused(400, "invalid_scope", "The authorization server has no default scopes; name the scopes.")
    refused = [each for each in wanted if each not in client.scopes]
    if refused:
        raise TokenRefused(400, "invalid_scope", "One or more scopes are not granted to the app.")
    now = state.clock.now()
    text = "eyJ" + hashlib.sha256(f"{client.id} {len(state.access_tokens)} {now}".encode()).hexdigest()
    state.access_tokens[text] = AccessToken(client=client.id, scopes=frozenset(wanted), expires=now + LIFE)
    return Answer(data={"token_type": "Bearer", "expires_in": 3600, "access_token": text, "scope": " ".join(wanted)})


def _client(state: State, assertion: str, audience: str) -> ServiceApp:
    try:
        header = jwt.get_unverified_header(assertion)
        client_id = str(jwt.decode(assertion, options={"verify_signature": False}).get("iss", ""))
    except jwt.PyJWTError as problem:
        raise TokenRefused(401, "invalid_client", "The client_assertion is no JWT.") from problem
    client = state.clients.get(client_id)
    if client is None:
        raise TokenRefused(401, "invalid_client", "The client_assertion is from an unknown client.")
    if header.get("alg") != "RS256":
        raise TokenRefused(401, "invalid_client", "The client_assertion is signed with an algorithm that is not allowed.")
    keys = [text for kid, text in client.keys.items() if header.get("kid") in (None, kid)]
    if not keys or (len(client.keys) > 1 and "kid" not in header):
        raise TokenRefused(401, "invalid_client", "The client_assertion names no key of the app.")
    _hold(state, _claims(assertion, keys[0], audience), client_id)
    return client


def _claims(assertion: str, key: str, audience: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            assertion, key, algorithms=["RS256"], audience=audience,
            options={"verify_exp": False, "verify_iat": False, "require": ["exp", "aud", "iss", "sub"]},
        )  # fmt: skip
    except jwt.InvalidSignatureError as problem:
        raise TokenRefused(401, "invalid_client", "The client_assertion signature is invalid.") from problem
    except jwt.InvalidAudienceError as problem:
        raise TokenRefused(401, "invalid_client", f"The audience of the client_assertion must be {audience}.") from problem
    except jwt.PyJWTError as problem:
        raise TokenRefused(401, "invalid_client", f"The client_assertion lacks a claim: {problem}") from problem


def _hold(state: State, claims: dict[str, Any], client_id: str) -> None:
    """The times by the twin's clock, the subject, and that no assertion is used twice."""
    now = state.clock.now().timestamp()
    if claims["sub"] != client_id:
        raise TokenRefused(401, "invalid_client", "The subject of the client_assertion is not its issuer.")
    if not now < claims["exp"] <= now + 3600:
        raise TokenRefused(401, "invalid_client", "The client_assertion is expired, or expires more than an hour from now.")
    number = str(claims.get("jti", ""))
    if number and number in state.assertions:
        raise TokenRefused(401, "invalid_client", "The client_assertion token has already been used.")
    state.assertions.add(number)
