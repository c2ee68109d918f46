# SPDX-License-Identifier: Apache-2.0
"""What holds for every request: from this machine only, nothing from elsewhere on the page, and no forged writing.

A folder of results is only read. Where a commission works, its API takes writing too, and three things stand against
another site's page writing in a signed-in person's name: the cookie goes to same-site requests only, ``Origin`` must be
our own, and whoever comes with the cookie must show a token that only our page can read.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from truceline.server.problems import problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of everything that does not bring a stricter one."""

API = "/api/v1/"
"""Where writing is taken."""

COOKIE = "__Host-truceline"
"""Cookie of a session."""

TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105  the name of a header
"""Header that shows that our own page is asking."""

MAX_BODY = 1 << 20
"""Largest body taken, bytes."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
"""Host names that mean this machine. Another name that leads here is DNS rebinding: a foreign page reading ours."""


def session_in(headers: Headers) -> str | None:
    """Return the id of the session that a request's cookie names; None: none, or more than one."""
    found = []
    for line in headers.getlist("cookie"):
        try:
            jar = SimpleCookie(line)
        except CookieError:
            return None
        found += [jar[COOKIE].value] if COOKIE in jar else []
    return found[0] if len(found) == 1 and found[0] else None


def csrf_of(session: str) -> str:
    """Return the token that goes with a session; who cannot read the cookie cannot make it."""
    return hmac.new(session.encode(), b"truceline/csrf/1", hashlib.sha256).hexdigest()


class Guard:
    """ASGI middleware: checks method, host, origin and size, and adds the headers above."""

    def __init__(
        self, app: ASGIApp, *, writing: bool = False, host: str | None = None, drill: str | None = None
    ) -> None:
        """``writing``: whether the API takes any; ``host``: a name beside this machine's; ``drill``: what all is of."""
        self.app = app
        self._writing = writing
        self._host = host
        self._headers = _HEADERS if drill is None else {**_HEADERS, "Truceline-Drill": f"DRILL {drill}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on if it may pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", POLICY)
            await send(message)

        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, guarded)
        else:
            await self.app(scope, _bounded(receive), guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not (_LOCAL.fullmatch(hosts[0]) or hosts[0] == self._host):
            return problem(421, "This server answers only to localhost and 127.0.0.1.")
        if scope["method"] in ("GET", "HEAD"):
            return None
        if not self._writing:
            return problem(405, "This server only shows results; it takes none.", headers={"Allow": "GET, HEAD"})
        # Which of them an address of the API takes, its route says.
        if not scope["path"].startswith(API):
            return problem(405, "Nothing can be written here.", headers={"Allow": "GET, HEAD"})
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced) > MAX_BODY:
            return problem(413, f"At most {MAX_BODY:,} bytes are taken.")
        return _forged(headers, hosts[0])


def _forged(headers: Headers, host: str) -> Response | None:
    """Refuse what another site's page could have sent."""
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return problem(403, "The request comes from another site's page.")
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return problem(403, "The request comes from another site's page.")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/json"):
        return problem(415, "A body is JSON (application/json); a form of another site could not send that.")
    session = session_in(headers)
    if session is None or "authorization" in headers:
        return None
    shown = headers.get(TOKEN_HEADER, "")
    if not hmac.compare_digest(shown.encode(), csrf_of(session).encode()):
        return problem(403, f"The header {TOKEN_HEADER} is missing or not that of this session.")
    return None


def _bounded(receive: Receive) -> Receive:
    """Count what comes, also where no length was announced."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY:
            raise HTTPException(413, f"At most {MAX_BODY:,} bytes are taken.")
        return message

    return counted
