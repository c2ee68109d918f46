# SPDX-License-Identifier: Apache-2.0
"""Where the readings part: one event's assessments side by side, what decides each, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from truceline.assessment.judge import FACTORS
from truceline.lang import Catalogue
from truceline.model.agreement import Agreement, Provision, Reading
from truceline.scrutiny.tell import Teller

BREACH_FROM = 0.8
"""From *very likely* (ICD 203) a reading is said to make the event a breach."""

NONE_UP_TO = 0.05
"""Up to here, *almost no chance* even at the greatest, it is said to make it none."""

KINDS = ("breach", "doubtful", "cannot_tell", "none", "absent")
"""What a reading makes of an event, strongest first; ``absent``: the reading has no such clause."""

_TOLD_FIRST = ("time", *(name for name in FACTORS if name != "time"))
"""Of several factors that each make it none alone, the window is told: it is what can be checked with a clock."""


@dataclass(frozen=True)
class Happened:
    """An event as the sentence needs it."""

    id: str
    """Its id in the file."""

    act: str
    """The act that is most believed; empty: nothing is."""

    first: datetime
    """First moment, UTC, as given: it decides whether a window had ended."""

    last: datetime
    """Last moment, UTC."""

    shown: datetime
    """The first moment as it may be shown, UTC."""


@dataclass(frozen=True)
class Verdict:
    """What one reading makes of one event, under one provision or under all of them."""

    reading: Reading
    """The reading."""

    kind: str
    """One of :data:`KINDS`."""

    provision: Provision | None = None
    """The provision under it; None where it is absent."""

    row: Mapping[str, Any] | None = None
    """The assessment, as ``truceline assess --json`` gives it."""

    decides: str = ""
    """The factor that makes it none or cannot tell: a word of ``FACTORS``."""


def verdict(reading: Reading, provision: str, row: Mapping[str, Any] | None) -> Verdict:
    """Return what a reading makes of an event under a provision; no row: it has no such clause."""
    clause = next((each for each in reading.provisions if each.id == provision), None)
    if clause is None or row is None:
        return Verdict(reading, "absent")
    ends = row["factors"]
    if row["cannot_tell"]:
        return Verdict(
            reading, "cannot_tell", clause, row, max(FACTORS, key=lambda name: ends[name][1] - ends[name][0])
        )
    if row["high"] <= NONE_UP_TO:
        return Verdict(reading, "none", clause, row, min(_TOLD_FIRST, key=lambda name: ends[name][1]))
    return Verdict(reading, "breach" if row["probability"] >= BREACH_FROM else "doubtful", clause, row)


def overall(verdicts: Mapping[str, Sequence[Verdict]]) -> list[Verdict]:
    """Return, reading by reading, the strongest of what it makes of an event under the provisions.

    A reading that makes it none says why under the provision that another reading finds most probably broken.

    Args:
        verdicts: by provision, one for each reading, in one order.
    """

    def rank(one: Verdict) -> tuple[int, float]:
        return KINDS.index(one.kind), -(one.row["high"] if one.row is not None else 0.0)

    columns = [list(each) for each in zip(*verdicts.values(), strict=True)]
    strongest = min(range(len(verdicts)), key=lambda at: min(rank(column[at]) for column in columns))
    found = []
    for column in columns:
        best = min(column, key=rank)
        found.append(column[strongest] if best.kind in ("none", "absent") else best)
    return found


class Parting:
    """Says in one language where the readings of an agreement part."""

    def __init__(self, agreement: Agreement, words: Catalogue) -> None:
        """Take the agreement whose names are used, and the language."""
        self.agreement, self.words = agreement, words
        self.teller = Teller(agreement, words)
        held = [reading.held_by for reading in agreement.readings]
        self._alone = {reading.id for reading in agreement.readings if held.count(reading.held_by) == 1}

    def event(self, event: Happened) -> str:
        """Return what an event is called: its act and about when."""
        act = self.agreement.vocabulary.word(event.act, self.words.code) if event.act else ""
        key = "beside.event" if act else "beside.event_unknown"
        said = (
            self.words.say(key, act=act, time=self.words.moment(event.shown))
            if act
            else self.words.say(key, time=self.words.moment(event.shown))
        )
        return said[:1].upper() + said[1:]

    def sentence(self, event: Happened, verdicts: Sequence[Verdict]) -> str:
        """Return one sentence: which readings make it a breach, which do not and why, which cannot tell and why."""
        ordered = sorted(verdicts, key=lambda one: KINDS.index("none" if one.kind == "absent" else one.kind))
        groups: dict[tuple[str, str], list[Verdict]] = {}
        for one in ordered:
            groups.setdefault(self._outcome(one, event), []).append(one)
        parts = [
            self._part(kind, told or self._range(some), some, len(groups) == 1) for (kind, told), some in groups.items()
        ]
        said = parts[0]
        if len(parts) > 1:
            said = f"{'; '.join(parts[:-1])}; {self.words.texts['format.and']} {parts[-1]}"
        key = "beside.is" if ordered[0].kind == "breach" else "beside.says"
        return self.words.say(key, event=self.event(event), parts=said)

    def chance(self, one: Verdict) -> str:
        """Return the ICD 203 word and the number; what the terms leave open as a range."""
        if one.row is None:
            return ""
        return self.words.chance(*self._ends(one.row))

    def _ends(self, row: Mapping[str, Any]) -> tuple[float, float]:
        point = row["probability"]
        return (row["low"], row["high"]) if point is None else (point, point)

    def _outcome(self, one: Verdict, event: Happened) -> tuple[str, str]:
        """What is said of a verdict beside who holds the reading."""
        if one.kind == "absent":
            return "none", self.words.texts["beside.why_absent"]
        return one.kind, "" if one.kind in ("breach", "doubtful") else self.why(one, event)

    def _range(self, some: Sequence[Verdict]) -> str:
        """From the least to the greatest probability that some readings give."""
        given = [one.row["probability"] for one in some if one.row is not None]
        low, high = (self.words.percent(end(given)) for end in (min, max))
        return low if low == high else self.words.say("format.range", low=low, high=high)

    def why(self, one: Verdict, event: Happened) -> str:
        """Return why a reading makes it none, or cannot tell, as the end of a sentence."""
        say, state = self.words.say, "why" if one.kind == "none" else "open"
        if one.provision is None:
            return self.words.texts["beside.why_absent"]
        window = one.provision.window
        if one.decides == "exceptions":
            grounds = [
                self.words.quote(e.text.strip().rstrip(".")) for e in one.provision.exceptions if _bears(e, event)
            ]
            return say(f"beside.{state}_exceptions", grounds=grounds) if grounds else say(f"beside.{state}_ground")
        if one.decides == "time" and state == "why" and event.first >= window.end:
            return say("beside.why_ended", time=self.words.moment(window.end))
        if one.decides == "time" and state == "why" and event.last < window.start:
            return say("beside.why_not_begun", time=self.words.moment(window.start))
        return self.words.texts[f"beside.{state}_{one.decides}"]

    def _part(self, kind: str, told: str, some: Sequence[Verdict], everybody: bool) -> str:
        reads = self.words.texts["beside.every"] if everybody else self._reads([one.reading for one in some])
        return self.words.say(f"beside.part_{kind}", reads=reads, told=told)

    def _reads(self, readings: Sequence[Reading]) -> str:
        """``as Kyiv reads it``; a reading that is not told by who holds it, by its name."""
        if all(reading.id in self._alone for reading in readings):
            holders = list(dict.fromkeys(name for reading in readings for name in reading.held_by))
            key = "beside.reads_one" if len(holders) == 1 else "beside.reads_many"
            return self.words.say(key, who=self.teller.who(holders))
        return self.words.say("beside.reads_named", names=[self.words.quote(reading.name) for reading in readings])


def _bears(exception: Any, event: Happened) -> bool:
    """Whether an exception can bear on an event at all, by its window."""
    window = exception.window
    return window is None or (event.last >= window.start and event.first < window.end)
