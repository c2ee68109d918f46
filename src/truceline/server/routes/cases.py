# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/cases``: cases, their acts, exhibits and notes, through the desk, which asks the access table."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from truceline.access.table import OPEN
from truceline.commission import Case
from truceline.model.case import Act, Actor
from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import ANY, IdempotencyKey, IfMatch, Paged, Pages, Route, page, permit, tagged, version_in
from truceline.server.problems import answers
from truceline.services import reading
from truceline.services.views import concerned
from truceline.wire import answers as told
from truceline.wire.acts import Among, AnyAct, Name, OpenCase

router = APIRouter(tags=["cases"], route_class=Route)

STATES = (*OPEN, "closed", "merged")
"""States of a case."""

READ = answers(401, 404, 406, 422, 503)
"""Refusals of what is only read."""

WRITE = answers(401, 403, 404, 406, 409, 412, 413, 415, 422, 503)
"""Refusals of acts."""

Id = Annotated[str, Path(pattern=r"^[0-9A-Za-z._:-]{1,64}$")]


class Which(Paged):
    """Which cases are asked for."""

    state: Annotated[str, Among(STATES)] | SkipJsonSchema[None] = Field(None, description="cases in this state")
    party: Name | SkipJsonSchema[None] = Field(None, description="cases in which you see this party named or served")


@router.get("/cases", response_model=told.CaseLines, responses=READ, openapi_extra=permit("case", "list"))
def list_cases(request: Request, desk: TheDesk, actor: TheActor, which: Annotated[Which, Query()]) -> Response:
    """Return the cases you may know of, what is due first."""
    found = reading.cases(desk, actor, which.state, which.party)
    shown, further = page(found, lambda line: ((line.get("due") or {}).get("at", "~"), line["case"]), which)
    return tagged(request, told.CaseLines.model_validate({"cases": shown, "next": further}))


@router.post("/cases", status_code=201, response_model=told.Done, responses=WRITE, openapi_extra=permit("case", "open"))
def open_case(
    desk: TheDesk, actor: TheActor, asked: OpenCase, response: Response, idempotency_key: IdempotencyKey = None
) -> told.Done:
    """Open a case. A liaison opens one by a complaint, a report on its own side, or a call on the hotline."""
    index, act, after = desk.act(actor, "open", None, asked.reason, asked.given(), key=idempotency_key)
    response.headers["Location"] = f"/api/v1/cases/{act.case}"
    return _done(actor, index, act, after)


@router.get("/cases/{case}", response_model=told.Case, responses=READ, openapi_extra=permit("case", "read"))
def read_case(request: Request, desk: TheDesk, actor: TheActor, case: Id) -> Response:
    """Return a case as far as you may see it."""
    view = told.Case.model_validate(reading.case(desk, actor, case))
    return tagged(request, view, view.version)


@router.get("/cases/{case}/acts", response_model=told.Acts, responses=READ, openapi_extra=permit("case", "read"))
def list_acts(request: Request, desk: TheDesk, actor: TheActor, case: Id, which: Pages) -> Response:
    """Return the acts of a case that you may read, in their order."""
    found = reading.acts(desk, actor, case)
    shown, further = page(found, lambda act: (f"{act['record']:016}",), which)
    return tagged(request, told.Acts.model_validate({"acts": shown, "next": further}))


@router.post(
    "/cases/{case}/acts",
    status_code=201,
    response_model=told.Done,
    responses=WRITE,
    openapi_extra=permit("case", "act"),
)
def act(
    desk: TheDesk,
    actor: TheActor,
    case: Id,
    asked: AnyAct,
    if_match: IfMatch = ANY,
    idempotency_key: IdempotencyKey = None,
) -> told.Done:
    """Do one act on a case; which kinds there are, and what each needs: docs/reference/case-acts.md."""
    seen = version_in(if_match)
    index, done, after = desk.act(actor, asked.kind, case, asked.reason, asked.given(), key=idempotency_key, seen=seen)
    return _done(actor, index, done, after)


def _done(actor: Actor, index: int, act: Act, after: Case) -> told.Done:
    state = after.state if concerned(after, actor) else None
    return told.Done(act=act.id, kind=act.kind, case=act.case, state=state, record=index)


@router.get(
    "/cases/{case}/exhibits/{exhibit}",
    response_model=told.ExhibitWhole,
    responses=READ,
    openapi_extra=permit("exhibit", "read"),
)
def read_exhibit(request: Request, desk: TheDesk, actor: TheActor, case: Id, exhibit: Id) -> Response:
    """Return an exhibit with its custody; place and time as fine as you may see them."""
    return tagged(request, told.ExhibitWhole.model_validate(reading.exhibit(desk, actor, case, exhibit)))


@router.get("/cases/{case}/notes", response_model=told.Notes, responses=READ, openapi_extra=permit("note", "read"))
def list_notes(request: Request, desk: TheDesk, actor: TheActor, case: Id, which: Pages) -> Response:
    """Return the notes of the deliberation that are addressed to you, or your own."""
    found = reading.notes(desk, actor, case)
    shown, further = page(found, lambda note: (note["at"], note["note"]), which)
    return tagged(request, told.Notes.model_validate({"notes": shown, "next": further}))
