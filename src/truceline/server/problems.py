# SPDX-License-Identifier: Apache-2.0
"""Every refusal as ``application/problem+json`` (RFC 9457); our own errors by the one table in ``errors``."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import Response

from truceline.errors import TooManyTries, TrucelineError

TITLES = {
    400: "Not understood",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not here",
    405: "Not possible with this address",
    406: "Not in that form",
    409: "Does not fit what the ledger holds",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Not JSON",
    421: "Not addressed to this machine",
    422: "Not understood",
    429: "Too many tries",
    500: "Cannot go on",
    503: "Not available",
}


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: str = Field(description="urn:truceline: and the kind of error, or about:blank")
    title: str = Field(description="the same for all refusals of this status")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="one sentence for a person")
    record: str | None = Field(None, description="which record it is about")
    file: str | None = Field(None, description="which file")
    line: int | None = Field(None, description="which line of it")
    fields: dict[str, str] | None = Field(None, description="which fields of the request, and what is wrong with each")


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return these refusals as the OpenAPI document describes them."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": TITLES[status], "content": content} for status in statuses}


def problem(
    status: int, detail: str, *, kind: str = "about:blank", headers: Mapping[str, str] | None = None, **where: Any
) -> Response:
    """Return a problem document; ``detail`` is one sentence for a person, ``where`` the members that say where."""
    value = {"type": kind, "title": TITLES.get(status, "Refused"), "status": status, "detail": detail}
    value |= {name: said for name, said in where.items() if said is not None}
    body = json.dumps(value, ensure_ascii=False).encode()
    if status == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="truceline"', **(headers or {})}
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, "application/problem+json")


def problem_of(error: TrucelineError) -> Response:
    """Return the problem document of one of our errors; its class names the type (``urn:truceline:root-mismatch``)."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    where: dict[str, Any] = {"record": error.record, "file": error.file, "line": error.line}
    wait = {"Retry-After": str(math.ceil(error.wait_s))} if isinstance(error, TooManyTries) else None
    return problem(error.http_status, str(error), kind=f"urn:truceline:{name}", headers=wait, **where)
