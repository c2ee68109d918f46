# SPDX-License-Identifier: Apache-2.0
"""The response over the API: the board, its clocks, moves, replay, a state's page."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from truceline.client.line import Line
from truceline.wire import response as told


class Response:
    """What a duty officer, a commissioner or the secretariat looks at and does."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def board(self) -> told.Board:
        """Return the board as far as I may see it; its ``version`` is what :meth:`move` takes as ``seen``."""
        return self._line.get(told.Board, "/response")

    def clocks(self) -> told.Clocks:
        """Return the clocks alone."""
        return self._line.get(told.Clocks, "/response/clocks")

    def moves(self) -> Iterator[told.Move]:
        """Yield the moves that I may see, in their order."""
        for page in self._line.pages(told.Moves, "/response/moves"):
            yield from page.moves

    def replay(self, had: str = "determination") -> told.Replay:
        """Return the response replayed, and what would differ had every clock counted from ``had``."""
        return self._line.get(told.Replay, "/response/replay", had=had)

    def state(self, state: str) -> told.State:
        """Return a state's page: what it promised, what is asked of it, by when, who decides."""
        return self._line.get(told.State, f"/response/states/{state}")

    def move(
        self, kind: str, reason: str, data: Mapping[str, Any], *, seen: int | None = None, key: str | None = None
    ) -> told.Moved:
        """Make one move (docs/reference/response-acts.md).

        Args:
            kind: kind of move.
            reason: why; it stands in the ledger.
            data: what the kind of move needs.
            seen: version of the board I decided upon; if it has changed since, nothing is done. None: whatever it is.
            key: idempotency key; None: one for this call.

        Raises:
            Outdated: something happened since ``seen``.
        """
        headers = {"Idempotency-Key": key or secrets.token_urlsafe(18)}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        body = {"kind": kind, "reason": reason, "data": dict(data)}
        return told.Moved.model_validate_json(
            self._line.send("POST", "/response/moves", json=body, headers=headers).content
        )
