# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/tokens``: a program's way in, with some of its owner's rights, for some time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from truceline.base.clock import iso
from truceline.server.auth import TheBrowser
from truceline.server.desk import TheDesk, asked
from truceline.server.forms import Route, permit
from truceline.server.problems import answers
from truceline.services.signin import TOKEN_NAME, scope_words
from truceline.store.accounts import Token

router = APIRouter(tags=["tokens"], route_class=Route)

Word = Annotated[str, Field(max_length=64)]
Scope = Annotated[str, Field(pattern=f"^({'|'.join(map(re.escape, sorted(scope_words())))})$")]


class NewToken(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=100, pattern=TOKEN_NAME)] = Field(description="what it is for")
    scope: Annotated[list[Scope], Field(min_length=1, max_length=200)] = Field(
        description="resource:action words of the access table, or resource:*"
    )
    days: int = Field(ge=1, le=366, description="how long it lives, days")


class HeldToken(BaseModel):
    """A token, without what opens it."""

    token: str = Field(description="id, to revoke it")
    name: str = Field(description="what it is for")
    scope: list[str] = Field(description="what it may do")
    made: str = Field(description="when, UTC")
    expires: str = Field(description="until when, UTC")


class MadeToken(HeldToken):
    """A token as it is shown once."""

    secret: str = Field(description="goes into the header Authorization: Bearer; it is not shown again")


def _told(token: Token) -> dict[str, object]:
    return {
        "token": token.id,
        "name": token.name,
        "scope": sorted(token.scope),
        "made": iso(token.made),
        "expires": iso(token.expires),
    }


@router.get("/tokens", openapi_extra=permit("token", "list"), responses=answers(401, 403, 503))
def tokens(desk: TheDesk, browser: TheBrowser) -> list[HeldToken]:
    """List one's own tokens."""
    with asked(desk, browser.actor, "list", "token", browser.actor.user):
        return [HeldToken.model_validate(_told(token)) for token in desk.signin.tokens(browser.actor)]


@router.post(
    "/tokens", openapi_extra=permit("token", "make"), status_code=201, responses=answers(401, 403, 413, 415, 422, 503)
)
def make(desk: TheDesk, browser: TheBrowser, said: NewToken) -> MadeToken:
    """Make a token; it never does more than its owner may at the moment of asking."""
    with asked(desk, browser.actor, "make", "token", browser.actor.user):
        secret, token = desk.signin.make_token(browser.actor, said.name, said.scope, timedelta(days=said.days))
    desk.carry()
    return MadeToken.model_validate({**_told(token), "secret": secret})


@router.delete(
    "/tokens/{id}", openapi_extra=permit("token", "revoke"), status_code=204, responses=answers(401, 403, 404, 422, 503)
)
def revoke(desk: TheDesk, browser: TheBrowser, id: Word) -> None:  # noqa: A002  the path's own word
    """Revoke one of one's own tokens."""
    with asked(desk, browser.actor, "revoke", "token", id):
        desk.signin.revoke(browser.actor, id)
    desk.carry()
