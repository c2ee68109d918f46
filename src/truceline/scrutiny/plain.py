# SPDX-License-Identifier: Apache-2.0
"""Values of the model as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from truceline.base.clock import Interval, iso
from truceline.model.agreement import EARLIEST, LATEST
from truceline.model.clauses import When


def plain(value: Any) -> Any:
    """Return a value of the model as JSON: times in ISO 8601 UTC, ``unknown`` and ``open`` as in terms files."""
    if isinstance(value, datetime):
        return "unknown" if value <= EARLIEST else "open" if value >= LATEST else iso(value)
    if isinstance(value, Interval):
        return {"from": plain(value.start), "to": plain(value.end)}
    if isinstance(value, When):
        return _when(value)
    if hasattr(value, "to_json"):
        return value.to_json()
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def _when(when: When) -> Any:
    """A moment as a terms file writes it; one that counts from entry into force with its moment, where known."""
    if when.is_open:
        return "open"
    if when.unknown:
        return "unknown"
    if when.after_hours is None:
        return iso(when.at) if when.at is not None else "unknown"
    counted = f"entry_into_force + {when.after_hours:g}h"
    return {"counted": counted, "at": iso(when.at)} if when.at is not None else counted
