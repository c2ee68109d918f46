# SPDX-License-Identifier: Apache-2.0
"""Claims: what a party or third party publicly asserts. A claim is never evidence and never starts a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from truceline.base.clock import iso, utc
from truceline.model.record import Record

Reason = tuple[str, str]
"""A heading and a sentence."""


@dataclass(frozen=True)
class Claim:
    """One public assertion of a count."""

    truce: str
    """Id of the truce it speaks of."""

    claimant: str
    """Who says it, as the source names them."""

    accused: str
    """Who is accused, as the source names them."""

    value: int | None
    """The count; None where only a breakdown was given."""

    qualifier: str
    """``more than``, ``about``… or empty."""

    unit: str
    """What is counted, in the claimant's words."""

    start: datetime | None
    """From when; None where not stated."""

    end: datetime | None
    """Until when; None where not stated."""

    breakdown: Mapping[str, Any]
    """Counts by kind, in the claimant's kinds; never added up by us."""

    outlet: str
    """Who published it."""

    url: str
    """Address of the page that was read, or empty."""

    published: str
    """Date of publication as the page gives it, or empty."""

    confidence: str
    """How well the page supports the number, in words."""

    index: int = -1
    """Ledger index, -1 before."""

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        plain = ("truce", "claimant", "accused", "value", "qualifier", "unit", "outlet", "url")
        body: dict[str, Any] = {k: getattr(self, k) for k in (*plain, "published", "confidence")}
        body["start"] = iso(self.start) if self.start else None
        body["end"] = iso(self.end) if self.end else None
        body["breakdown"] = dict(self.breakdown)
        return Record("claim", body)

    @classmethod
    def from_body(cls, body: Mapping[str, Any], index: int) -> Claim:
        """Return the claim a ledger body describes."""
        times: dict[str, Any] = {k: utc(body[k]) if body[k] else None for k in ("start", "end")}
        return cls(**{**body, **times}, index=index)


class Verdict(StrEnum):
    """What these sensors can say of a claim. Heat never confirms a count: there is no ``confirmed``."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    CANNOT_BE_JUDGED = "cannot be judged"


@dataclass(frozen=True)
class ClaimCheck:
    """One claim beside what was seen."""

    claim: Claim
    """The claim."""

    claimant_party: str | None
    """Party id of the claimant, None for a third party."""

    accused_party: str | None
    """Party id of the accused, None where the name is no party's."""

    verdict: Verdict
    """Consistent, inconsistent, or cannot be judged."""

    reasons: tuple[Reason, ...]
    """(heading, sentence) pairs, most important first."""

    hours: float | None
    """Length of the claimed period that is known, hours."""

    passes: int
    """Satellite passes inside it."""

    pass_hours: float
    """Hours of it within which satellites were passing (from the first to the last pass of each group)."""

    detections_near: int
    """Fire pixels inside it near the line."""

    coverage: float | None
    """Coverage of the period, share of reference acts, None where the period is not known."""

    index: int = -1
    """Ledger index, -1 before."""
