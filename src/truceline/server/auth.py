# SPDX-License-Identifier: Apache-2.0
"""Who is asking: a session's cookie or a token says it; who shows neither is the public."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from truceline.errors import NotSignedIn
from truceline.model.case import Actor
from truceline.server.guard import session_in

PUBLIC = Actor("public", "public", clearance="public")
"""Who shows nothing."""


def actor_of(request: Request) -> Actor:
    """Return who is asking.

    Raises:
        NotSignedIn: what was shown does not hold.
    """
    if "authorization" in request.headers or session_in(request.headers) is not None:
        raise NotSignedIn("this token or session does not hold")
    return PUBLIC


TheActor = Annotated[Actor, Depends(actor_of)]
"""Type of a route's argument that is who is asking."""
