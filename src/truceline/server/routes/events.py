# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/events/stream``: what happens, as it happens, as far as each may know; resumed where it was left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import StreamingResponse

from truceline.errors import NotSignedIn
from truceline.model.case import Actor
from truceline.server.auth import TheActor, still_of
from truceline.server.desk import TheDesk
from truceline.server.forms import Route, event, permit
from truceline.server.problems import answers
from truceline.services.desk import Desk
from truceline.services.feed import same_eyes
from truceline.services.reading import log_read
from truceline.wire import answers as told
from truceline.wire.register import PostingTold
from truceline.wire.response import MoveTold

router = APIRouter(tags=["events"], route_class=Route)

BEAT = 15.0
"""Seconds without an event after which a line says that the stream is alive."""

LOOK = 0.25
"""Seconds between looks for new events."""

LastEventId = Annotated[
    Annotated[str, Field(pattern=r"^[1-9][0-9]{0,15}-[0-9a-f]{12}$")] | SkipJsonSchema[None],
    Header(description="id of the newest event you have; the stream goes on after it"),
]

FORMS: dict[str, type[told.Answer]] = {"case": told.Told, "response": MoveTold, "register": PostingTold}
"""What events of each name hold."""

STREAM = {
    "description": "events called `case`: a line of a case whenever what you may see of it changes; called `response`: "
    "a move that you may see; called `register`: a posting about what you may read"
}


@router.get(
    "/events/stream",
    response_class=StreamingResponse,
    responses={**answers(401, 406, 422, 503), 200: {**STREAM, "content": {"text/event-stream": {}}}},
    openapi_extra={**permit("case", "read"), "x-truceline-type": "text/event-stream"},
)
async def stream(request: Request, desk: TheDesk, actor: TheActor, last_event_id: LastEventId = None) -> Response:
    """Tell every change of what you may see, from the beginning or from the event after ``Last-Event-ID``.

    The number in an event's id counts your own events; the ledger's index would tell how much goes on elsewhere. An id
    of another person's stream begins yours anew.
    """
    await asyncio.to_thread(log_read, desk, actor, "read", "case", "stream")
    number, _, name = (last_event_id or "").partition("-")
    feed = await asyncio.to_thread(desk.feed, actor)
    start = int(number) if name == feed.name and int(number) <= len(feed) else 0
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, desk, actor, start), media_type="text/event-stream", headers=headers)


async def _events(request: Request, desk: Desk, actor: Actor, start: int) -> AsyncIterator[bytes]:
    quiet = 0.0
    yield b"retry: 2000\n\n"
    while not await request.is_disconnected():
        feed = await asyncio.to_thread(desk.feed, actor)
        new = feed.after(start)
        for each in new:
            body = FORMS[each.name].model_validate(each.body)
            yield event(each.name, body, f"{each.number}-{feed.name}")
        start += len(new)
        quiet = 0.0 if new else quiet + LOOK
        if quiet >= BEAT:
            quiet = 0.0
            yield b": alive\n\n"
        await asyncio.sleep(LOOK)
        if not await asyncio.to_thread(_still, request, actor):
            return


def _still(request: Request, actor: Actor) -> bool:
    """Whether the person is still who it was: a session that ended or a role that changed ends the stream."""
    try:
        return same_eyes(still_of(request)) == same_eyes(actor)
    except NotSignedIn:
        return False
