# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/register``, ``commitments``, ``meetings``: who promised what, as of any day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from truceline.model.commitment import KINDS
from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import ANY, IdempotencyKey, IfMatch, Paged, Route, page, permit, tagged, version_in
from truceline.server.problems import answers
from truceline.server.routes.cases import READ, Id
from truceline.services import register_reading as reading
from truceline.wire import register as told
from truceline.wire.acts import Among, Name

router = APIRouter(tags=["register"], route_class=Route)

WRITE = answers(401, 403, 406, 409, 412, 413, 415, 422, 503)
"""Refusals of postings."""

_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,15}(Z|[+-][0-9]{2}:[0-9]{2}))?$"

Day = Annotated[str, Field(pattern=_DAY)] | SkipJsonSchema[None]
"""A date, which is its end UTC, or a moment with its zone."""

ON = "as of the end of that day, or of a moment with its zone; now if absent"
KNOWN = "as the register knew it then; now if absent"


class When(BaseModel):
    """As of when."""

    model_config = ConfigDict(extra="forbid")

    on: Day = Field(None, description=ON)
    known: Day = Field(None, description=KNOWN)


class Which(Paged):
    """Which commitments are asked for, as of when."""

    on: Day = Field(None, description=ON)
    known: Day = Field(None, description=KNOWN)
    state: Name | SkipJsonSchema[None] = Field(None, description="of this state")
    kind: Annotated[str, Among(tuple(KINDS))] | SkipJsonSchema[None] = Field(None, description="of this kind")
    step: Name | SkipJsonSchema[None] = Field(None, description="to this step")


class WhichMeetings(Paged):
    """As of when meetings are asked for."""

    on: Day = Field(None, description=ON)
    known: Day = Field(None, description=KNOWN)


Asked = Annotated[When, Query()]


@router.get("/register", response_model=told.Register, responses=READ, openapi_extra=permit("commitment", "read"))
def read_register(request: Request, desk: TheDesk, actor: TheActor, when: Asked) -> Response:
    """Return who said what by kinds and steps, who has not said, and what does not fit together; as of any day."""
    found = reading.view(desk, actor, when.on, when.known)
    answer = told.Register.model_validate(reading.overview(desk, found))
    return tagged(request, answer, answer.version)


@router.post(
    "/register/postings",
    status_code=201,
    response_model=told.Posted,
    responses=WRITE,
    openapi_extra=permit("commitment", "write"),
)
def post(
    desk: TheDesk,
    actor: TheActor,
    asked: told.NewPostings,
    if_match: IfMatch = ANY,
    idempotency_key: IdempotencyKey = None,
) -> told.Posted:
    """Post states, commitments, changes and meetings, all or none, in the form of a register file."""
    drafts = reading.drafts_of(asked.entries.model_dump(exclude_none=True))
    done = reading.post(desk, actor, drafts, asked.reason, key=idempotency_key, seen=version_in(if_match))
    return told.Posted.model_validate(done)


@router.get("/register/flags", response_model=told.Flags, responses=READ, openapi_extra=permit("commitment", "read"))
def list_flags(request: Request, desk: TheDesk, actor: TheActor, when: Asked) -> Response:
    """Return what does not fit together, and what would mend it."""
    found = reading.view(desk, actor, when.on, when.known)
    return tagged(request, told.Flags.model_validate({"flags": reading.flags_json(found)}))


@router.get("/register/sides", response_model=told.Sides, responses=READ, openapi_extra=permit("commitment", "read"))
def read_sides(request: Request, desk: TheDesk, actor: TheActor, when: Asked) -> Response:
    """Return what binds only one side: what each party's breach meets."""
    found = reading.view(desk, actor, when.on, when.known)
    return tagged(request, told.Sides.model_validate(reading.sides(desk, found)))


@router.get("/commitments", response_model=told.Commitments, responses=READ, openapi_extra=permit("commitment", "read"))
def list_commitments(request: Request, desk: TheDesk, actor: TheActor, which: Annotated[Which, Query()]) -> Response:
    """Return the commitments you may read, each with its stage and history."""
    found = reading.commitments(reading.view(desk, actor, which.on, which.known), which.state, which.kind, which.step)
    shown, further = page(found, lambda each: (each["id"],), which)
    return tagged(request, told.Commitments.model_validate({"commitments": shown, "next": further}))


@router.get(
    "/commitments/{commitment}",
    response_model=told.Commitment,
    responses=READ,
    openapi_extra=permit("commitment", "read"),
)
def read_commitment(request: Request, desk: TheDesk, actor: TheActor, commitment: Id, when: Asked) -> Response:
    """Return one commitment."""
    found = reading.commitment(reading.view(desk, actor, when.on, when.known), commitment)
    return tagged(request, told.Commitment.model_validate(found))


@router.get("/meetings", response_model=told.Meetings, responses=READ, openapi_extra=permit("meeting", "read"))
def list_meetings(
    request: Request, desk: TheDesk, actor: TheActor, which: Annotated[WhichMeetings, Query()]
) -> Response:
    """Return the meetings and statements, in their order."""
    found = reading.meetings(reading.view(desk, actor, which.on, which.known))
    shown, further = page(found, lambda each: (each["starts"], each["id"]), which)
    return tagged(request, told.Meetings.model_validate({"meetings": shown, "next": further}))


@router.get("/meetings/{meeting}", response_model=told.Meeting, responses=READ, openapi_extra=permit("meeting", "read"))
def read_meeting(request: Request, desk: TheDesk, actor: TheActor, meeting: Id, when: Asked) -> Response:
    """Return one meeting."""
    found = reading.meeting(reading.view(desk, actor, when.on, when.known), meeting)
    return tagged(request, told.Meeting.model_validate(found))
