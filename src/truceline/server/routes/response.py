# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/response``: board, clocks, moves, replay, and each state's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import ANY, IdempotencyKey, IfMatch, Pages, Route, page, permit, tagged, version_in
from truceline.server.problems import answers
from truceline.server.routes.cases import Id
from truceline.services import response_reading as reading
from truceline.wire import response as told

router = APIRouter(tags=["response"], route_class=Route)

READ = answers(401, 403, 404, 406, 422, 503)
"""Refusals of what is only read."""

WRITE = answers(401, 403, 406, 409, 412, 413, 415, 422, 503)
"""Refusals of moves."""


class Had(BaseModel):
    """From where clocks are counted in the *what if*."""

    model_config = ConfigDict(extra="forbid")

    had: told.Origin = Field("determination", description="what if every clock had counted from it")


@router.get("/response", response_model=told.Board, responses=READ, openapi_extra=permit("response", "read"))
def read_board(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return the board as far as you may see it; a party sees what it is asked."""
    board = told.Board.model_validate(reading.board(desk, actor))
    return tagged(request, board, board.version)


@router.get("/response/clocks", response_model=told.Clocks, responses=READ, openapi_extra=permit("response", "read"))
def read_clocks(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return the clocks alone: per step earliest and latest, every way to count, and the hours already used."""
    return tagged(request, told.Clocks.model_validate(reading.clocks(desk, actor)))


@router.get("/response/moves", response_model=told.Moves, responses=READ, openapi_extra=permit("response", "read"))
def list_moves(request: Request, desk: TheDesk, actor: TheActor, which: Pages) -> Response:
    """Return the moves that you may see, in their order."""
    found = reading.moves(desk, actor)
    shown, further = page(found, lambda move: (f"{move['record']:016}",), which)
    return tagged(request, told.Moves.model_validate({"moves": shown, "next": further}))


@router.post(
    "/response/moves",
    status_code=201,
    response_model=told.Moved,
    responses=WRITE,
    openapi_extra=permit("response", "move"),
)
def move(
    desk: TheDesk,
    actor: TheActor,
    asked: told.AnyMove,
    if_match: IfMatch = ANY,
    idempotency_key: IdempotencyKey = None,
) -> told.Moved:
    """Make one move; which kinds there are, and what each needs: docs/reference/response-acts.md."""
    seen = version_in(if_match)
    index, made = desk.move(actor, asked.kind, asked.reason, asked.given(), key=idempotency_key, seen=seen)
    return told.Moved(move=made.id, kind=made.kind, record=index)


@router.get("/response/replay", response_model=told.Replay, responses=READ, openapi_extra=permit("response", "read"))
def read_replay(request: Request, desk: TheDesk, actor: TheActor, which: Annotated[Had, Query()]) -> Response:
    """Return the response replayed from its logged moves, and what would differ had clocks counted otherwise."""
    return tagged(request, told.Replay.model_validate(reading.replay(desk, actor, which.had)))


@router.get(
    "/response/states/{state}", response_model=told.State, responses=READ, openapi_extra=permit("response", "read")
)
def read_state(request: Request, desk: TheDesk, actor: TheActor, state: Id) -> Response:
    """Return one state: what it promised, what is asked of it now, by when, and who decides there."""
    return tagged(request, told.State.model_validate(reading.state(desk, actor, state)))
