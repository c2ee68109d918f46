# SPDX-License-Identifier: Apache-2.0
"""The line to a server: sends until there is an answer that means something, and reads answers in their forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from truceline.client.trouble import error_of
from truceline.errors import TrucelineError, UnavailableError

Answer = TypeVar("Answer", bound=BaseModel)

TRIES = 4
"""How often a request is sent at most."""

PAUSE = 0.25
"""Seconds before the second try; twice as many before each further one."""

AGAIN = (429, 502, 503, 504)
"""Refusals that may be over soon."""


class Line:
    """An open line, and how it waits between tries."""

    def __init__(self, http: httpx.Client, wait: Callable[[float], None]) -> None:
        self.http = http
        self.wait = wait

    def send(self, method: str, path: str, *, tries: int = TRIES, **what: Any) -> httpx.Response:
        """Return the answer to a request, sent up to ``tries`` times: once where doing it twice would matter.

        Raises:
            TrucelineError: the server refuses; of the kind it names.
            UnavailableError: it cannot be reached.
        """
        lost: TrucelineError
        for again in range(tries):
            if again:
                self.wait(PAUSE * 2 ** (again - 1))
            try:
                answer = self.http.request(method, path, **what)
            except httpx.TransportError as error:
                lost = UnavailableError(f"the server cannot be reached: {error}")
                lost.__cause__ = error
                continue
            if answer.is_success:
                return answer
            lost = error_of(answer)
            if answer.status_code not in AGAIN:
                break
        raise lost

    def get(self, form: type[Answer], path: str, **asked: Any) -> Answer:
        """Return an answer in its form; ``asked`` are the questions, None: not asked."""
        given = {name: value for name, value in asked.items() if value is not None}
        return form.model_validate_json(self.send("GET", path, params=given).content)

    def pages(self, form: type[Answer], path: str, **asked: Any) -> Iterator[Answer]:
        """Yield one page after the other; what comes in meanwhile neither doubles nor hides anything."""
        cursor: str | None = None
        while True:
            page = self.get(form, path, **asked, cursor=cursor)
            yield page
            cursor = getattr(page, "next", None)
            if cursor is None:
                return
