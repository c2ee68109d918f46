# SPDX-License-Identifier: Apache-2.0
"""Events: physical occurrences fused from detections, in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Times, from_column, iso, utc
from truceline.base.geo import Floats
from truceline.model.detection import Ints, Words
from truceline.model.record import Record


@dataclass(frozen=True, eq=False)
class Events:
    """Columns of n events, in order of ``first`` and then of place."""

    lon: Floats
    """Longitude of the Gaussian place's mean, degrees."""

    lat: Floats
    """Latitude of the mean, degrees."""

    sigma_major_m: Floats
    """One standard deviation along the major axis, metres."""

    sigma_minor_m: Floats
    """One standard deviation along the minor axis, metres."""

    bearing_deg: Floats
    """Bearing of the major axis from north, degrees."""

    first: Times
    """First moment it was seen, UTC."""

    last: Times
    """Last moment it was seen, UTC."""

    members: tuple[Ints, ...]
    """For each event, the ledger indices of its detections."""

    families: tuple[tuple[str, ...], ...]
    """For each event, the error families that saw it, sorted."""

    passes: Ints
    """How many passes saw it."""

    frp_mw: Floats
    """Largest radiative power of one pass (pixels summed), megawatts; NaN where no source measures it."""

    daylight: Words
    """``day``, ``night`` or ``both``."""

    p_act: Mapping[str, Floats] = field(default_factory=dict)
    """Belief over causes: ``act_of_war``, ``farm_burning``, ``industry``; sums to one."""

    p_actor: Mapping[str, Floats] = field(default_factory=dict)
    """Belief over actors; empty where no sensor says anything of the author."""

    attributes: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    """What stages add: ``masked`` (persistent heat source here), ``band_low``/``band_high`` (90 % of P(act of war))…"""

    index: Ints | None = None
    """Ledger index of each; None before the ledger has them."""

    def __len__(self) -> int:
        return len(self.lon)

    def with_index(self, index: Sequence[int] | Ints) -> Events:
        """Return the same events as the ledger knows them."""
        return replace(self, index=np.asarray(index, dtype=np.int64))

    def take(self, rows: npt.NDArray[Any]) -> Events:
        """Return the rows named by a mask or by positions."""
        positions = np.arange(len(self))[rows]
        names = (
            *("lon", "lat", "sigma_major_m", "sigma_minor_m", "bearing_deg", "first", "last"),
            *("passes", "frp_mw", "daylight"),
        )
        return replace(
            self,
            **{name: getattr(self, name)[positions] for name in names},
            members=tuple(self.members[i] for i in positions),
            families=tuple(self.families[i] for i in positions),
            p_act={k: v[positions] for k, v in self.p_act.items()},
            p_actor={k: v[positions] for k, v in self.p_actor.items()},
            attributes={k: v[positions] for k, v in self.attributes.items()},
            index=None if self.index is None else self.index[positions],
        )

    def records(self) -> list[Record]:
        """Return each as the ledger holds it; the ids of its inputs are its detections' indices."""
        found = []
        for i in range(len(self)):
            body: dict[str, Any] = {
                "lon": round(float(self.lon[i]), 6),
                "lat": round(float(self.lat[i]), 6),
                "sigma_major_m": round(float(self.sigma_major_m[i]), 1),
                "sigma_minor_m": round(float(self.sigma_minor_m[i]), 1),
                "bearing_deg": round(float(self.bearing_deg[i]), 1),
                "first": iso(from_column(self.first[i])),
                "last": iso(from_column(self.last[i])),
                "inputs": [int(m) for m in self.members[i]],
                "families": list(self.families[i]),
                "passes": int(self.passes[i]),
                "frp_mw": _number(self.frp_mw[i], 2),
                "daylight": str(self.daylight[i]),
                "p_act": {k: round(float(v[i]), 4) for k, v in self.p_act.items()},
                "p_actor": {k: round(float(v[i]), 4) for k, v in self.p_actor.items()},
                "attributes": {k: _value(v[i]) for k, v in self.attributes.items()},
            }
            found.append(Record("event", body))
        return found

    @classmethod
    def from_bodies(cls, bodies: Sequence[Mapping[str, Any]], index: Sequence[int]) -> Events:
        """Return the columns of bodies read back from the ledger, in the order given."""

        def floats(name: str) -> Floats:
            return np.array([np.nan if b[name] is None else b[name] for b in bodies], dtype=np.float64)

        def times(name: str) -> Times:
            return np.array([utc(b[name]).replace(tzinfo=None) for b in bodies], dtype="datetime64[us]")

        def nested(name: str) -> dict[str, npt.NDArray[Any]]:
            keys = sorted({k for b in bodies for k in b[name]})
            return {k: np.array([b[name].get(k) for b in bodies]) for k in keys}

        places = {n: floats(n) for n in ("lon", "lat", "sigma_major_m", "sigma_minor_m", "bearing_deg", "frp_mw")}
        return cls(
            **places,
            first=times("first"),
            last=times("last"),
            members=tuple(np.array(b["inputs"], dtype=np.int64) for b in bodies),
            families=tuple(tuple(b["families"]) for b in bodies),
            passes=np.array([b["passes"] for b in bodies], dtype=np.int64),
            daylight=np.array([b["daylight"] for b in bodies], dtype=object),
            p_act=nested("p_act"),
            p_actor=nested("p_actor"),
            attributes=nested("attributes"),
            index=np.asarray(index, dtype=np.int64),
        )


def _number(value: float, digits: int) -> float | None:
    return None if np.isnan(value) else round(float(value), digits)


def _value(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return _number(plain, 4) if isinstance(plain, float) else plain
