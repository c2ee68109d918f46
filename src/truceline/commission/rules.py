# SPDX-License-Identifier: Apache-2.0
"""What an agreement says of its commission, in the form that cases are judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from truceline.model.agreement import Agreement, Reading
from truceline.model.clauses import DEFAULT_ATTRIBUTION, DEFAULT_PUBLICATION, Attribution, Member, Publication
from truceline.model.proof import CLEAR_BREACH, AllOf, Fact, Independent, Policy

NOTICE_WITHIN = timedelta(minutes=15)
"""How soon both liaisons must have a notice of a corroborated event or a call."""

CORROBORATED: Policy = Independent(2)
"""Least for ``corroborated``: two independent modalities (MISSION section 4)."""

VERIFIED: Policy = AllOf((Independent(1), Fact("exceptions_tested"), Fact("notices_matched")))
"""Least for ``verified breach``: the provision and its exceptions tested (MISSION section 4)."""

FLOOR: Mapping[str, Policy] = {
    "corroborated": CORROBORATED,
    "verified breach": VERIFIED,
    "clear breach": CLEAR_BREACH,
}
"""What no agreement can lower: its own standards are asked for beside these, never instead of them."""


@dataclass(frozen=True)
class Rules:
    """Composition, quorum, decision, clocks and standards of one agreement."""

    parties: tuple[str, ...]
    """Ids of the parties."""

    seats: Mapping[str, Member] = field(default_factory=dict)
    """Voting seats by id."""

    quorum: int | None = None
    """Votes (abstentions included) without which nothing is found; None: the terms do not say."""

    rule: str | None = None
    """``consensus``, ``majority`` or ``chair``; None: the terms do not say."""

    recused: str = "none"
    """Seats that may not vote: ``accused`` (those the accused sends), ``parties``, or ``none``."""

    reply_hours: float | None = None
    """Time the accused has to reply, hours; None: the terms do not say."""

    rectification_hours: float | None = None
    """Time to put a thing right, hours."""

    standards: Mapping[str, tuple[Policy, ...]] = field(default_factory=dict)
    """Per status: the agreement's own standards, beside :data:`FLOOR`."""

    attribution: Attribution = DEFAULT_ATTRIBUTION
    """Thresholds of the attribution axis."""

    publication: Publication = DEFAULT_PUBLICATION
    """Release and delay rules."""

    readings: frozenset[str] = frozenset()
    """Readings that a finding can be made under; empty: not known here."""

    clauses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Provisions and other clauses by id, each with the acts that it is about; empty: not known here."""

    not_recognising: frozenset[str] = frozenset()
    """Parties that do not recognise the mechanism. They are served by publication, and their clocks run."""

    @property
    def chair(self) -> str | None:
        """Seat of the chair."""
        return next((seat for seat, member in self.seats.items() if member.role == "chair"), None)

    def barred(self, accused: tuple[str, ...], complainant: str | None) -> frozenset[str]:
        """Return the seats that may not vote on a case by the agreement's own rule."""
        if self.recused == "parties":
            out = frozenset(self.parties)
        elif self.recused == "accused":
            # The complainant's seat goes with that of the accused: one may not judge alone what both dispute.
            out = frozenset((*accused, *((complainant,) if complainant else ())))
        else:
            return frozenset()
        return frozenset(seat for seat, member in self.seats.items() if member.of in out)

    def threshold(self, level: str, clauses: Iterable[str] = ()) -> float:
        """Return the least probability of ``likely`` or ``attributed`` for what clauses are about.

        Where the terms set other thresholds for some acts, the strictest of those the clauses name decides; where
        nobody can tell which acts they name, the strictest of all.
        """
        common = self.attribution.likely if level == "likely" else self.attribution.attributed
        own = {act: likely if level == "likely" else most for act, likely, most in self.attribution.acts}
        acts = {act for clause in clauses for act in self.clauses.get(clause, ())}
        return max((own.get(act, common) for act in acts), default=max(common, *own.values()) if own else common)


def rules_of(agreement: Agreement) -> Rules:
    """Return what an agreement says of its commission; what it does not say stays None and stops what needs it."""
    said = agreement.commission
    standards: dict[str, tuple[Policy, ...]] = {}
    for standard in agreement.standards:
        status = standard.of.replace("_", " ")
        standards[status] = (*standards.get(status, ()), standard.policy)
    return Rules(
        parties=tuple(party.id for party in agreement.parties),
        seats={member.id: member for member in said.members if member.role != "observer"},
        quorum=said.quorum,
        rule=said.rule,
        recused=said.recused or "none",
        reply_hours=said.reply_hours,
        rectification_hours=said.rectification_hours,
        standards=standards,
        attribution=agreement.attribution,
        publication=agreement.publication,
        not_recognising=frozenset(p.id for p in agreement.parties if p.recognises_mechanism is False),
        readings=frozenset(reading.id for reading in agreement.readings),
        clauses=_clauses(agreement),
    )


def _clauses(agreement: Agreement) -> dict[str, frozenset[str]]:
    """Every clause that a case can be about, under any reading, with the acts that it names."""
    found: dict[str, frozenset[str]] = {}
    texts: tuple[Agreement | Reading, ...] = (agreement, *agreement.readings)
    for text in texts:
        for clause in text.clauses:
            found.setdefault(clause.id, frozenset())
        for provision in text.provisions:
            found[provision.id] = found.get(provision.id, frozenset()) | agreement.vocabulary.expand(provision.acts)
    return found
