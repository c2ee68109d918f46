# SPDX-License-Identifier: Apache-2.0
"""Who is asking: a session's cookie or a token says it; who shows neither is the public.

The person's rights are read anew for every request, so that a change holds at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from truceline.errors import NotSignedIn
from truceline.model.case import Actor
from truceline.server.desk import desk_of
from truceline.server.guard import session_in
from truceline.store.accounts import Session

PUBLIC = Actor("public", "public", clearance="public")
"""Who shows nothing."""

_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{10,200})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Signed:
    """A person signed in with a browser."""

    actor: Actor
    """Who."""

    session: Session
    """Which session."""

    secret: str
    """What its cookie holds."""


def signed_of(request: Request, *, used: bool = True) -> Signed | None:
    """Return the session that a request shows; None: it shows none.

    Raises:
        NotSignedIn: the session is over, or there never was one.
        UnavailableError: the file of accounts cannot be used, or the clock went back.
    """
    secret = session_in(request.headers)
    if secret is None or "authorization" in request.headers:
        return None
    actor, session = desk_of(request).signin.by_session(secret, used=used)
    return Signed(actor, session, secret)


def actor_of(request: Request) -> Actor:
    """Return who is asking.

    Raises:
        NotSignedIn: what was shown does not hold.
        UnavailableError: whether it holds cannot be told.
    """
    return _actor(request, used=True)


def still_of(request: Request) -> Actor:
    """Return who is at the other end of a stream, as :func:`actor_of`; a page left open is no use of a session."""
    return _actor(request, used=False)


def _actor(request: Request, *, used: bool) -> Actor:
    shown = request.headers.getlist("authorization")
    if shown:
        token = _BEARER.fullmatch(shown[0]) if len(shown) == 1 else None
        if token is None:
            raise NotSignedIn("this token does not hold")
        return desk_of(request).signin.by_token(token[1])
    signed = signed_of(request, used=used)
    return PUBLIC if signed is None else signed.actor


def browser_of(request: Request) -> Signed:
    """Return the person at a browser; what protects an account is changed in a session only, never by a token.

    Raises:
        NotSignedIn: there is no session, or it is over.
    """
    signed = signed_of(request)
    if signed is None:
        raise NotSignedIn("sign in first; a token cannot do this")
    return signed


TheActor = Annotated[Actor, Depends(actor_of)]
"""Type of a route's argument that is who is asking."""

TheBrowser = Annotated[Signed, Depends(browser_of)]
"""Type of a route's argument that is the person signed in with a browser."""
