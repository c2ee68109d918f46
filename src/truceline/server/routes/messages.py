# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/messages``, ``calls``: what people outside were told, and ringing an office that does not answer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import Route, permit, tagged
from truceline.server.problems import answers
from truceline.server.routes.cases import Id
from truceline.services import calls
from truceline.wire import messages as told

router = APIRouter(tags=["messages"], route_class=Route)

READ = answers(401, 406, 503)
"""Refusals of what is only read."""

WRITE = answers(401, 403, 404, 406, 409, 413, 415, 422, 503)
"""Refusals of what is done."""

DONE = answers(401, 403, 404, 406, 409, 422, 503)
"""Refusals of what is done without saying more."""


@router.get(
    "/messages",
    response_model=told.Messages,
    response_model_exclude_unset=True,
    responses=READ,
    openapi_extra=permit("dispatch", "read"),
)
def list_messages(request: Request, desk: TheDesk, actor: TheActor) -> Response:
    """Return the messages that came to your office, or all to those who keep the watch, with whom to ring."""
    return tagged(request, told.Messages.model_validate(calls.status(desk, actor)))


@router.get(
    "/messages/{message}",
    response_model=told.WholeMessage,
    responses=READ | answers(404, 422),
    openapi_extra=permit("dispatch", "read"),
)
def read_message(request: Request, desk: TheDesk, actor: TheActor, message: Id) -> Response:
    """Return one message with its text, and what became of it."""
    return tagged(request, told.WholeMessage.model_validate(calls.message(desk, actor, message)))


@router.post(
    "/messages/{message}/acknowledgement",
    status_code=201,
    response_model=told.Message,
    responses=DONE,
    openapi_extra=permit("dispatch", "acknowledge"),
)
def acknowledge(desk: TheDesk, actor: TheActor, message: Id) -> told.Message:
    """Say that your office has a message."""
    return told.Message.model_validate(calls.acknowledge(desk, actor, message))


@router.post(
    "/messages/{message}/retry",
    status_code=201,
    response_model=told.Message,
    responses=DONE,
    openapi_extra=permit("dispatch", "send"),
)
def retry(desk: TheDesk, actor: TheActor, message: Id) -> told.Message:
    """Let every way of a message that is not proved begin anew."""
    return told.Message.model_validate(calls.retry(desk, actor, message))


@router.post(
    "/calls", status_code=201, response_model=told.Ringing, responses=WRITE, openapi_extra=permit("dispatch", "call")
)
def ring(desk: TheDesk, actor: TheActor, asked: told.NewCall) -> told.Ringing:
    """Begin a call to the next of an office's telephone tree; the answer says whom, and what to read out."""
    return told.Ringing.model_validate(calls.ring(desk, actor, asked.office))


@router.post(
    "/calls/{call}/result",
    status_code=201,
    response_model=told.Call,
    responses=WRITE,
    openapi_extra=permit("dispatch", "call"),
)
def said(desk: TheDesk, actor: TheActor, call: Id, asked: told.Said) -> told.Call:
    """Say what came of a call."""
    return told.Call.model_validate(calls.called(desk, actor, call, asked.result))


@router.post(
    "/calls/{call}/confirmation",
    status_code=201,
    response_model=told.Call,
    responses=WRITE,
    openapi_extra=permit("dispatch", "call"),
)
def called_back(desk: TheDesk, actor: TheActor, call: Id, asked: told.CalledBack) -> told.Call:
    """Take the two codes of a person who called back, or your own; the office has then acknowledged."""
    return told.Call.model_validate(calls.confirm(desk, actor, call, asked.code, asked.totp))
