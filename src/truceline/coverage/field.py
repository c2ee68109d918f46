# SPDX-License-Identifier: Apache-2.0
"""The coverage field over cells: P(the reference act, begun in that cell and hour, is detected by that family).

Time is cut into slots of fifteen minutes. An act begins at a uniformly random moment of a slot and lasts its duration;
a look counts with the share of those moments from which the act is still going on while it looks. Within a slot looks
are taken as independent of each other given the sky; the hour's probability is the mean of its four slots. Cloud: one
sky over an act, hidden with the share of that cell and slot; it blinds optics all together. Adding a look never lowers
any value, a denial and more cloud never raise one.

What is late changes only what it touches: :meth:`CoverageField.add` and :meth:`CoverageField.deny` render again the
hours and cells within reach of what changed, in the same order of looks as at first, so the result is that of a fresh
field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Interval
from truceline.base.compiled import CORES, in_pieces
from truceline.base.geo import EARTH_KM, Floats
from truceline.coverage._compile import Bools, Frames, Touches, denied_cells, frames, moving, spans_of, still
from truceline.coverage._kernels import by_cell, render, spread
from truceline.coverage.cells import Cells
from truceline.coverage.sights import Area, Fixed, Sight, Swath, Track, check, denied_spans, names_of
from truceline.errors import LimitExceeded, Malformed, NoTime, StateError
from truceline.model.look import Denial

SLOT_S = 900.0
"""Length of a slot, seconds."""

PER_HOUR = 4
"""Slots in an hour."""

MAX_HOURS = 24 * 62
"""Longest period of one field, hours."""

MAX_VALUES = 400_000_000
"""Most values (cells × hours × families) of one field: 1.6 GB."""

LONGEST_ACT_HOURS = 24.0
"""An act that lasts longer meets more than one sky, which this field does not know of."""

_PIECE = 512
_TABLE = 257

Single = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Sky:
    """Hidden share of the sky, per zone and slot."""

    zone: npt.NDArray[np.int64]
    """Zone of each cell (n,)."""

    hidden: Floats
    """Share (zones, slots), 0 to 1."""


@dataclass(frozen=True)
class Touched:
    """What a change made new."""

    hours: tuple[int, int]
    """First hour, and the first after the last, counted from the field's start; equal: none."""

    cells: int
    """How many cells."""


@dataclass
class _Held:
    """A look with what it does to cells: to all of them, or to those in which the same denials cut it."""

    sight: Sight
    spans: list[tuple[float, float]]
    where: Bools | None = None
    frames: Frames | None = None
    touches: Touches | None = None


@dataclass(eq=False)
class CoverageField:
    """P(detect) per cell and hour, by family and by all together; made by :func:`build`."""

    cells: Cells
    """n cells."""

    start: float
    """UTC seconds since 1970 at which the first hour begins."""

    hours: int
    """How many hours."""

    burn_s: float
    """How long the reference act lasts, seconds."""

    sky: Sky
    """Cloud."""

    by_family: dict[str, Single] = field(default_factory=dict)
    """Per family (n, hours)."""

    together: Single = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """By any family (n, hours)."""

    _held: dict[str, tuple[_Held, ...]] = field(default_factory=dict)
    _denials: list[Denial] = field(default_factory=list)
    _of_sensor: dict[str, list[Denial]] = field(default_factory=dict)
    _there: dict[object, npt.NDArray[np.uint8]] = field(default_factory=dict)
    _masks: dict[bytes, Bools] = field(default_factory=dict)

    @property
    def sights(self) -> tuple[Sight, ...]:
        """The looks, in order of their ids."""
        return tuple(self._held[name][0].sight for name in sorted(self._held))

    @property
    def denials(self) -> tuple[Denial, ...]:
        """The denials, in the order given."""
        return tuple(self._denials)

    def add(self, sights: Iterable[Sight]) -> Touched:
        """Take in late looks; returns what they touched.

        Raises:
            StateError: a look of that id is there already.
            InputError: a look means nothing; the field is as before.
        """
        new = _checked(sights, self._held)
        self._hold(new)
        for family in sorted({sight.family for sight in new}):
            if family not in self.by_family:
                self._room(len(self.by_family) + 1)
                self.by_family[family] = np.zeros((len(self.cells), self.hours), np.float32)
        return self._again([held for sight in new for held in self._held[sight.id]])

    def deny(self, denials: Iterable[Denial]) -> Touched:
        """Take in stretches in which a sensor saw nothing we may read, there or anywhere; returns what they touched."""
        new = list(denials)
        reached = np.zeros(len(self.cells), dtype=bool)
        for denial in new:
            reached |= self._where(denial)
        self._take(new)
        before: list[_Held] = []
        after: list[Sight] = []
        for parts in [self._held[name] for name in sorted(self._held)]:
            sight = parts[0].sight
            if not denied_spans(sight, new):
                continue
            cut = self._stretches(sight)
            if [(held.spans, id(held.where)) for held in parts] != [(spans, id(where)) for spans, where in cut]:
                before += parts
                after.append(sight)
        for sight in after:
            del self._held[sight.id]
        self._hold(after)
        return self._again(before, _reach(before, new), reached)

    def _take(self, denials: Sequence[Denial]) -> None:
        self._denials += denials
        for denial in denials:
            self._of_sensor.setdefault(denial.sensor, []).append(denial)

    def _where(self, denial: Denial) -> Bools:
        """In which cells (n,) a denial holds; areas are kept as bits, as many denials share one."""
        if not denial.local:
            return np.ones(len(self.cells), dtype=bool)
        key = (denial.area, denial.sectors)
        if key not in self._there:
            self._room_for(len(self._there))
            self._there[key] = np.packbits(denied_cells(denial, self.cells))
        return np.unpackbits(self._there[key], count=len(self.cells)).astype(bool)

    def _room_for(self, areas: int) -> None:
        if (areas + 1) * len(self.cells) > MAX_VALUES:
            raise LimitExceeded(f"denials of more than {areas:,} different areas")

    def _stretches(self, sight: Sight) -> list[tuple[list[tuple[float, float]], Bools | None]]:
        """The stretches in which a look sees, each with the cells (n,) in which it has just these; None: all cells."""
        listed = (denial for name in names_of(sight) for denial in self._of_sensor.get(name, ()))
        own = [denial for denial in listed if denied_spans(sight, [denial])]
        local = [denial for denial in own if denial.local]
        wide = [denial for denial in own if not denial.local]
        if not local:
            return [(spans_of(sight, wide), None)]
        there = np.stack([self._where(denial) for denial in local])
        _, example, which = np.unique(np.packbits(there, axis=0), axis=1, return_index=True, return_inverse=True)
        found: dict[tuple[tuple[float, float], ...], Bools] = {}
        for kind, cell in enumerate(example.tolist()):
            holding = [denial for denial, inside in zip(local, there[:, cell].tolist(), strict=True) if inside]
            spans = tuple(spans_of(sight, [*wide, *holding]))
            found[spans] = (which.ravel() == kind) | found.get(spans, np.zeros(len(self.cells), dtype=bool))
        if len(found) == 1:
            return [(list(spans), None) for spans in found]
        return [(list(spans), self._one(found[spans])) for spans in sorted(found)]

    def _one(self, mask: Bools) -> Bools:
        """The mask held already, where one is the same: looks that the same denials cut share it."""
        key = np.packbits(mask).tobytes()
        if key not in self._masks:
            self._room_for(len(self._masks))
        return self._masks.setdefault(key, mask)

    def _room(self, families: int) -> None:
        values = len(self.cells) * self.hours * (families + 1)
        if values > MAX_VALUES:
            raise LimitExceeded(f"{values:,} values of coverage; at most {MAX_VALUES:,} are held")

    def _ordered(self) -> list[_Held]:
        return [held for name in sorted(self._held) for held in self._held[name]]

    def _hold(self, sights: Sequence[Sight]) -> None:
        """Work out what looks do to cells, and keep them."""
        made = {sight.id: tuple(_Held(sight, *cut) for cut in self._stretches(sight)) for sight in sights}
        passes = [s for s in sights if isinstance(s, Swath) and any(held.spans for held in made[s.id])]
        for sight, found in zip(passes, frames(passes, self.cells), strict=True):
            for held in made[sight.id]:
                held.frames = found if held.spans else None
        sorties = [held for parts in made.values() for held in parts if isinstance(held.sight, Track)]
        _ = self.cells.bins  # made once, before threads ask for it

        def walk(low: int, high: int) -> None:
            for held in sorties[low:high]:
                assert isinstance(held.sight, Track)
                held.touches = moving(held.sight, held.spans, self.cells).only(held.where)

        in_pieces(len(sorties), max(1, -(-len(sorties) // CORES)), walk)
        standing = [sight for sight in sights if isinstance(sight, Fixed | Area)]
        for stood, touched in zip(standing, still(standing, self.cells), strict=True):
            for held in made[stood.id]:
                held.touches = touched.only(held.where)
        self._held |= made

    def _again(
        self, changed: Sequence[_Held], within: tuple[float, float] | None = None, reached: Bools | None = None
    ) -> Touched:
        """Render again the hours and cells that the looks reach; ``within`` cuts the stretch of time, ``reached`` (n,)
        the cells.
        """  # noqa: D205  one sentence
        spans = [pair for held in changed for pair in held.spans]
        if not spans:
            return Touched((0, 0), 0)
        low, high = min(a for a, _ in spans), max(b for _, b in spans)
        if within is not None and not any(isinstance(held.sight, Swath) for held in changed):
            low, high = max(low, within[0]), min(high, within[1])
        first = max(0, int((low - self.burn_s - self.start) // 3600))
        end = min(self.hours, int((high - self.start) // 3600) + 1)
        if first >= end:
            return Touched((0, 0), 0)
        if any(isinstance(held.sight, Swath) for held in changed):
            numbers = np.arange(len(self.cells), dtype=np.int32)
        else:
            numbers = np.unique(np.concatenate([held.touches.cells for held in changed if held.touches is not None]))
        if reached is not None:
            numbers = numbers[reached[numbers]]
        if not len(numbers):
            return Touched((0, 0), 0)
        self._render(numbers, first, end)
        return Touched((first, end), len(numbers))

    def _render(self, numbers: npt.NDArray[np.int32], first: int, end: int) -> None:
        """Work out the hours from ``first`` to before ``end`` for some cells."""
        if not len(numbers) or first >= end:
            return
        start = self.start + first * 3600
        packed = _Packed(self, start, (end - first) * PER_HOUR, numbers)
        whole = len(numbers) == len(self.cells) and first == 0 and end == self.hours
        families = len(self.by_family)
        if whole:
            shape = (families, len(numbers), end - first)
            by_family, together = np.empty(shape, np.float32), np.empty(shape[1:], np.float32)
        else:
            by_family = np.empty((families, len(numbers), end - first), np.float32)
            together = np.empty((len(numbers), end - first), np.float32)
        in_pieces(len(numbers), _PIECE, lambda a, b: packed.run(a, b, by_family[:, a:b], together[a:b]))
        if whole:
            self.by_family = dict(zip(self.by_family, by_family, strict=True))
            self.together = together
        else:
            for values, name in zip(by_family, self.by_family, strict=True):
                self.by_family[name][numbers, first:end] = values
            self.together[numbers, first:end] = together


class _Packed:
    """All looks that reach a stretch of time, as the compiled loop takes them."""

    def __init__(self, of: CoverageField, start: float, rows: int, numbers: npt.NDArray[np.int32]) -> None:
        self._numbers, self._rows, self._burn = numbers, rows, of.burn_s
        self._places = of.cells.places
        row = round((start - of.start) / SLOT_S)
        self._zone = of.sky.zone
        self._hidden = of.sky.hidden[:, row : row + rows].astype(np.float32)
        reach = (start - 1.0, start + rows * SLOT_S + of.burn_s + 1.0)
        held = [h for h in of._ordered() if any(a <= reach[1] and b >= reach[0] for a, b in h.spans)]  # noqa: SLF001  its own field
        held = [h for h in held if np.max(h.sight.p) > 0]
        families = {name: number for number, name in enumerate(of.by_family)}
        groups = sorted({(families[h.sight.family], h.sight.sky) for h in held})
        self._groups = np.searchsorted([family for family, _ in groups], np.arange(len(families) + 1)).astype(np.int64)
        self._group_sky = np.array([sky for _, sky in groups] or [0.0], dtype=np.float32)
        self._clouded = bool(self._hidden.any() and self._group_sky.any())
        self._families, self._numbers_of = families, {pair: number for number, pair in enumerate(groups)}
        self._swaths([h for h in held if isinstance(h.sight, Swath) and h.frames is not None], start, len(of.cells))
        self._still([h for h in held if isinstance(h.sight, Fixed | Area)], start, len(of.cells))
        self._moving([h for h in held if isinstance(h.sight, Track)], start, len(of.cells))

    def _of(self, held: _Held) -> int:
        """Number of a look's group: its family and how cloud blinds it."""
        return self._numbers_of[self._families[held.sight.family], held.sight.sky]

    def _swaths(self, held: Sequence[_Held], start: float, count: int) -> None:
        keys: dict[tuple[float, tuple[float, ...]], int] = {}
        parts: list[tuple[Frames, int, int]] = []
        for h in held:
            assert isinstance(h.sight, Swath)
            assert h.frames is not None
            table = keys.setdefault((h.sight.far_km, h.sight.p), len(keys))
            parts.append((h.frames, table, self._of(h)))
        counts = [len(made.frame) for made, _, _ in parts]
        self._frame = np.concatenate([np.zeros((0, 3, 3)), *(made.frame for made, _, _ in parts)])
        self._bend = np.concatenate([np.zeros((0, 4)), *(made.bend for made, _, _ in parts)])
        self._limits = np.concatenate([np.zeros((0, 6)), *(made.limits for made, _, _ in parts)])
        time = np.repeat(np.array([made.seconds - start for made, _, _ in parts], dtype=np.float64), counts)
        self._first_row, self._shares = _slots_of(time, self._burn, self._rows)
        self._table = np.repeat(np.array([table for _, table, _ in parts], dtype=np.int64), counts)
        self._pass_group = np.repeat(np.array([group for _, _, group in parts], dtype=np.int64), counts)
        cut = {id(h.where): h.where for h in held if h.where is not None}
        self._masks = np.stack([np.ones(count, dtype=bool), *cut.values()], axis=1)
        mask_of = {name: number for number, name in enumerate(cut, start=1)}
        self._pass_mask = np.repeat(np.array([mask_of.get(id(h.where), 0) for h in held], dtype=np.int64), counts)
        widest = max((np.sin(far / EARTH_KM) for far, _ in keys), default=1.0)
        self._scale = (_TABLE - 1) / float(widest)
        aside = np.arcsin(np.linspace(0, widest, _TABLE)) * EARTH_KM
        self._tables = np.zeros((max(1, len(keys)), _TABLE + 1))
        for (far, p), number in keys.items():
            self._tables[number, :_TABLE] = np.interp(aside, np.linspace(0, far, len(p)), np.array(p))

    def _still(self, held: Sequence[_Held], start: float, count: int) -> None:
        self._near_w = np.zeros((max(1, len(held)), self._rows), np.float32)
        for number, h in enumerate(held):
            done = -np.inf
            for low, high in h.spans:  # an act that lasts through a denial has its one chance before or after
                spread(max(done, low - self._burn) - start, high - start, SLOT_S, self._rows, self._near_w[number])
                done = high
        np.minimum(self._near_w, 1.0, out=self._near_w)
        self._near_group = np.array([self._of(h) for h in held] or [0], dtype=np.int64)
        self._near_start, order, self._near_look = _by_cell(held, self._numbers, count)
        p = np.concatenate([np.zeros(0), *(h.touches.p for h in held if h.touches is not None)])
        self._near_p = p[order].astype(np.float32)

    def _moving(self, held: Sequence[_Held], start: float, count: int) -> None:
        self._visit_p = np.array([h.sight.p for h in held] or [0.0], dtype=np.float64)
        self._visit_group = np.array([self._of(h) for h in held] or [0], dtype=np.int64)
        self._visit_start, order, self._visit_look = _by_cell(held, self._numbers, count)
        first = np.concatenate([np.zeros(0), *(h.touches.first for h in held if h.touches is not None)])
        last = np.concatenate([np.zeros(0), *(h.touches.last for h in held if h.touches is not None)])
        self._first, self._last = first[order] - start, last[order] - start

    def run(self, low: int, high: int, by_family: Single, together: Single) -> None:
        """Render the cells from ``low`` to before ``high`` of the chosen ones."""
        render(
            self._numbers[low:high], self._places, self._zone, SLOT_S, PER_HOUR, self._rows, self._burn,
            self._frame, self._bend, self._limits, self._first_row, self._shares, self._table, self._pass_group,
            self._tables, self._scale, self._masks[self._numbers[low:high]], self._pass_mask,
            self._near_start[low : high + 1], self._near_look, self._near_p, self._near_w, self._near_group,
            self._visit_start[low : high + 1], self._visit_look, self._first, self._last, self._visit_p,
            self._visit_group, self._groups, self._group_sky, self._hidden, self._clouded, by_family, together,
        )  # fmt: skip


def _slots_of(moments: Floats, burn: float, rows: int) -> tuple[npt.NDArray[np.int64], Single]:
    """For passes at moments (k,; seconds from the first slot): their first row, counted with the margin before row 0,
    and the share (k, m) of each slot from then on in which an act that begins is still going on at the pass.
    """  # noqa: D205  one sentence
    room = int(burn // SLOT_S) + 2
    first = np.floor((moments - burn) / SLOT_S).astype(np.int64)
    low = (first[:, None] + np.arange(room)) * SLOT_S
    shares = np.minimum(moments[:, None], low + SLOT_S) - np.maximum((moments - burn)[:, None], low)
    inside = (first > -room) & (first < rows + room - room)
    shares = np.where(inside[:, None], np.maximum(shares, 0.0) / SLOT_S, 0.0).astype(np.float32)
    return np.where(inside, first + room, 0), shares


def _by_cell(
    held: Sequence[_Held], numbers: npt.NDArray[np.int32], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Sort touches by cell, keeping the order of looks: (start per chosen cell and one more, order, look of each)."""
    cells = np.concatenate([np.zeros(0, np.int32), *(h.touches.cells for h in held if h.touches is not None)])
    looks = np.repeat(
        np.arange(len(held), dtype=np.int32), [len(h.touches.cells) for h in held if h.touches is not None]
    )
    slot_of = np.full(count, -1, dtype=np.int64)
    slot_of[numbers] = np.arange(len(numbers))
    starts, order = np.zeros(len(numbers) + 1, np.int64), np.empty(len(cells), np.int64)
    by_cell(cells, numbers, slot_of, starts, order)
    order = order[: starts[-1]]
    return starts, order, looks[order]


def _reach(changed: Sequence[_Held], denials: Sequence[Denial]) -> tuple[float, float] | None:
    """The stretch that denials change, out to the corners of the tracks they cut: a cut leg is walked in new pieces."""
    if not denials:
        return None
    low = min(denial.interval.start.timestamp() for denial in denials)
    high = max(denial.interval.end.timestamp() for denial in denials)
    found = low, high
    for held in changed:
        if isinstance(held.sight, Track):
            when = held.sight.seconds
            found = (
                min(found[0], float(when[max(0, int(np.searchsorted(when, low, side="right")) - 1)])),
                max(found[1], float(when[min(len(when) - 1, int(np.searchsorted(when, high)))])),
            )
    return found


def _checked(sights: Iterable[Sight], known: Mapping[str, object]) -> list[Sight]:
    found = sorted(sights, key=lambda sight: sight.id)
    for number, sight in enumerate(found):
        if sight.id in known or (number and found[number - 1].id == sight.id):
            raise StateError("a look of this id is in the field already", record=sight.id)
        check(sight)
    return found


def build(
    cells: Cells,
    period: Interval,
    duration_hours: float,
    sights: Iterable[Sight],
    denials: Iterable[Denial] = (),
    sky: Sky | None = None,
) -> CoverageField:
    """Return the field of a period (whole hours around it) for an act of that duration.

    Args:
        cells: the places.
        period: first to last moment.
        duration_hours: how long the reference act lasts; 0 for one that is over at once.
        sights: looks; their probabilities are those for this act.
        denials: what sensors were kept from seeing.
        sky: cloud; None is clear (say so beside the result).

    Raises:
        NoTime: the period has no hour, or is too long. Malformed: the duration is none, or the sky does not fit.
        LimitExceeded: too many values. StateError: two looks share an id. InputError: a look means nothing.
    """
    first, end = period.start.timestamp() // 3600, -(-period.end.timestamp() // 3600)
    hours = int(end - first)
    if not 1 <= hours <= MAX_HOURS:
        raise NoTime(f"a coverage field spans 1 to {MAX_HOURS} hours, not {hours}")
    if not 0 <= duration_hours <= LONGEST_ACT_HOURS:
        raise Malformed(f"a reference act lasts 0 to {LONGEST_ACT_HOURS:g} hours, not {duration_hours:g}")
    if sky is None:
        sky = Sky(np.zeros(len(cells), dtype=np.int64), np.zeros((1, hours * PER_HOUR)))
    if sky.hidden.shape[1:] != (hours * PER_HOUR,) or len(sky.zone) != len(cells):
        raise Malformed("the sky's slots or zones do not fit the cells and hours")
    made = CoverageField(cells, first * 3600.0, hours, duration_hours * 3600, sky)
    made._take(list(denials))  # noqa: SLF001  its own maker
    new = _checked(sights, {})
    names = sorted({sight.family for sight in new})
    made._room(len(names))  # noqa: SLF001  its own maker
    made.by_family = dict.fromkeys(names, np.zeros((0, 0), np.float32))
    made._hold(new)  # noqa: SLF001  its own maker
    made._render(np.arange(len(cells), dtype=np.int32), 0, hours)  # noqa: SLF001  its own maker
    return made
