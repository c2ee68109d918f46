# SPDX-License-Identifier: Apache-2.0
"""What holds for every request: reading only, from this machine only, nothing from elsewhere on the page."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from truceline.server.problems import problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of everything that does not bring a stricter one."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
"""Host names that mean this machine. Another name that leads here is DNS rebinding: a foreign page reading ours."""


class Guard:
    """ASGI middleware: checks method and host, and adds the headers above."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on if it may pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", POLICY)
            await send(message)

        hosts = Headers(scope=scope).getlist("host")
        refusal = None
        if len(hosts) != 1 or not _LOCAL.fullmatch(hosts[0]):
            refusal = problem(421, "This server answers only to localhost and 127.0.0.1.")
        elif scope["method"] not in ("GET", "HEAD"):
            refusal = problem(405, "This server only shows results; it takes none.")
        await (refusal or self.app)(scope, receive, guarded)
