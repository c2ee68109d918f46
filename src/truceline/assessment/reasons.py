# SPDX-License-Identifier: Apache-2.0
"""Reasons as one paragraph in a reader's language, and the evidence that would change a probability most."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.assessment.factors import Range
from truceline.assessment.judge import FACTORS, Judge, Pair
from truceline.base.geo import Floats
from truceline.lang import Catalogue
from truceline.model.agreement import LATEST
from truceline.model.notice import Notified

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


@dataclass(frozen=True, eq=False)
class Changes:
    """The same for n events."""

    factor: npt.NDArray[np.int8]
    """Position of the factor in :data:`FACTORS`; -1: no evidence would change it."""

    low: Floats
    """The probability if it is settled one way."""

    high: Floats
    """The probability if it is settled the other way."""

    def one(self, row: int) -> Change | None:
        """Return what would change one event's probability."""
        number = int(self.factor[row])
        return None if number < 0 else Change(FACTORS[number], float(self.low[row]), float(self.high[row]))


def changes(pair: Pair) -> Changes:
    """Return for each event the factor whose settling is expected to move the probability most; none: nothing would.

    A factor that the belief puts at p would turn out 1 with chance p, else 0; one left open would turn out at either
    end of its range. The factor with the greatest expected change counts; of equals the first of :data:`FACTORS`.
    """
    middle = {name: np.where(np.isnan(r.point), (r.low + r.high) / 2, r.point) for name, r in pair.factor.items()}
    count = len(middle["act"])
    best, lows, highs = np.zeros(count), np.zeros(count), np.zeros(count)
    which = np.full(count, -1, np.int8)
    for number, name in enumerate(FACTORS):
        rest = np.prod([value for other, value in middle.items() if other != name], axis=0)
        one = pair.factor[name]
        settled, left = 2 * rest * middle[name] * (1 - middle[name]), rest * (one.high - one.low) / 2
        open_ = np.isnan(one.point) | (left > settled)
        gain = np.round(np.where(open_, left, settled), 9)
        better = gain > best
        which[better] = number
        lows = np.where(better, np.where(open_, rest * one.low, 0.0), lows)
        highs = np.where(better, np.where(open_, rest * one.high, rest), highs)
        best = np.maximum(best, gain)
    return Changes(which, lows, highs)


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence for each of n events, each distinct one written once."""

    texts: list[str]
    """The distinct sentences; empty: nothing is said."""

    codes: npt.NDArray[np.intp]
    """(n,) which of them each event has."""

    def each(self, start: int, end: int) -> list[str]:
        """Return the sentences of some events."""
        texts = np.array(self.texts, dtype=object)
        return list(texts[self.codes[start:end]])


def said(keys: npt.NDArray[Any], write: Callable[[int], str]) -> Said:
    """Return what ``write`` says of the first event of each distinct key, for all that have it."""
    _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
    return Said([write(row) for row in first.tolist()], codes)


_GRAINS = 103


def _grain(share: Floats) -> npt.NDArray[np.int64]:
    """A number for each way in which a share reads in words: 101 percentages, under 1 % and over 99 %."""
    found = np.rint(share * 100).astype(np.int64)
    found[(share > 0) & (share < 0.005)] = 101
    found[(share >= 0.995) & (share < 1)] = 102
    return found


class Writer:
    """Writes the paragraph of each event under one provision and reading, sentence by sentence."""

    def __init__(self, judge: Judge, pair: Pair, words: Catalogue) -> None:
        self.judge, self.pair, self.words = judge, pair, words
        self.vocabulary = judge.agreement.vocabulary

    def sentences(self, probability: Floats, low: Floats, high: Floats, change: Changes) -> list[Said]:
        """Return the reasons: sentences that, joined by blanks, are each event's paragraph; empty ones are left out.

        Args:
            probability: (n,) of a breach; NaN: cannot tell.
            low: (n,) least.
            high: (n,) greatest.
            change: what would change it.
        """
        open_ = np.isnan(probability)
        keys = np.where(open_, _GRAINS * (1 + _grain(low)) + _grain(high), _grain(np.nan_to_num(probability)))

        def verdict(row: int) -> str:
            return self._verdict(None if open_[row] else float(probability[row]), float(low[row]), float(high[row]))

        found = [said(keys.astype(np.uint16), verdict)]
        if self.pair.provision.rule == "permitted":
            permits = self.words.say("reasons.permits")
            return [*found, Said([permits], np.zeros(len(keys), np.intp))]
        found += [self._sentences(name) for name in FACTORS]
        changed = ((change.factor + 1) * _GRAINS + _grain(change.low)) * _GRAINS + _grain(change.high)
        return [*found, said(changed, lambda row: self._change(change.one(row)))]

    def _sentences(self, name: str) -> Said:
        one = self.pair.factor[name]
        low, high = np.round(one.low, 3), np.round(one.high, 3)
        both = (_grain(low) * _GRAINS + _grain(high)) * 4 + 2 * (low < high) + np.isnan(one.point)
        if name != "exceptions":
            return said(both.astype(np.uint16), lambda row: self._factor(name, row))
        named = [ground.excused.high > 0 for ground in self.pair.grounds if ground.kind != "exception"]
        named += [some.share.high > 0 for ground in self.pair.grounds for some in ground.notified]
        for some in named:
            _, both = np.unique(both * 2 + some, return_inverse=True)
        return said(both, lambda row: self._factor(name, row))

    def _verdict(self, probability: float | None, low: float, high: float) -> str:
        names = {"provision": self.pair.provision.id, "reading": self.words.quote(self.pair.reading.name)}
        names["version"] = self.judge.agreement.version
        if probability is None:
            return self.words.say("reasons.cannot_tell", **names, chance=self.words.chance(low, high))
        return self.words.say("reasons.verdict", **names, chance=self.words.chance(probability, probability))

    def _factor(self, name: str, row: int) -> str:
        one = self.pair.factor[name]
        low, high = round(float(one.low[row]), 3), round(float(one.high[row]), 3)
        return str(getattr(self, f"_{name}")(one, row, self.words.chance(low, high), (low, high)))

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
        # An exception of the clause is always named; what else may permit an act, where it may permit this one.
        mine = [g for g in self.pair.grounds if g.kind == "exception" or g.excused.high[row] > 0]
        grounds = [ground.text.strip().rstrip(".") for ground in mine]
        told = "".join(f" {self._notified(some)}" for some in self.pair.notified(row)[:_FEW])
        if not grounds:
            return self.words.say("reasons.no_exception") + told
        said = self.words.join([self.words.quote(text) for text in grounds[:_FEW]])
        del one
        if ends[1] <= 0.0:
            return self.words.say("reasons.excused", grounds=said) + told
        return self.words.say("reasons.exceptions", grounds=said, chance=chance) + told

    def _notified(self, some: Notified) -> str:
        """What a notice is worth here, and by how many hours it was late."""
        key = f"reasons.notified_{some.state}"
        late = {"hours": some.late_by} if "hours" in self.words.places(key) else {}
        return self.words.say(key, notice=some.id, **late)

    def _change(self, change: Change | None) -> str:
        if change is None:
            return self.words.say("reasons.nothing_changes")
        ends = {"low": self.words.percent(change.low), "high": self.words.percent(change.high)}
        return self.words.say("reasons.change", factor=self.words.say(f"reasons.factor_{change.factor}"), **ends)
