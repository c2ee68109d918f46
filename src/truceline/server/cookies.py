# SPDX-License-Identifier: Apache-2.0
"""Our cookies. ``__Host-`` binds them to this one host; scripts cannot read them; they go to same-site requests only.

They are marked ``Secure``. Browsers take such cookies over plain http from this machine itself (127.0.0.1), which no
network carries; from anywhere else https has to stand before the server.
"""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from truceline.server.guard import COOKIE
from truceline.services.signin import WHOLE, Begun

BROWSER = "__Host-truceline-browser"
"""Cookie that marks a browser somebody signed in from before."""

_REMEMBER = timedelta(days=400)


def put(response: Response, name: str, value: str, life: timedelta, *, site: str = "Strict") -> None:
    """Set a cookie for some time; no time at all removes it."""
    response.headers.append(
        "Set-Cookie",
        f"{name}={value}; Path=/; Secure; HttpOnly; SameSite={site}; Max-Age={int(life.total_seconds())}",
    )


def begin(response: Response, begun: Begun) -> None:
    """Give a browser its session, and mark it as known."""
    put(response, COOKIE, begun.session, WHOLE)
    put(response, BROWSER, begun.device, _REMEMBER)


def end(response: Response) -> None:
    """Take the session's cookie back."""
    put(response, COOKIE, "", timedelta())
