# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/me``: who the server takes me for."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from truceline.server.auth import TheActor
from truceline.server.problems import answers

router = APIRouter(tags=["me"])


class Me(BaseModel):
    """Who is asking."""

    user: str = Field(description="name of the account; public: nobody signed in")
    role: str = Field(description="role, a word of the access table")
    of: str | None = Field(description="party or state served")
    seat: str | None = Field(description="seat of the commission held")
    clearance: str = Field(description="highest level that may be read")
    aligned: list[str] = Field(description="parties whose releases count as mine")


@router.get("/me", responses=answers(401))
def me(actor: TheActor) -> Me:
    """Say who is asking."""
    return Me(
        user=actor.user,
        role=actor.role,
        of=actor.of,
        seat=actor.seat,
        clearance=actor.clearance,
        aligned=list(actor.aligned),
    )
