# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/me``: who the server takes me for, and what protects my account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from truceline.server import cookies
from truceline.server.auth import TheActor, TheBrowser
from truceline.server.desk import TheDesk, asked
from truceline.server.forms import Route, permit
from truceline.server.problems import answers
from truceline.services.secrets import LONGEST, SHORTEST

router = APIRouter(tags=["me"], route_class=Route)

Password = Annotated[str, Field(max_length=256)]


class Me(BaseModel):
    """Who is asking."""

    user: str = Field(description="name of the account; public: nobody signed in")
    role: str = Field(description="role, a word of the access table")
    of: str | None = Field(description="party or state served")
    seat: str | None = Field(description="seat of the commission held")
    clearance: str = Field(description="highest level that may be read")
    aligned: list[str] = Field(description="parties whose releases count as mine")
    scope: list[str] | None = Field(description="rights of this way in, where they are fewer; null: all of the role's")


class NewPassword(BaseModel):
    """A new password."""

    model_config = ConfigDict(extra="forbid")

    old: Password = Field(description="the password until now")
    new: Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)] = Field(description="the one from now on")


class SecondFactor(BaseModel):
    """A second factor, shown once; it holds once its first code was shown back."""

    secret: str = Field(description="base32, for typing")
    uri: str = Field(description="otpauth address, for a QR code")


class Code(BaseModel):
    """A code of the second factor."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern="^[0-9]{6}$", description="six digits")


class RecoveryCodes(BaseModel):
    """Codes for the day the second factor is lost, shown once."""

    codes: list[str] = Field(description="each is good once, in place of six digits")


@router.get("/me", responses=answers(401, 503))
def me(actor: TheActor) -> Me:
    """Say who is asking."""
    return Me(
        user=actor.user,
        role=actor.role,
        of=actor.of,
        seat=actor.seat,
        clearance=actor.clearance,
        aligned=list(actor.aligned),
        scope=None if actor.scope is None else sorted(actor.scope),
    )


@router.put(
    "/me/password",
    openapi_extra=permit("account", "secure"),
    status_code=204,
    responses=answers(401, 403, 413, 415, 422, 429, 503),
)
def change_password(desk: TheDesk, browser: TheBrowser, response: Response, said: NewPassword) -> None:
    """Change one's own password; every session ends, this one too."""
    with asked(desk, browser.actor, "secure", "account", browser.actor.user):
        desk.signin.change_password(browser.actor, said.old, said.new)
    cookies.end(response)


@router.post("/me/second-factor", openapi_extra=permit("account", "secure"), responses=answers(401, 403, 409, 503))
def enrol(desk: TheDesk, browser: TheBrowser) -> SecondFactor:
    """Begin a second factor."""
    with asked(desk, browser.actor, "secure", "account", browser.actor.user):
        made = desk.accounts.enrol(browser.actor, browser.actor.user)
    return SecondFactor(secret=made.secret, uri=made.uri)


@router.put(
    "/me/second-factor", openapi_extra=permit("account", "secure"), responses=answers(401, 403, 409, 413, 415, 422, 503)
)
def confirm(desk: TheDesk, browser: TheBrowser, response: Response, shown: Code) -> RecoveryCodes:
    """Put the second factor in force; every session ends, this one too."""
    with asked(desk, browser.actor, "secure", "account", browser.actor.user):
        codes = desk.accounts.confirm(browser.actor, browser.actor.user, shown.code)
    cookies.end(response)
    return RecoveryCodes(codes=codes)
