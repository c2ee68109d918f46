# SPDX-License-Identifier: Apache-2.0
"""Messages to people outside, and the calls of an office's telephone tree, over the API.

A call is begun once: whether an answer that got lost was of a call that began, the list of calls says.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel

from truceline.client.line import Line
from truceline.wire import messages as told

Answer = TypeVar("Answer", bound=BaseModel)


class Messages:
    """What people outside were told, and who is to be rung."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def _post(self, form: type[Answer], path: str, **said: Any) -> Answer:
        body = {"json": said} if said else {}
        return form.model_validate_json(self._line.send("POST", path, tries=1, **body).content)

    def all(self) -> told.Messages:
        """Return the messages that came to my office, or all to those who keep the watch, with whom to ring."""
        return self._line.get(told.Messages, "/messages")

    def message(self, message: str) -> told.WholeMessage:
        """Return one message with its text, and what became of it."""
        return self._line.get(told.WholeMessage, f"/messages/{message}")

    def acknowledge(self, message: str) -> told.Message:
        """Say that my office has a message."""
        return self._post(told.Message, f"/messages/{message}/acknowledgement")

    def retry(self, message: str) -> told.Message:
        """Let every way of a message that is not proved begin anew."""
        return self._post(told.Message, f"/messages/{message}/retry")

    def ring(self, office: str) -> told.Ringing:
        """Begin a call to the next of an office's telephone tree."""
        return self._post(told.Ringing, "/calls", office=office)

    def said(self, call: str, result: str) -> told.Call:
        """Say what came of a call."""
        return self._post(told.Call, f"/calls/{call}/result", result=result)

    def called_back(self, call: str, code: str, totp: str) -> told.Call:
        """Take the two codes of a person who called back, or one's own."""
        return self._post(told.Call, f"/calls/{call}/confirmation", code=code, totp=totp)
