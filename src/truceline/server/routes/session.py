# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/session``: signing in and out, and one's own sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from truceline.base.clock import iso
from truceline.errors import NotSignedIn, TooManyTries
from truceline.model.case import Actor
from truceline.server import cookies
from truceline.server.auth import PUBLIC, TheBrowser
from truceline.server.desk import TheDesk, asked
from truceline.server.forms import Route, permit
from truceline.server.guard import csrf_of, session_in
from truceline.server.problems import answers
from truceline.services.signin import IDLE, UNFINISHED, WHOLE
from truceline.store.accounts import Session

router = APIRouter(tags=["session"], route_class=Route)

Short = Annotated[str, Field(max_length=64)]


class Credentials(BaseModel):
    """What somebody shows to sign in."""

    model_config = ConfigDict(extra="forbid")

    user: Short = Field(description="name of the account")
    password: str = Field(max_length=256, description="password")
    code: Short = Field("", description="six digits of the second factor, or a recovery code")


class Opened(BaseModel):
    """A session as its own browser sees it."""

    user: str = Field(description="who signed in")
    role: str = Field(description="role, a word of the access table")
    session: str = Field(description="id of the session, to end it elsewhere")
    csrf: str = Field(description="goes into the header X-CSRF-Token of every request that changes something")
    unfinished: bool = Field(description="whether a second factor must be enrolled before anything else")
    ends: str = Field(description="when it ends at the latest, UTC")
    idle_minutes: int = Field(description="minutes after which it ends unused")


class Held(BaseModel):
    """One of a person's sessions."""

    session: str = Field(description="id of the session")
    began: str = Field(description="when, UTC")
    used: str = Field(description="when it was last used, UTC, to the minute")
    how: str = Field(description="password or oidc")
    this: bool = Field(description="whether it is the one that asks")


def opened(actor: Actor, session: Session, secret: str) -> Opened:
    """Return a session for its own browser."""
    return Opened(
        user=actor.user,
        role=actor.role,
        session=session.id,
        csrf=csrf_of(secret),
        unfinished=actor.scope == UNFINISHED,
        ends=iso(session.made + WHOLE),
        idle_minutes=int(IDLE.total_seconds() // 60),
    )


@router.post("/session", openapi_extra=permit("session", "begin"), responses=answers(401, 403, 413, 415, 422, 429, 503))
def sign_in(desk: TheDesk, request: Request, response: Response, shown: Credentials) -> Opened:
    """Sign in; the session's cookie comes with the answer."""
    address = request.client.host if request.client else "unknown"
    device, old = request.cookies.get(cookies.BROWSER), session_in(request.headers)
    try:
        begun = desk.signin.begin(shown.user, shown.password, shown.code, address=address, device=device, old=old)
    except (NotSignedIn, TooManyTries):
        # A name nobody has may be a password typed into the wrong field: it is not kept.
        known = desk.accounts.store.account(shown.user)
        desk.log(PUBLIC, "begin", "session", shown.user if known else "unknown", allowed=False)
        raise
    actor, session = desk.signin.by_session(begun.session)
    desk.log(actor, "begin", "session", session.id, allowed=True)
    cookies.begin(response, begun)
    return opened(actor, session, begun.session)


@router.get("/session", openapi_extra=permit("session", "read"), responses=answers(401, 503))
def session(browser: TheBrowser) -> Opened:
    """Say whose session it is, and how it may write."""
    return opened(browser.actor, browser.session, browser.secret)


@router.delete("/session", openapi_extra=permit("session", "end"), status_code=204, responses=answers(401, 403, 503))
def sign_out(desk: TheDesk, browser: TheBrowser, response: Response) -> None:
    """Sign out."""
    desk.signin.end(browser.actor, browser.session.id)
    desk.log(browser.actor, "end", "session", browser.session.id, allowed=True)
    cookies.end(response)


@router.get("/sessions", openapi_extra=permit("session", "read"), responses=answers(401, 503))
def sessions(desk: TheDesk, browser: TheBrowser) -> list[Held]:
    """List one's own sessions."""
    return [
        Held(
            session=each.id,
            began=iso(each.made),
            used=iso(each.seen),
            how=each.how,
            this=each.id == browser.session.id,
        )
        for each in desk.signin.sessions(browser.actor)
    ]


@router.delete(
    "/sessions/{id}",
    openapi_extra=permit("session", "end"),
    status_code=204,
    responses=answers(401, 403, 404, 422, 503),
)
def end(desk: TheDesk, browser: TheBrowser, id: Short) -> None:  # noqa: A002  the path's own word
    """End one of one's own sessions."""
    with asked(desk, browser.actor, "end", "session", id):
        desk.signin.end(browser.actor, id)
    desk.log(browser.actor, "end", "session", id, allowed=True)
