# SPDX-License-Identifier: Apache-2.0
"""Standards of proof as policy objects: what must be on the table before people may say a thing.

A policy is true or false of :class:`Evidence`. It decides nothing by itself: people find. An empty policy cannot be
made; the one that asks for nothing is called :class:`UnsafeNoProof` and must say why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from truceline.errors import Malformed

FACTS: dict[str, str] = {
    "thermal": "heat seen from space",
    "imagery": "an image, optical or radar",
    "acoustic": "sound heard by an array",
    "seismic": "a seismic arrival",
    "radar": "a radar track",
    "video": "video of a drone or camera",
    "radio": "a radio or navigation-signal record",
    "patrol": "a patrol's own observation",
    "inspector_record": "an inspector's signed record",
    "two_inspectors": "signed records of two inspectors",
    "party_report": "a party's report",
    "third_party_report": "a third party's report",
    "admission": "an admission by the party",
    "exceptions_tested": "every exception was tested",
    "notices_matched": "every notice was compared",
    "accused_heard": "the accused was heard",
    "reply_time_over": "the time for a reply ran out",
    "votes": "people voted",
    "attributed": "the author is attributed above the agreement's threshold",
}
"""Words a policy may ask for. An agreement's own vocabulary may add others under ``evidence``."""


@dataclass(frozen=True)
class Evidence:
    """What is on the table."""

    facts: frozenset[str] = frozenset()
    """Words of :data:`FACTS` (or the agreement's own) that hold."""

    items: tuple[tuple[str, str], ...] = ()
    """Each detection or record: its word, and the error family it belongs to."""

    probability: float | None = None
    """Least assessed probability of a breach, None where nobody assessed it."""

    def kinds(self) -> frozenset[str]:
        """Return every word that holds, those of items included."""
        return self.facts | {kind for kind, _ in self.items}


class Policy(Protocol):
    """A standard of proof."""

    def holds(self, evidence: Evidence) -> bool:
        """Return whether the evidence meets it."""

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is missing, in words; empty exactly where it holds."""

    def names(self) -> frozenset[str]:
        """Return every word it asks for."""

    def to_json(self) -> object:
        """Return it as a terms file writes it."""


@dataclass(frozen=True)
class Fact:
    """One word that must hold."""

    name: str
    """The word."""

    def holds(self, evidence: Evidence) -> bool:
        """Return whether it holds."""
        return self.name in evidence.kinds()

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is missing."""
        return () if self.holds(evidence) else (FACTS.get(self.name, self.name.replace("_", " ")),)

    def names(self) -> frozenset[str]:
        """Return the word."""
        return frozenset({self.name})

    def to_json(self) -> object:
        """Return the word."""
        return self.name


@dataclass(frozen=True)
class Probability:
    """The least assessed probability of a breach must reach a share."""

    least: float
    """That share, above 0 and at most 1."""

    def __post_init__(self) -> None:
        if not 0 < self.least <= 1:
            raise Malformed(f"a probability asked for must lie above 0 and at most at 1, not {self.least:g}")

    def holds(self, evidence: Evidence) -> bool:
        """Return whether it is reached; what nobody assessed reaches nothing."""
        return evidence.probability is not None and evidence.probability >= self.least

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is missing."""
        return () if self.holds(evidence) else (f"a probability of {self.least:g} or more",)

    def names(self) -> frozenset[str]:
        """Return no word."""
        return frozenset()

    def to_json(self) -> object:
        """Return it as a terms file writes it."""
        return {"probability": self.least}


def _parts(parts: Iterable[Policy], what: str) -> tuple[Policy, ...]:
    found = tuple(parts)
    if not found:
        raise Malformed(f"{what} of nothing: an empty policy is invalid, for it would always hold or never")
    return found


def _lacking(parts: Iterable[Policy], evidence: Evidence) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for part in parts for word in part.lacking(evidence)))


@dataclass(frozen=True)
class AllOf:
    """Every part must hold."""

    parts: tuple[Policy, ...]
    """At least one."""

    def __post_init__(self) -> None:
        _parts(self.parts, "all_of")

    def holds(self, evidence: Evidence) -> bool:
        """Return whether every part does."""
        return all(part.holds(evidence) for part in self.parts)

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is missing."""
        return _lacking(self.parts, evidence)

    def names(self) -> frozenset[str]:
        """Return the words of all parts."""
        return frozenset().union(*(part.names() for part in self.parts))

    def to_json(self) -> object:
        """Return it as a terms file writes it."""
        return {"all_of": [part.to_json() for part in self.parts]}


@dataclass(frozen=True)
class AnyOf:
    """One part at least must hold."""

    parts: tuple[Policy, ...]
    """At least one."""

    def __post_init__(self) -> None:
        _parts(self.parts, "any_of")

    def holds(self, evidence: Evidence) -> bool:
        """Return whether one does."""
        return any(part.holds(evidence) for part in self.parts)

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is missing."""
        if self.holds(evidence):
            return ()
        return (" or ".join(" and ".join(part.lacking(evidence)) for part in self.parts),)

    def names(self) -> frozenset[str]:
        """Return the words of all parts."""
        return frozenset().union(*(part.names() for part in self.parts))

    def to_json(self) -> object:
        """Return it as a terms file writes it."""
        return {"any_of": [part.to_json() for part in self.parts]}


@dataclass(frozen=True)
class AtLeast:
    """So many of the parts must hold."""

    n: int
    """How many, 1 to their number."""

    parts: tuple[Policy, ...]
    """The parts."""

    def __post_init__(self) -> None:
        _parts(self.parts, "at_least")
        if not 1 <= self.n <= len(self.parts):
            raise Malformed(f"at_least {self.n} of {len(self.parts)}: the number must lie between 1 and that")

    def holds(self, evidence: Evidence) -> bool:
        """Return whether so many do."""
        return sum(part.holds(evidence) for part in self.parts) >= self.n

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is missing."""
        if self.holds(evidence):
            return ()
        more = self.n - sum(part.holds(evidence) for part in self.parts)
        return (f"{more} more of: {'; '.join(_lacking(self.parts, evidence))}",)

    def names(self) -> frozenset[str]:
        """Return the words of all parts."""
        return frozenset().union(*(part.names() for part in self.parts))

    def to_json(self) -> object:
        """Return it as a terms file writes it."""
        return {"at_least": {"n": self.n, "of": [part.to_json() for part in self.parts]}}


@dataclass(frozen=True)
class Independent:
    """Items of so many different error families must be there; what shares its errors counts once."""

    n: int
    """How many families, 1 or more; two is the least that corroborates."""

    of: tuple[str, ...] = field(default=())
    """Words whose items count; empty: all."""

    def __post_init__(self) -> None:
        if self.n < 1:
            raise Malformed(f"independent {self.n}: at least one must be asked for")

    def holds(self, evidence: Evidence) -> bool:
        """Return whether so many families are there."""
        return self._count(evidence) >= self.n

    def _count(self, evidence: Evidence) -> int:
        return len({family for kind, family in evidence.items if not self.of or kind in self.of})

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return what is missing."""
        more = self.n - self._count(evidence)
        return () if more <= 0 else (f"{more} more independent source{'s' if more > 1 else ''}",)

    def names(self) -> frozenset[str]:
        """Return the words it counts."""
        return frozenset(self.of)

    def to_json(self) -> object:
        """Return it as a terms file writes it."""
        return {"independent": {"n": self.n, "of": list(self.of)} if self.of else self.n}


@dataclass(frozen=True)
class UnsafeNoProof:
    """Asks for nothing at all. Unsafe: anything may then be said of anybody."""

    why: str
    """Why somebody wanted it."""

    def holds(self, evidence: Evidence) -> bool:
        """Return True."""
        del evidence  # it asks for none
        return True

    def lacking(self, evidence: Evidence) -> tuple[str, ...]:
        """Return nothing."""
        del evidence  # it asks for none
        return ()

    def names(self) -> frozenset[str]:
        """Return no word."""
        return frozenset()

    def to_json(self) -> object:
        """Return it as a terms file writes it."""
        return {"unsafe_no_proof": self.why}


CLEAR_BREACH: Policy = AllOf(
    (
        AnyOf((Independent(2), Fact("two_inspectors"), Fact("admission"))),
        Fact("exceptions_tested"),
        AnyOf((Fact("accused_heard"), Fact("reply_time_over"))),
        Fact("votes"),
    )
)
"""Default of what a *clear breach* asks for: two independent modalities, or two inspectors' signed records, or an
admission; exceptions tested; the accused heard or the reply time run out; people's votes."""
