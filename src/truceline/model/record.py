# SPDX-License-Identifier: Apache-2.0
"""What the ledger holds: a kind, an id and a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from truceline.base.ids import content_id

MADE = (
    "run",
    "terms",
    "line",
    "cloud",
    "extent",
    "orbit",
    "detection",
    "surroundings",
    "rejected",
    "denial",
    "look",
    "claim",
    "event",
    "assessment",
    "coverage",
    "estimate",
    "comparison",
    "claim_check",
    "report",
    "gap",
)
"""Kinds that the flow makes, in its order. Who may read what they say: ``access.records``."""

ACTS = (
    "case",
    "announcement",
    "notice",
    "ack",
    "evidence",
    "allegation",
    "reply",
    "request",
    "deadline",
    "conflict",
    "note",
    "approval",
    "finding",
    "vote",
    "remedy",
    "release",
    "redaction",
    "access",
    "log",
    "handover",
    "patrol",
    "mine",
    "account",
    "response",
    "commitment",
    "meeting",
    "dispatch",
)
"""Kinds of what people do, and of who read what. They are shown through the access table only."""

KINDS = (*MADE, *ACTS)
"""Kinds of record."""


@dataclass(frozen=True)
class Record:
    """One record before it has an index."""

    kind: str
    """One of ``KINDS``."""

    body: Mapping[str, Any]
    """JSON value; floats already rounded to what they are worth, so that a re-run gives the same bytes."""

    @cached_property
    def id(self) -> str:
        """The kind and the hash of the canonical body: the same content has the same id."""
        return content_id(self.kind, self.body)


@dataclass(frozen=True)
class Rejected:
    """A row that could not become a detection. It is data, not an exception: nothing vanishes."""

    source: str
    """Name of the source."""

    file: str
    """File's name as the watch names it."""

    line: int
    """Line in the file, counted from 1."""

    reason: str
    """Why, in words, naming the column."""

    raw: str
    """The row as it stood, cut at 500 characters."""

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        body = {k: getattr(self, k) for k in ("source", "file", "line", "reason", "raw")}
        return Record("rejected", body)
