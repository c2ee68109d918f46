# SPDX-License-Identifier: Apache-2.0
"""What a route asks for: the desk it works at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, cast

from fastapi import Depends, Request

from truceline.errors import AccessError
from truceline.model.case import Actor
from truceline.services.desk import Desk


def desk_of(request: Request) -> Desk:
    """Return the commission's desk; routes of the API exist only where there is one."""
    return cast("Desk", request.app.state.desk)


@contextmanager
def asked(desk: Desk, actor: Actor, action: str, resource: str, name: str) -> Iterator[None]:
    """Log a refusal of what is done inside, before it is told.

    Raises:
        UnavailableError: it cannot be logged.
    """
    try:
        yield
    except AccessError:
        desk.log(actor, action, resource, name, allowed=False)
        raise


TheDesk = Annotated[Desk, Depends(desk_of)]
"""Type of a route's argument that is the desk."""
