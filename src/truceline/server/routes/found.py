# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/findings``, ``notices``, ``queue``, ``access``, ``withheld``: what runs across cases."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import Pages, Route, last_of, page, permit, tagged
from truceline.server.problems import answers
from truceline.server.routes.cases import READ, Id
from truceline.services import reading
from truceline.wire import answers as told

router = APIRouter(tags=["across cases"], route_class=Route)


@router.get("/findings", response_model=told.Findings, responses=READ, openapi_extra=permit("finding", "read"))
def list_findings(request: Request, desk: TheDesk, actor: TheActor, which: Pages) -> Response:
    """Return the findings you may read, newest first."""
    found = reading.findings(desk, actor)
    shown, further = page(found, lambda each: (each["at"], each["finding"]), which, newest_first=True)
    return tagged(request, told.Findings.model_validate({"findings": shown, "next": further}))


@router.get(
    "/findings/{finding}", response_model=told.FindingOfCase, responses=READ, openapi_extra=permit("finding", "read")
)
def read_finding(request: Request, desk: TheDesk, actor: TheActor, finding: Id) -> Response:
    """Return one finding."""
    return tagged(request, told.FindingOfCase.model_validate(reading.finding(desk, actor, finding)))


@router.get("/notices", response_model=told.Notices, responses=READ, openapi_extra=permit("notice", "read"))
def list_notices(request: Request, desk: TheDesk, actor: TheActor, which: Pages) -> Response:
    """Return the notices you may read, those not followed by silence first."""
    found = reading.notices(desk, actor)
    shown, further = page(
        found, lambda each: (str(each["silent"] is not None), each["at"], each["case"], each["party"]), which
    )
    return tagged(request, told.Notices.model_validate({"notices": shown, "next": further}))


@router.get("/queue", response_model=told.Queue, responses=READ, openapi_extra=permit("case", "list"))
def read_queue(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return what waits for you, by its clock and not by when it came."""
    return tagged(request, told.Queue.model_validate({"tasks": reading.queue(desk, actor)}))


@router.get(
    "/access", response_model=told.Decisions, responses=READ | answers(403), openapi_extra=permit("access", "read")
)
def list_access(request: Request, desk: TheDesk, actor: TheActor, which: Pages) -> Response:
    """Return every logged decision about access, newest first; this one is logged, too."""
    last = last_of(which)
    found = reading.access(desk, actor, int(last[0]) if last else None, which.limit + 1)
    shown, further = page(found, lambda each: (f"{each['record']:016}",), which, newest_first=True)
    return tagged(request, told.Decisions.model_validate({"access": shown, "next": further}))


@router.get("/withheld", response_model=told.Withheld, responses=READ, openapi_extra=permit("bulletin", "read"))
def read_withheld(request: Request, desk: TheDesk, _actor: TheActor) -> Response:
    """Return how much is not public; it is counted at fixed times, so that the number tells nobody what comes in."""
    return tagged(request, told.Withheld.model_validate(reading.counted(desk)))
