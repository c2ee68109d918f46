# SPDX-License-Identifier: Apache-2.0
"""Assessments of some events under every provision and reading of an agreement, as JSON lines and as a table.

What is the same for many rows is written once: a sentence for each way in which its numbers read, a pair of numbers
for each that occurs. So a row is a join of texts that are there already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from truceline.assessment import factors
from truceline.assessment.judge import FACTORS, Judge, Pair
from truceline.assessment.reasons import Said, Writer, changes, said
from truceline.base.geo import Floats
from truceline.lang import Catalogue

DIGITS = 6
"""Probabilities are rounded to so many digits."""

ROWS = 50_000
"""Rows made in one go, to bound memory: some 50 MB of text."""

_TEXTS = ("event", "provision", "reading", "agreement", "clause_version", "status", "attribution", "reasons")
_SCHEMA = pa.schema(
    [(name, pa.string()) for name in _TEXTS]
    + [(name, pa.float64()) for name in ("probability", "low", "high")]
    + [("cannot_tell", pa.bool_()), ("would_change", pa.string())]
)


def encoded(value: Any) -> str:
    """Return compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class Sheet:
    """All assessments of n events under p pairs of provision and reading."""

    schema = _SCHEMA
    """Columns of its tables."""

    def __init__(self, judge: Judge, pairs: Sequence[Pair], ids: Sequence[str], words: Catalogue) -> None:
        self.ids = list(ids)
        self._status = [status.value for status in factors.statuses(judge.events)]
        self._agreement = judge.agreement.id
        self._columns = [_Column(judge, pair, words) for pair in pairs]

    def __len__(self) -> int:
        return len(self.ids) * len(self._columns)

    def _slices(self) -> Iterator[tuple[int, int]]:
        step = max(1, ROWS // max(1, len(self._columns)))
        for start in range(0, len(self.ids), step):
            yield start, min(start + step, len(self.ids))

    def lines(self) -> Iterator[str]:
        """Yield one JSON object a row: events in their order, then provisions, then readings."""
        for start, end in self._slices():
            names = list(map(encoded, self.ids[start:end]))
            status = self._status[start:end]
            columns = [each.lines(start, end, names, status, encoded(self._agreement)) for each in self._columns]
            for of_one_event in zip(*columns, strict=True):
                yield from of_one_event

    def tables(self) -> Iterator[pa.Table]:
        """Yield tables of the same rows in the same order, without their factors."""
        many = len(self._columns)
        for start, end in self._slices():
            count = (end - start) * many
            parts = [each.table(start, end) for each in self._columns]
            reasons, attribution = [""] * count, [""] * count
            for number, part in enumerate(parts):
                reasons[number::many], attribution[number::many] = part["reasons"], part["attribution"]
            once = {name: [part[name] for part in parts] for name in ("provision", "reading", "clause_version")}
            per_event = {"event": self.ids, "status": self._status}
            texts = {name: values * (end - start) for name, values in once.items()}
            texts |= {n: [v for v in values[start:end] for _ in range(many)] for n, values in per_event.items()}
            numbers = {n: np.stack([part[n] for part in parts], 1).ravel() for n in ("probability", "low", "high")}
            change = np.stack([part["would_change"] for part in parts], 1).ravel()
            open_ = np.isnan(numbers["probability"])
            columns = {
                **texts,
                "agreement": [self._agreement] * count,
                "attribution": attribution,
                "reasons": reasons,
                **numbers,
                "probability": pa.array(numbers["probability"], mask=open_),
                "cannot_tell": open_,
                "would_change": pa.array(np.array([*FACTORS, None], dtype=object)[change], pa.string()),
            }
            yield pa.table(columns, schema=_SCHEMA)


class _Column:
    """One provision under one reading."""

    def __init__(self, judge: Judge, pair: Pair, words: Catalogue) -> None:
        self.pair, self.version = pair, judge.agreement.version
        ends = {name: pair.product(name) for name in ("point", "low", "high")}
        self.point, self.low, self.high = (np.round(value, DIGITS) for value in ends.values())
        self.change = changes(pair)
        self.attribution = judge.attributions(pair.provision.acts)
        self.reasons = Writer(judge, pair, words).sentences(self.point, ends["low"], ends["high"], self.change)
        self.factors = [_ends(pair, name) for name in FACTORS]

    def table(self, start: int, end: int) -> dict[str, Any]:
        """Return the parts of a table: what all rows share as one value, the rest row by row."""
        return {
            "provision": self.pair.provision.id,
            "reading": self.pair.reading.id,
            "clause_version": f"{self.pair.provision.id}@{self.version}",
            "reasons": list(map("".join, zip(*_joined(self.reasons, start, end), strict=True))),
            "attribution": self.attribution[start:end],
            "probability": self.point[start:end],
            "low": self.low[start:end],
            "high": self.high[start:end],
            "would_change": self.change.factor[start:end],
        }

    def lines(self, start: int, end: int, names: list[str], status: list[str], agreement: str) -> list[str]:
        """Return a JSON object for each event of a slice."""
        provision, reading = self.pair.provision.id, self.pair.reading.id
        version = encoded(f"{provision}@{self.version}")
        quoted = [Said([encoded(text)[1:-1] for text in each.texts], each.codes) for each in self.reasons]
        of_factors = [each.each(start, end) for each in self.factors]
        pieces = [
            repeat('{"event":'),
            names,
            repeat(f',"provision":{encoded(provision)},"reading":{encoded(reading)},"probability":'),
            _numbers(self.point[start:end]),
            repeat(',"low":'),
            _numbers(self.low[start:end]),
            repeat(',"high":'),
            _numbers(self.high[start:end]),
            [f',"cannot_tell":{"true" if each else "false"}' for each in np.isnan(self.point[start:end]).tolist()],
            repeat(f',"agreement":{agreement},"clause_version":{version},"factors":{{'),
            *of_factors,
            repeat('},"status":"'),
            status,
            repeat('","attribution":"'),
            self.attribution[start:end],
            repeat('"'),
            self._changes(start, end),
            repeat(',"reasons":"'),
            *_joined(quoted, start, end),
            repeat('"}'),
        ]
        return list(map("".join, zip(*pieces, strict=False)))  # what repeats has no end

    def _changes(self, start: int, end: int) -> list[str]:
        """The key ``would_change`` of each event of a slice."""
        one = self.change
        low, high = (_numbers(np.round(ends[start:end], DIGITS)) for ends in (one.low, one.high))
        return [
            ',"would_change":null'
            if number < 0
            else f',"would_change":{{"factor":"{FACTORS[number]}","low":{least},"high":{most}}}'
            for number, least, most in zip(one.factor[start:end].tolist(), low, high, strict=True)
        ]


def _numbers(values: Floats) -> list[str]:
    """Numbers as JSON; NaN is null."""
    return ["null" if value != value else repr(value) for value in values.tolist()]  # noqa: PLR0124  NaN


def _joined(sentences: Sequence[Said], start: int, end: int) -> list[list[str]]:
    """Sentences of a slice, each after the first with a blank before it where it says anything."""
    blank = [Said([f" {text}" if text else "" for text in one.texts], one.codes) for one in sentences[1:]]
    return [one.each(start, end) for one in (sentences[0], *blank)]


def _ends(pair: Pair, name: str) -> Said:
    """A factor's least and greatest value as JSON, each distinct pair of numbers written once."""
    low, high = (np.round(values, 4) for values in (pair.factor[name].low, pair.factor[name].high))
    comma = "," if name != FACTORS[0] else ""
    keys: npt.NDArray[np.int64] = np.rint(low * 1e4).astype(np.int64) * 100_000 + np.rint(high * 1e4).astype(np.int64)
    return said(keys, lambda row: f'{comma}"{name}":[{float(low[row])!r},{float(high[row])!r}]')
