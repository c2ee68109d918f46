# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/log``, ``shift``, ``patrols``, ``mines``: the monitors' day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from truceline.logbook.line import read_spot
from truceline.model.case import Actor
from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import Paged, Route, page, permit, tagged
from truceline.server.problems import answers
from truceline.server.routes.cases import READ, Id
from truceline.services import duty
from truceline.services.desk import Desk
from truceline.wire import log as told

router = APIRouter(tags=["log"], route_class=Route)

LISTED = READ | answers(403)
"""Refusals of what only the monitors read."""

WRITE = answers(401, 403, 404, 406, 409, 413, 415, 422, 503)
"""Refusals of entries."""


class Which(Paged):
    """Which lines are asked for."""

    history: bool = Field(False, description="with lines that were corrected or struck")


@router.get("/log", response_model=told.Lines, responses=LISTED, openapi_extra=permit("log", "read"))
def list_lines(request: Request, desk: TheDesk, actor: TheActor, which: Annotated[Which, Query()]) -> Response:
    """Return the lines of the log, newest first."""
    found = duty.read(desk, actor, "log", "lines", history=which.history)
    shown, further = page(found[::-1], lambda line: (line["entry"],), which, newest_first=True)
    return tagged(request, told.Lines.model_validate({"lines": shown, "next": further}))


@router.post(
    "/log", status_code=201, response_model=told.Entered, responses=WRITE, openapi_extra=permit("log", "write")
)
def key_line(desk: TheDesk, actor: TheActor, asked: told.NewLine) -> told.Entered:
    """Key one line; the answer says what was understood. The same line within 30 seconds is asked about (409)."""
    with duty.at_the_log(desk) as (log, now):
        index, entry, understood = log.key(actor, now, asked.line, again=asked.again)
    return told.Entered(entry=entry.id, record=index, understood=understood)


@router.post(
    "/log/{entry}/corrections",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("log", "write"),
)
def correct(desk: TheDesk, actor: TheActor, entry: Id, asked: told.Correction) -> told.Entered:
    """Supersede a line by another, or strike it; nothing is deleted."""
    with duty.at_the_log(desk) as (log, now):
        index, made, understood = log.correct(actor, now, entry, asked.line, asked.reason)
    return told.Entered(entry=made.id, record=index, understood=understood)


@router.get("/log/questions", response_model=told.Questions, responses=LISTED, openapi_extra=permit("log", "read"))
def list_questions(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return the questions that nobody answered."""
    return tagged(request, told.Questions.model_validate({"questions": duty.read(desk, actor, "log", "questions")}))


@router.post(
    "/log/questions",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("log", "write"),
)
def ask(desk: TheDesk, actor: TheActor, asked: told.NewQuestion) -> told.Entered:
    """Leave a question open for whoever comes next."""
    return _enter(desk, actor, "question", {"text": asked.text, "about": asked.about})


@router.post(
    "/log/questions/{entry}/answers",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("log", "write"),
)
def answer(desk: TheDesk, actor: TheActor, entry: Id, asked: told.NewAnswer) -> told.Entered:
    """Answer a question."""
    return _enter(desk, actor, "answer", {"of": entry, "text": asked.text})


@router.get("/shift", response_model=told.Shift, responses=LISTED, openapi_extra=permit("handover", "read"))
def read_shift(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return what the shift adds up to: counts by layer, coverage beside each, what is open, who is out."""
    return tagged(request, told.Shift.model_validate(duty.shift(desk, actor)))


@router.post(
    "/shift/handover",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("handover", "write"),
)
def hand_over(desk: TheDesk, actor: TheActor, asked: told.Signature) -> told.Entered:
    """Sign the outgoing half of a handover."""
    with duty.at_the_log(desk) as (log, now):
        index, entry = log.hand_over(actor, now, asked.note)
    return told.Entered(entry=entry.id, record=index)


@router.post(
    "/shift/takeover",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("handover", "write"),
)
def take_over(desk: TheDesk, actor: TheActor, asked: told.Signature) -> told.Entered:
    """Sign the incoming half; another person does."""
    with duty.at_the_log(desk) as (log, now):
        index, entry = log.take_over(actor, now, asked.note)
    return told.Entered(entry=entry.id, record=index)


@router.get("/patrols", response_model=told.Patrols, responses=LISTED, openapi_extra=permit("patrol", "read"))
def list_patrols(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return who is out and when last heard of."""
    return tagged(request, told.Patrols.model_validate({"patrols": duty.read(desk, actor, "patrol", "patrols")}))


@router.post(
    "/patrols", status_code=201, response_model=told.Entered, responses=WRITE, openapi_extra=permit("patrol", "write")
)
def depart(desk: TheDesk, actor: TheActor, asked: told.Departure) -> told.Entered:
    """A patrol goes out, and says how often it will be heard of."""
    return _enter(desk, actor, "depart", {"patrol": asked.patrol, "every_minutes": asked.every_minutes}, asked.place)


@router.post(
    "/patrols/{patrol}/words",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("patrol", "write"),
)
def check_in(desk: TheDesk, actor: TheActor, patrol: Id, asked: told.Word) -> told.Entered:
    """A patrol is heard of."""
    return _enter(desk, actor, "check_in", {"patrol": patrol}, asked.place)


@router.post(
    "/patrols/{patrol}/return",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("patrol", "write"),
)
def come_back(desk: TheDesk, actor: TheActor, patrol: Id, asked: told.Word) -> told.Entered:
    """A patrol is back."""
    return _enter(desk, actor, "return", {"patrol": patrol}, asked.place)


@router.get("/mines", response_model=told.Mines, responses=READ, openapi_extra=permit("mine", "read"))
def list_mines(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return where mines lie; it is everybody's to know."""
    return tagged(request, told.Mines.model_validate({"mines": duty.mines(desk, actor)}))


@router.post(
    "/mines", status_code=201, response_model=told.Entered, responses=WRITE, openapi_extra=permit("mine", "write")
)
def report_mine(desk: TheDesk, actor: TheActor, asked: told.NewMine) -> told.Entered:
    """Report a mine; it is told at once to all whose people are in danger."""
    return _enter(desk, actor, "mine", {"what": asked.what}, asked.place)


@router.post(
    "/mines/{report}/end",
    status_code=201,
    response_model=told.Entered,
    responses=WRITE,
    openapi_extra=permit("mine", "write"),
)
def end_mine(desk: TheDesk, actor: TheActor, report: Id, asked: told.MineOver) -> told.Entered:
    """Mark a mine as cleared, or withdraw its report; another person does than who reported it."""
    return _enter(desk, actor, "mine_over", {"of": report, "state": asked.state, "reason": asked.reason})


def _enter(desk: Desk, actor: Actor, kind: str, data: Mapping[str, Any], place: str | None = None) -> told.Entered:
    with duty.at_the_log(desk) as (log, now):
        log.ask(actor, kind, now)
        spot = {} if place is None else {"spot": asdict(read_spot(place, log.known))}
        index, entry = log.do(actor, kind, now, {**data, **spot})
    return told.Entered(entry=entry.id, record=index)
