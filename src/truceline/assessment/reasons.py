# SPDX-License-Identifier: Apache-2.0
"""Reasons as one paragraph in a reader's language, and the evidence that would change a probability most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from truceline.assessment.factors import Range
from truceline.assessment.judge import FACTORS, Judge, Pair
from truceline.lang import Catalogue
from truceline.model.agreement import LATEST

_FEW = 6
"""So many words of a list are written out."""


@dataclass(frozen=True)
class Change:
    """What evidence would change a probability most."""

    factor: str
    """Which factor it would settle."""

    low: float
    """The probability if it settles it one way."""

    high: float
    """The probability if it settles it the other way."""


def changes(pair: Pair) -> list[Change | None]:
    """Return for each event the factor whose settling is expected to move the probability most; None: nothing would.

    A factor that the belief puts at p would turn out 1 with chance p, else 0; one left open would turn out at either
    end of its range. The factor with the greatest expected change counts; of equals the first of :data:`FACTORS`.
    """
    middle = {name: np.where(np.isnan(r.point), (r.low + r.high) / 2, r.point) for name, r in pair.factor.items()}
    best = np.zeros(len(middle["act"]))
    found: list[Change | None] = [None] * len(best)
    for name in FACTORS:
        rest = np.prod([value for other, value in middle.items() if other != name], axis=0)
        one = pair.factor[name]
        settled, left = 2 * rest * middle[name] * (1 - middle[name]), rest * (one.high - one.low) / 2
        open_ = np.isnan(one.point) | (left > settled)
        gain = np.round(np.where(open_, left, settled), 9)
        low, high = np.where(open_, rest * one.low, 0.0), np.where(open_, rest * one.high, rest)
        for row in np.flatnonzero(gain > best).tolist():
            found[row] = Change(name, float(low[row]), float(high[row]))
        best = np.maximum(best, gain)
    return found


class Writer:
    """Writes the paragraph of each event under one provision and reading."""

    def __init__(self, judge: Judge, pair: Pair, words: Catalogue) -> None:
        self.judge, self.pair, self.words = judge, pair, words
        self.vocabulary = judge.agreement.vocabulary
        self.said: dict[Any, str] = {}

    def paragraph(self, row: int, probability: float | None, change: Change | None) -> str:
        """Return the reasons of one event."""
        parts = [self._verdict(row, probability)]
        if self.pair.provision.rule == "permitted":
            return f"{parts[0]} {self.words.say('reasons.permits')}"
        parts += [self._factor(name, row) for name in FACTORS]
        parts.append(self._change(change))
        return " ".join(part for part in parts if part)

    def _verdict(self, row: int, probability: float | None) -> str:
        names = {"provision": self.pair.provision.id, "reading": self.words.quote(self.pair.reading.name)}
        names["version"] = self.judge.agreement.version
        if probability is None:
            low, high = (float(self.pair.product(end)[row]) for end in ("low", "high"))
            return self.words.say("reasons.cannot_tell", **names, chance=self.words.chance(low, high))
        return self.words.say("reasons.verdict", **names, chance=self.words.chance(probability, probability))

    def _factor(self, name: str, row: int) -> str:
        one = self.pair.factor[name]
        low, high = round(float(one.low[row]), 3), round(float(one.high[row]), 3)
        key = (name, low, high, bool(math.isnan(one.point[row])))
        if key not in self.said:
            self.said[key] = getattr(self, f"_{name}")(one, row, self.words.chance(low, high), (low, high))
        return self.said[key]

    def _list(self, names: Sequence[str], joined: str) -> str:
        said = [self.vocabulary.word(name, self.words.code) for name in names[:_FEW]]
        if len(names) > _FEW:
            said.append(self.words.say("reasons.more", n=len(names) - _FEW))
        return self.words.join(said, joined)

    def _act(self, one: Range, row: int, chance: str, ends: tuple[float, float]) -> str:
        if "acts" in self.pair.provision.unknown:
            return self.words.say("reasons.acts_unknown")
        acts = self._list(self.pair.provision.acts, "or")
        if ends == (0.0, 1.0) and math.isnan(one.point[row]):
            return self.words.say("reasons.act_silent", acts=acts)
        key = "reasons.act_open" if ends[0] < ends[1] else "reasons.act"
        return self.words.say(key, acts=acts, chance=chance)

    def _weapon(self, one: Range, row: int, chance: str, ends: tuple[float, float]) -> str:
        del one, row
        if "weapons" in self.pair.provision.unknown:
            return self.words.say("reasons.weapons_unknown")
        if not self.pair.provision.weapons:
            return ""
        key = "reasons.weapon_silent" if ends == (0.0, 1.0) else "reasons.weapon"
        weapons = self._list(self.pair.provision.weapons, "or")
        values = {"weapons": weapons} if ends == (0.0, 1.0) else {"weapons": weapons, "chance": chance}
        return self.words.say(key, **values)

    def _actor(self, one: Range, row: int, chance: str, ends: tuple[float, float]) -> str:
        del one, row
        bound, parties = len(self.pair.provision.actors), len(self.judge.agreement.parties)
        if "actors" in self.pair.provision.unknown:
            return self.words.say("reasons.actors_unknown")
        if ends == (1.0, 1.0) and bound >= parties:
            return self.words.say("reasons.actor_all")
        if ends == (0.0, 1.0):
            return self.words.say("reasons.actor_silent", bound=bound, parties=parties)
        return self.words.say("reasons.actor", bound=bound, parties=parties, chance=chance)

    def _place(self, one: Range, row: int, chance: str, ends: tuple[float, float]) -> str:
        del one, row
        zone = self.judge.zone(self.pair.reading, self.pair.provision.zone)
        if zone is None or "zone" in self.pair.provision.unknown:
            return self.words.say("reasons.zone_unknown")
        if zone.shape == "everywhere":
            return self.words.say("reasons.everywhere")
        if ends == (0.0, 1.0) and zone.shape != "objects":
            no_line = zone.shape == "band" and zone.side is None
            return self.words.say("reasons.place_no_line" if no_line else "reasons.place_unknown", zone=zone.id)
        key = "reasons.place_open" if ends[0] < ends[1] else "reasons.place"
        return self.words.say(key, zone=zone.id, chance=chance)

    def _time(self, one: Range, row: int, chance: str, ends: tuple[float, float]) -> str:
        del one, row, ends
        if "window" in self.pair.provision.unknown:
            return self.words.say("reasons.window_unknown")
        window = self.pair.provision.window
        offset = self.judge.agreement.local_offset_hours
        if window.end >= LATEST:
            said = self.words.say("format.stretch_from", start=self.words.moment(window.start, offset))
        else:
            said = self.words.stretch(window, offset)
        return self.words.say("reasons.time", window=said, chance=chance)

    def _exceptions(self, one: Range, row: int, chance: str, ends: tuple[float, float]) -> str:
        del row
        grounds = [ground.text.strip().rstrip(".") for ground in self.pair.grounds]
        if not grounds:
            return self.words.say("reasons.no_exception")
        said = self.words.join([self.words.quote(text) for text in grounds[:_FEW]])
        del one
        if ends[1] <= 0.0:
            return self.words.say("reasons.excused", grounds=said)
        return self.words.say("reasons.exceptions", grounds=said, chance=chance)

    def _change(self, change: Change | None) -> str:
        if change is None:
            return self.words.say("reasons.nothing_changes")
        ends = {"low": self.words.percent(change.low), "high": self.words.percent(change.high)}
        return self.words.say("reasons.change", factor=self.words.say(f"reasons.factor_{change.factor}"), **ends)
