# SPDX-License-Identifier: Apache-2.0
"""What a route asks for: the desk it works at."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from truceline.services.desk import Desk


def desk_of(request: Request) -> Desk:
    """Return the commission's desk; routes of the API exist only where there is one."""
    return cast("Desk", request.app.state.desk)


TheDesk = Annotated[Desk, Depends(desk_of)]
"""Type of a route's argument that is the desk."""
