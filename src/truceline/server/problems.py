# SPDX-License-Identifier: Apache-2.0
"""Every refusal as ``application/problem+json`` (RFC 9457); our own errors by the one table in ``errors``."""

from __future__ import annotations

import json
import re

from starlette.responses import Response

from truceline.errors import TrucelineError

TITLES = {
    403: "May be forged",
    404: "Not here",
    405: "Only reading is possible",
    409: "Does not fit what the ledger holds",
    421: "Not addressed to this machine",
    422: "Not understood",
    500: "Cannot go on",
    503: "Not available",
}


def problem(status: int, detail: str, *, kind: str = "about:blank") -> Response:
    """Return a problem document; ``detail`` is one sentence for a person."""
    value = {"type": kind, "title": TITLES.get(status, "Refused"), "status": status, "detail": detail}
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = {"Cache-Control": "no-store"}
    if status == 405:
        headers["Allow"] = "GET, HEAD"
    return Response(body, status, headers, "application/problem+json")


def problem_of(error: TrucelineError) -> Response:
    """Return the problem document of one of our errors; its class names the type (``urn:truceline:root-mismatch``)."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    return problem(error.http_status, str(error), kind=f"urn:truceline:{name}")
