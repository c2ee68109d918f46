# SPDX-License-Identifier: Apache-2.0
"""The page with the timeline of duties: each stage, site, limit and schedule by its day, and what it rests on.

It may be handed on: days only, no place of a weapon or site, no serial, and nothing that names a party below the
agreement's threshold (:func:`releasable`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from truceline.lang import catalogue
from truceline.model.agreement import Agreement, Reading
from truceline.model.clauses import Clause, Publication, When
from truceline.model.observed import STATES, Inspection, Observed, Sighting, Spell, State, Strength
from truceline.reports.formats import NBSP, xml
from truceline.reports.html_parts import document, paragraphs, section, table, table_of
from truceline.reports.picture_states import Duty, states_svg
from truceline.scrutiny.tell import Teller

MOST_DUTIES = 40
"""Duties on a page; the others are counted."""

MOST_SPELLS = 240
"""Changes listed on a page, the newest; the earlier ones are counted."""

_STYLE = """
main{max-width:1056px}
td{min-width:110px;overflow-wrap:break-word}
tbody th{min-width:120px}
td b{white-space:nowrap}
.soft{color:var(--text2);font-weight:400}
.wide svg{min-width:700px}
@media print{.wide svg{min-width:0}td,tbody th{min-width:0;padding-right:10px}
table{font-size:8.5pt;line-height:11pt}}
"""


@dataclass(frozen=True)
class Told:
    """What the page is made from."""

    agreement: Agreement
    """The terms."""

    reading: Reading | None
    """The reading they are under; None: the text's own."""

    seen: Observed
    """What was seen and may be shown."""

    states: Sequence[State]
    """Each duty at the moment."""

    spells: Sequence[Spell]
    """How each came to it."""

    now: datetime
    """The moment, UTC."""

    withheld: int = 0
    """Sightings left out by :func:`releasable`."""


def releasable(seen: Observed, rules: Publication) -> tuple[Observed, int]:
    """Return what may be counted against a party beyond analysts and commissioners, and how many sightings may not.

    A sighting counts where whose weapon it is was told with the rules' probability, or by a declared serial.
    """
    kept = tuple(
        each
        for each in seen.sightings
        if each.serial is not None or max((p for _, p in each.p_party), default=0.0) >= rules.name_party_from
    )
    return replace(seen, sightings=kept), len(seen.sightings) - len(kept)


def states_page(told: Told, language: str = "en") -> str:
    """Return the page.

    Args:
        told: states and their timeline, made from what may be shown.
        language: code of the language.

    Raises:
        ConfigError: there is no such language.
    """
    writer = _Writer(told, language)
    words = writer.words
    title = words.say("states.title", title=told.agreement.title)
    counts = Counter(each.state for each in told.states)
    counted = ", ".join(f"{words.texts[f'states.{name}']}{NBSP}{counts[name]}" for name in STATES)
    lead = words.say("states.lead", date=words.date(told.now), counts=counted)
    under = words.texts["states.under_text"]
    if told.reading is not None:
        under = words.say("states.under", name=words.quote(told.reading.name))
    coarse = words.say("states.coarse", share=words.percent(told.agreement.publication.name_party_from))
    held = words.say("states.withheld", n=told.withheld) if told.withheld else ""
    texts = (under, words.texts["states.unseen_is_not_done"], coarse, held)
    head = f'<header><h1>{xml(title)}</h1><p class="lead">{xml(lead)}</p>{paragraphs(*texts)}</header>'
    body = writer.body() if told.states else paragraphs(words.texts["states.none"])
    return document(title, head + body, language=language, skip=words.texts["page.skip"], style=_STYLE)


class _Writer:
    """Writes the parts of one page."""

    def __init__(self, told: Told, language: str) -> None:
        self.told, self.words = told, catalogue(language)
        self.teller = Teller(told.agreement, self.words)
        under = told.reading.clauses if told.reading is not None and told.reading.zones else told.agreement.clauses
        self.clauses: Mapping[str, Clause] = {clause.id: clause for clause in under}
        groups = (told.seen.inspections, told.seen.sightings, told.seen.strengths)
        self.seen: Mapping[str, Inspection | Sighting | Strength] = {each.id: each for g in groups for each in g}
        keys = [(each.clause, each.party) for each in told.states]
        self.kept = keys[:MOST_DUTIES]
        self.left_out = len(keys) - len(self.kept)

    def body(self) -> str:
        """Picture, the states at the moment, and how each came to it."""
        texts = self.words.texts
        more = paragraphs(self.words.say("states.more", n=self.left_out)) if self.left_out else ""
        now = [self._now(each) for each in self.told.states if (each.clause, each.party) in self.kept]
        heads = [texts[f"states.{key}"] for key in ("clause", "state", "party", "by", "why", "evidence")]
        spells = [each for each in self.told.spells if (each.state.clause, each.state.party) in self.kept]
        older = max(0, len(spells) - MOST_SPELLS)
        if older:
            spells = sorted(spells, key=lambda each: each.start)[-MOST_SPELLS:]
        rows = [self._spell(each) for each in spells]
        columns = [texts[f"states.{key}"] for key in ("clause", "state", "party", "from", "to", "why", "evidence")]
        early = paragraphs(self.words.say("states.more_spells", n=older)) if older else ""
        return "".join(
            (
                section(texts["states.picture"], more, self._picture()),
                section(texts["states.now"], table_of(texts["states.now"], heads, now)),
                section(texts["states.spells"], early, table(texts["states.spells"], columns, rows)),
            )
        )

    def _picture(self) -> str:
        duties = [self._duty(*key) for key in self.kept]
        title = self.words.texts["states.picture"]
        said = "; ".join(
            f"{d.name}, {d.party}: {self.words.texts[f'states.{d.spells[-1].state.state}']}" for d in duties if d.spells
        )
        picture = states_svg(duties, self.told.now, self.told.agreement.entry.at, self.words, title, said)
        return f'<figure class="scroll wide" role="region" tabindex="0" aria-label="{xml(title)}">{picture}</figure>'

    def _duty(self, clause: str, party: str) -> Duty:
        spells = tuple(s for s in self.told.spells if (s.state.clause, s.state.party) == (clause, party))
        names = dict.fromkeys(name for spell in spells for name in spell.state.evidence)
        days = [getattr(self.clauses[clause], key, None) for key in ("start_by", "done_by")]
        start, done = (each.at if isinstance(each, When) else None for each in days)
        known = {start, done, self.told.agreement.entry.at, self.told.now}
        spells = tuple(replace(s, start=_coarse(s.start, known), end=_coarse(s.end, known)) for s in spells)
        marks = tuple((type(self.seen[name]).__name__.lower(), _day(self.seen[name].at)) for name in names)
        return Duty(clause, self.teller.who(party), spells, start, done, marks)

    def _now(self, state: State) -> list[str]:
        clause = self.clauses[state.clause]
        name = xml(state.clause)
        text = getattr(clause, "text", "")
        if text:
            name += f'<br><span class="soft">{xml(self.words.quote(text.strip()))}</span>'
        cells = [self.teller.who(state.party), self._by(clause)]
        said = f"<b>{xml(self.words.texts[f'states.{state.state}'])}</b>"
        return [
            name,
            said,
            *(xml(cell) for cell in cells),
            xml(state.told(self.words.code)),
            xml(self._evidence(state)),
        ]

    def _by(self, clause: Clause) -> str:
        """Its days, and which days of the agreement they are."""
        found = []
        for key in ("start_by", "done_by"):
            when = getattr(clause, key, None)
            if not isinstance(when, When):
                continue
            if when.at is None:
                found.append(self.teller.when(when))
                continue
            day = f" ({self.words.say('states.day', n=when.after_hours / 24)})" if when.after_hours is not None else ""
            found.append(self.words.say(f"states.{key}", time=self.teller.moment(when.at)) + day)
        return "; ".join(found) or self.words.texts["words.entry_into_force"]

    def _spell(self, spell: Spell) -> list[str]:
        state = spell.state
        ends = [self.words.date(moment) for moment in (spell.start, spell.end)]
        said = self.words.texts[f"states.{state.state}"]
        return [
            state.clause,
            said,
            self.teller.who(state.party),
            *ends,
            state.told(self.words.code),
            self._evidence(state),
        ]

    def _evidence(self, state: State) -> str:
        return (
            "; ".join(self._seen(self.seen[name], state) for name in state.evidence)
            or self.words.texts["states.nothing"]
        )

    def _seen(self, each: Inspection | Sighting | Strength, state: State) -> str:
        """What was seen, by its day: never where."""
        values: dict[str, object] = {"id": each.id, "date": each.at.date()}
        if isinstance(each, Inspection):
            return self.words.say("states.inspection", **values)
        if isinstance(each, Strength):
            return self.words.say("states.strength", **values, low=round(each.low), high=round(each.high))
        p = each.p_weapon if state.probability is None else state.probability
        return self.words.say(
            "states.sighting", **values, what=self.teller.thing(each.weapon), chance=self.words.chance(p, p)
        )


def _coarse(moment: datetime, known: Collection[datetime | None]) -> datetime:
    """A day of the agreement as it is; any other moment is when something was seen."""
    return moment if moment in known else _day(moment)


def _day(moment: datetime) -> datetime:
    """The middle of its UTC day: no finer is shown."""
    return moment.replace(hour=12, minute=0, second=0, microsecond=0)
