# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/terms`` and ``vocabulary``: what was agreed, and the words that forms may use."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from truceline.access.table import TABLE
from truceline.commission.case import EXITS
from truceline.commission.checks import ATTRIBUTIONS, INTENTS, SEVERITIES, STATUSES, VERDICTS
from truceline.commission.deliberation import AUDIENCES, REMEDIES
from truceline.model.case import LEVELS, RECORD_OF, ROLES
from truceline.model.proof import FACTS
from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import Route, permit, tagged
from truceline.server.routes.cases import READ, STATES
from truceline.services import reading
from truceline.services.permits import PERMIT
from truceline.services.response import PERMIT_OF_MOVE
from truceline.wire import answers as told

router = APIRouter(tags=["words"], route_class=Route)


@router.get("/terms", response_model=told.Terms, responses=READ, openapi_extra=permit("terms", "read"))
def read_terms(request: Request, desk: TheDesk, _actor: TheActor) -> Response:
    """Return the agreement, and how its commission decides."""
    return tagged(request, told.Terms.model_validate(reading.terms(desk)))


@router.get("/vocabulary", response_model=told.Vocabulary, responses=READ, openapi_extra=permit("terms", "read"))
def read_vocabulary(request: Request, _actor: TheActor) -> Response:
    """Return every word that forms may use."""
    acts = [
        told.Word(kind=kind, record=record, resource=PERMIT[kind][0], action=PERMIT[kind][1], roles=_roles(kind))
        for kind, record in RECORD_OF.items()
    ]
    return tagged(
        request,
        told.Vocabulary(
            acts=acts,
            moves=[
                told.Word(kind=kind, record="response", resource="response", action=action, roles=_may(action))
                for kind, action in PERMIT_OF_MOVE.items()
            ],
            roles=list(ROLES),
            levels=list(LEVELS),
            grades=[f"{source}{claim}" for source in "ABCDEF" for claim in "123456"],
            states=list(STATES),
            exits=list(EXITS),
            statuses=[*STATUSES, *VERDICTS],
            attributions=list(ATTRIBUTIONS),
            severities=list(SEVERITIES),
            intents=list(INTENTS),
            audiences=list(AUDIENCES),
            remedies=list(REMEDIES),
            modalities=dict(FACTS),
        ),
    )


def _may(action: str) -> list[str]:
    return [
        role
        for role in ROLES
        if any(role in row.roles and action in row.actions for row in TABLE if row.resource == "response")
    ]


def _roles(kind: str) -> list[str]:
    """Which roles the table lets do it to anything at all."""
    resource, action = PERMIT[kind]
    actions = (action, "complain", "self_report") if kind == "open" else (action,)
    return [
        role
        for role in ROLES
        if any(role in row.roles and row.resource == resource and set(actions) & set(row.actions) for row in TABLE)
    ]
