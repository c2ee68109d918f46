# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/oidc``: signing in through the house's own provider, where the watch names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse

from truceline.errors import ConfigError, NotHere, NotSignedIn
from truceline.server import cookies
from truceline.server.auth import PUBLIC
from truceline.server.desk import TheDesk
from truceline.server.forms import permit
from truceline.server.guard import session_in
from truceline.server.problems import answers
from truceline.services.desk import Desk

if TYPE_CHECKING:
    from truceline.server.oidc import Provider

router = APIRouter(tags=["session"])

LOGIN = "__Host-truceline-login"
"""Cookie that binds a sign-in under way to the browser that began it."""


def provider_of(request: Request, desk: Desk) -> Provider:
    """Return the watch's provider, made when first asked for.

    Raises:
        NotHere: the watch names none.
        ConfigError: it does, but the extra is not installed.
    """
    if desk.watch.oidc is None:
        raise NotHere("this watch has no provider of its own; sign in with a password")
    found: Provider | None = getattr(request.app.state, "oidc", None)
    if found is None:
        try:
            from truceline.server.oidc import Provider  # noqa: PLC0415  local accounts need none of it
        except ImportError as error:
            raise ConfigError("the watch names a provider; install truceline[oidc]") from error
        found = request.app.state.oidc = Provider(desk.watch.oidc)
    return found


@router.get("/oidc/start", status_code=303, responses=answers(404, 503), openapi_extra=permit("session", "begin"))
def start(desk: TheDesk, request: Request) -> RedirectResponse:
    """Send the browser to the provider."""
    provider = provider_of(request, desk)
    address, state = provider.begin(desk.now())
    response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    # The way back comes from another site, so the cookie must be Lax; it opens nothing by itself.
    cookies.put(response, LOGIN, state, provider.patience, site="Lax")
    return response


@router.get("/oidc/return", status_code=303, responses=answers(401, 404, 503), openapi_extra=permit("session", "begin"))
def back(desk: TheDesk, request: Request) -> RedirectResponse:
    """Take the browser back, signed in; whoever has no account here, or one out of use, is not."""
    provider = provider_of(request, desk)
    now = desk.now()
    try:
        held = desk.accounts.of_subject(provider.end(request.query_params, request.cookies.get(LOGIN), now))
    except NotSignedIn:
        desk.log(PUBLIC, "begin", "session", "unknown", allowed=False)
        if "text/html" in request.headers.get("accept", ""):
            # A person came back; the page says in words what a program reads as a problem.
            return RedirectResponse("/#/sign-in?refused=yes", 303, {"Cache-Control": "no-store"})
        raise
    begun = desk.signin.open(held, "oidc", now, old=session_in(request.headers))
    _, session = desk.signin.by_session(begun.session)
    desk.log(begun.actor, "begin", "session", session.id, allowed=True)
    response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
    cookies.begin(response, begun)
    return response
