# SPDX-License-Identifier: Apache-2.0
"""Signing in through the house's own provider: OpenID Connect, authorization code with PKCE (RFC 7636, RFC 9700).

The provider says who somebody is and nothing else: what the person may is in the accounts. It needs the extra ``oidc``.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from truceline.errors import NotSignedIn, UnavailableError
from truceline.flow.watchfile import HERE, Oidc, safe_address
from truceline.services.secrets import fingerprint, new_secret

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures taken; never ``none``, and none whose key is a shared secret."""

PATIENCE = timedelta(minutes=10)
"""How long somebody may take at the provider."""

MOST = 1_000
"""Sign-ins under way at once; the oldest is forgotten first."""

LEEWAY_S = 60
"""How far the provider's clock may be off, seconds."""

MAX_ANSWER = 1 << 18
"""Largest answer of the provider, bytes."""


@dataclass(frozen=True)
class Pending:
    """A sign-in under way."""

    nonce: str
    """Must come back inside the signed token."""

    verifier: str
    """Shows that who ends it is who began it (PKCE)."""

    made: datetime
    """When it began, UTC."""


class Provider:
    """One provider, as the watch names it."""

    patience = PATIENCE

    def __init__(self, said: Oidc, transport: httpx.BaseTransport | None = None) -> None:
        self._said = said
        self._transport = transport
        self._pending: OrderedDict[bytes, Pending] = OrderedDict()
        self._lock = Lock()

    def begin(self, now: datetime) -> tuple[str, str]:
        """Return where the browser goes, and the state that its cookie keeps meanwhile.

        Raises:
            UnavailableError: the provider does not answer, or not as it should.
        """
        state = new_secret()
        pending = Pending(new_secret(), new_secret(), now)
        with self._lock:
            self._pending[fingerprint(state)] = pending
            while len(self._pending) > MOST:
                self._pending.popitem(last=False)
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._said.client_id,
            "redirect_uri": self._said.redirect,
            "state": state,
            "nonce": pending.nonce,
            "code_challenge": create_s256_code_challenge(pending.verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._described()['authorization_endpoint']}?{urlencode(asked)}", state

    def end(self, came: Mapping[str, str], state: str | None, now: datetime) -> str:
        """Return the provider's name for the person who came back with these parameters and this cookie.

        Raises:
            NotSignedIn: something does not fit, or the provider refused.
            UnavailableError: the provider does not answer, or not as it should.
        """
        with self._lock:
            # Used up before anything is checked: a second try begins anew.
            pending = self._pending.pop(fingerprint(state), None) if state else None
        if pending is None or state != came.get("state") or now - pending.made > PATIENCE:
            raise NotSignedIn("this sign-in was not begun here, or too long ago; begin anew")
        if came.get("iss", self._said.issuer) != self._said.issuer:
            raise NotSignedIn("the answer is another provider's")
        if "error" in came or not came.get("code"):
            raise NotSignedIn("the provider did not sign you in")
        described = self._described()
        told = self._ask(
            "POST",
            described["token_endpoint"],
            {
                "grant_type": "authorization_code",
                "code": came["code"],
                "redirect_uri": self._said.redirect,
                "client_id": self._said.client_id,
                "code_verifier": pending.verifier,
            },
        )
        return self._subject(told, self._ask("GET", described["jwks_uri"]), pending.nonce, now)

    def _described(self) -> dict[str, Any]:
        """What the provider says of itself; its addresses are as safe as its own."""
        told = self._ask("GET", f"{self._said.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self._said.issuer:
            raise UnavailableError("the provider calls itself otherwise than the watch does")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(told.get(name), str) or not safe_address(told[name]):
                raise UnavailableError(f"the provider's {name} is missing or not https")
            if urlsplit(told[name]).hostname in HERE and urlsplit(self._said.issuer).hostname not in HERE:
                # Whoever answers for a provider elsewhere must not send our requests to what runs beside us.
                raise UnavailableError(f"the provider's {name} points at this machine")
        return told

    def _ask(self, method: str, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            with (
                httpx.Client(timeout=10, follow_redirects=False, trust_env=False, transport=self._transport) as client,
                client.stream(method, url, data=form, headers={"Accept": "application/json"}) as answer,
            ):
                body = b""
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        raise UnavailableError("the provider's answer is too long")
                if method == "POST" and answer.status_code in (400, 401):
                    raise NotSignedIn("the provider did not sign you in")
                if answer.status_code != 200:
                    raise UnavailableError(f"the provider answers {answer.status_code}")
            told = json.loads(body)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise UnavailableError("the provider does not answer as it should") from error
        if not isinstance(told, dict):
            raise UnavailableError("the provider does not answer as it should")
        return told

    def _subject(self, told: Mapping[str, Any], keys: Mapping[str, Any], nonce: str, now: datetime) -> str:
        """Return the subject of a signed token, with issuer, audience, times and nonce checked."""
        options = {
            "iss": {"essential": True, "value": self._said.issuer},
            "aud": {"essential": True, "value": self._said.client_id},
            "sub": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": self._said.client_id, "access_token": told.get("access_token")}
        try:
            token = jwt.decode(str(told["id_token"]), KeySet.import_key_set(dict(keys)), algorithms=ALGORITHMS)  # type: ignore[arg-type]
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
            raise NotSignedIn("the provider's token does not hold") from error
        return str(claims["sub"])
