# SPDX-License-Identifier: Apache-2.0
"""Which resource of the table a record that the program made falls under: who may read its body.

Everybody may know that a record is there and check its way to the signed root, for leaves are salted commitments; what
it says, and of which kind it is, is told to those whom the table lets read it.
"""

from __future__ import annotations

from collections.abc import Mapping

from truceline.access.check import Thing, decide
from truceline.model.case import Actor

SAYS: Mapping[str, str] = {
    "run": "ledger",
    "terms": "terms",
    "line": "terms",
    "extent": "terms",
    "cloud": "bulletin",
    "claim": "claim",
    "detection": "detection",
    "surroundings": "detection",
    "rejected": "detection",
    "denial": "look",
    "look": "look",
    "orbit": "look",
    "event": "event",
    "assessment": "assessment",
    "coverage": "coverage",
    "comparison": "coverage",
    "estimate": "coverage",
    "claim_check": "coverage",
    "gap": "coverage",
    "report": "look",
}
"""Resource of each kind that the program makes."""

WHEN_OLD = frozenset({"comparison", "estimate", "report"})
"""Kinds that tell of coverage only as a whole: they are the bulletin's once all of it is old enough to be told."""

EXACT = ("event", "detection", "look", "coverage")
"""What the monitors' page shows as it was measured."""


def _may(actor: Actor, resource: str) -> bool:
    level = "public" if resource in ("ledger", "terms", "bulletin", "claim") else "restricted"
    return decide(actor, "read", Thing(resource, level)).allowed


def may_read(actor: Actor, kind: str, *, old: bool) -> bool:
    """Return whether a person may read the body of a record of some kind; ``old``: all coverage may be told."""
    resource = "bulletin" if old and kind in WHEN_OLD else SAYS.get(kind)
    return resource is not None and _may(actor, resource)


def sees_exact(actor: Actor) -> bool:
    """Return whether a person may have the monitors' page: events, detections, looks and coverage as measured."""
    return all(_may(actor, resource) for resource in EXACT)
