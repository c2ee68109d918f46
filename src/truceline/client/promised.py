# SPDX-License-Identifier: Apache-2.0
"""The register of commitments and the meetings over the API, as of any day."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from truceline.client.line import Line
from truceline.wire import register as told


class Register:
    """Who promised what; ``on`` and ``known`` are dates such as 2026-01-06, or moments with their zone."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def overview(self, on: str | None = None, known: str | None = None) -> told.Register:
        """Return states with the stages of what they said, who has not said, and what does not fit together."""
        return self._line.get(told.Register, "/register", on=on, known=known)

    def commitments(self, **which: str | None) -> Iterator[told.Commitment]:
        """Yield the commitments I may read; ``state``, ``kind``, ``step``, ``on``, ``known`` narrow them."""
        for page in self._line.pages(told.Commitments, "/commitments", **which):
            yield from page.commitments

    def commitment(self, commitment: str, on: str | None = None, known: str | None = None) -> told.Commitment:
        """Return one commitment with its history."""
        return self._line.get(told.Commitment, f"/commitments/{commitment}", on=on, known=known)

    def flags(self, on: str | None = None) -> list[told.Flag]:
        """Return what does not fit together, and what would mend it."""
        return self._line.get(told.Flags, "/register/flags", on=on).flags

    def meeting(self, meeting: str, on: str | None = None) -> told.Meeting:
        """Return one meeting."""
        return self._line.get(told.Meeting, f"/meetings/{meeting}", on=on)

    def sides(self, on: str | None = None) -> told.Sides:
        """Return what binds only one side."""
        return self._line.get(told.Sides, "/register/sides", on=on)

    def meetings(self, on: str | None = None) -> Iterator[told.Meeting]:
        """Yield meetings and statements, in their order."""
        for page in self._line.pages(told.Meetings, "/meetings", on=on):
            yield from page.meetings

    def post(
        self, reason: str, entries: Mapping[str, Any], *, seen: int | None = None, key: str | None = None
    ) -> told.Posted:
        """Post what a register file would say (docs/reference/register.md), all or none.

        Raises:
            Outdated: something was posted since the version ``seen``.
        """
        headers = {"Idempotency-Key": key or secrets.token_urlsafe(18)}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        body = {"reason": reason, "entries": dict(entries)}
        sent = self._line.send("POST", "/register/postings", json=body, headers=headers)
        return told.Posted.model_validate_json(sent.content)
