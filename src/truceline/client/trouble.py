# SPDX-License-Identifier: Apache-2.0
"""A refusal of the server as the error of ours that it stands for."""

from __future__ import annotations

import re
from typing import Any

import httpx

from truceline import errors
from truceline.errors import AccessError, InputError, NotHere, NotSignedIn, StateError, TrucelineError, UnavailableError

_PREFIX = "urn:truceline:"
_BY_NAME = {
    re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(): value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, TrucelineError)
}
_BY_STATUS = {401: NotSignedIn, 403: AccessError, 404: NotHere, 409: StateError, 429: UnavailableError}
"""For refusals that name no kind of error: those of the server's door."""


def error_of(answer: httpx.Response) -> TrucelineError:
    """Return the error that a refusal stands for; what is no problem document is told by its status."""
    try:
        said: Any = answer.json()
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    kind = _BY_NAME.get(str(said.get("type", "")).removeprefix(_PREFIX))
    if kind is None:
        unable = UnavailableError if answer.status_code >= 500 else InputError
        kind = _BY_STATUS.get(answer.status_code, unable)
    made = kind.__new__(kind)
    # Some kinds need more to be made than a refusal says; what all of them hold is said here.
    TrucelineError.__init__(made, str(said.get("detail") or f"the server answered {answer.status_code}"))
    made.record = said.get("record")
    return made
