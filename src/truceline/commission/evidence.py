# SPDX-License-Identifier: Apache-2.0
"""Evidence: what it is, who held it since when, and which pieces of it are independent of each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from truceline.base.clock import iso
from truceline.model.case import Act, Actor

MAX_BLOBS = 100
"""Most files of one exhibit."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Custody:
    """One link of the chain: who has held an exhibit since when."""

    act: str
    """Act that recorded it."""

    by: str
    """User who recorded it."""

    holder: str
    """Who has held it since: a user, a laboratory, a store."""

    at: datetime
    """Since when, UTC."""

    intact: bool | None = None
    """Whether its files had the hashes they were taken in with; None: nobody compared."""


@dataclass(frozen=True)
class Exhibit:
    """One piece of evidence with its custody and grade."""

    id: str
    """Id of the act that brought it."""

    modality: str
    """A word of ``model.proof.FACTS``, such as ``acoustic`` or ``inspector_record``."""

    family: str
    """Error family: two exhibits of one family count once."""

    owner: str
    """Who owns the source: a party's own exhibits are no second opinion on each other."""

    grade: str
    """Admiralty code, ``A1`` to ``F6``; F and 6 mean *cannot be judged*."""

    level: str
    """``public``, ``restricted`` or ``secret``."""

    record: int | None = None
    """Ledger index of what it rests on (a detection, an event)."""

    readers: frozenset[str] | None = None
    """Seats that may read it; None: every seat cleared for its level."""

    withdrawn: bool = False
    """Whether its source took it back."""

    redacted: tuple[str, ...] = ()
    """Fields withheld since, with the case still open to check that they were there."""

    blobs: tuple[str, ...] = ()
    """SHA-256 of each of its files, 64 hex digits."""

    custody: tuple[Custody, ...] = ()
    """Who held it, from the first on; links are added and never taken away."""

    counters: str | None = None
    """Exhibit or allegation that it speaks against; None: it speaks for itself."""

    @property
    def broken(self) -> bool:
        """Whether its files once were not those that were taken in. It stays on the table and corroborates nothing."""
        return any(link.intact is False for link in self.custody)

    @property
    def counts(self) -> bool:
        """Whether it can corroborate: it can be judged, its chain is whole, and it is no counter-evidence."""
        judged = self.grade[0] != "F" and self.grade[1:] != "6"
        return judged and not self.withdrawn and not self.broken and self.counters is None

    def readable_by(self, actor: Actor, levels: tuple[str, ...]) -> bool:
        """Return whether a voter may read it."""
        if levels.index(actor.clearance) < levels.index(self.level):
            return False
        return self.readers is None or actor.seat in self.readers


def blobs_of(value: Any) -> tuple[str, ...]:
    """Return hashes of files as an act names them.

    Raises:
        ValueError: one is no SHA-256, or there are too many.
    """
    found = tuple(map(str, value))
    if len(found) > MAX_BLOBS or not all(_SHA256.fullmatch(each) for each in found):
        raise ValueError(f"blobs: at most {MAX_BLOBS} SHA-256 of 64 hex digits")
    return found


def handed_on(exhibit: Exhibit, act: Act) -> Exhibit:
    """Return an exhibit after its custody went to somebody; hashes named are compared with those taken in.

    Raises:
        ValueError: nobody is named.
    """
    holder = str(act.data["to"]).strip()
    if not holder:
        raise ValueError("to: who holds it now")
    told = act.data.get("blobs")
    intact = None if told is None else sorted(blobs_of(told)) == sorted(exhibit.blobs)
    return replace(exhibit, custody=(*exhibit.custody, Custody(act.id, act.by.user, holder, act.at, intact)))


def custody_json(exhibit: Exhibit) -> list[dict[str, Any]]:
    """Return the chain as pages show it."""
    return [
        {"holder": c.holder, "at": iso(c.at), "intact": c.intact, "recorded_by": c.by, "act": c.act}
        for c in exhibit.custody
    ]


ENOUGH = 4
"""So many independent voices are as good as more; the search for them stops there."""


def one_voice(items: Iterable[Exhibit]) -> list[Exhibit]:
    """Return a largest set of exhibits that are independent of each other, in whatever order they came.

    Two of one owner, or two that share an error family, may be wrong together; so may two of one modality. What
    cannot be judged (grade F or 6), whose chain is broken, or that speaks against the matter corroborates nothing.
    """
    judged = {(x.family, x.modality, x.owner): x for x in items if x.counts}

    def best(left: list[Exhibit], taken: list[Exhibit]) -> list[Exhibit]:
        found = taken
        for position, item in enumerate(left):
            if len(found) >= ENOUGH:
                break
            rest = [
                x
                for x in left[position + 1 :]
                if x.family != item.family and x.modality != item.modality and x.owner != item.owner
            ]
            other = best(rest, [*taken, item])
            found = other if len(other) > len(found) else found
        return found

    return best(list(judged.values()), [])
