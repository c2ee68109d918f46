# SPDX-License-Identifier: Apache-2.0
"""What a source of detections hands over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from truceline.model.detection import Detections, Words
from truceline.model.record import Rejected


@dataclass(frozen=True, eq=False)
class Batch:
    """One file, read: every row of it is a detection or a rejected row."""

    detections: Detections
    """Rows that could be read, in the order of the file, without ledger index."""

    rejected: tuple[Rejected, ...]
    """Rows that could not, in the order of the file."""

    rows_read: int
    """Rows in the file: never anything but detections plus rejected."""

    sha256: str
    """SHA-256 of the file's bytes as given, 64 hex digits."""

    file: str
    """The file's name as the watch names it."""

    level: Words | None = None
    """Of each detection ``standard``, ``early`` or empty: which processing its row says it had; None: none says."""

    spoilt: frozenset[tuple[str, date]] = frozenset()
    """Sensors' days of which rows came and none could be used: no days without fires."""

    def __post_init__(self) -> None:
        assert self.rows_read == len(self.detections) + len(self.rejected), "a row vanished"
