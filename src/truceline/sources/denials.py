# SPDX-License-Identifier: Apache-2.0
"""Lists of denials: stretches in which a feed gave nothing that may be read, as ``truceline fetch`` writes them.

JSON: a list of ``{"sensor", "start", "end", "reason", "source"}``, times in ISO form with their zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truceline.base.bounded import text_of
from truceline.base.canonical import parse_json
from truceline.base.clock import Interval, utc
from truceline.errors import InputError, LimitExceeded, Malformed
from truceline.model.look import Denial

MAX_BYTES = 20_000_000
"""Largest list read, bytes."""

MAX_DENIALS = 50_000
"""Most denials in one list."""

_KEYS = ("sensor", "start", "end", "reason", "source")


def read(data: bytes, *, file: str) -> tuple[Denial, ...]:
    """Return the denials, in the order of the file.

    Raises:
        InputError: it is not such a list; a machine wrote it, so it is right as a whole or refused.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"{len(data):,} bytes; at most {MAX_BYTES:,} are read", file=file)
    listed = parse_json(text_of(data, file=file), file=file)
    if not isinstance(listed, list):
        raise Malformed("is not a list of denials", file=file)
    if len(listed) > MAX_DENIALS:
        raise LimitExceeded(f"{len(listed):,} denials; at most {MAX_DENIALS:,} are read", file=file)
    return tuple(_denial(entry, file, number) for number, entry in enumerate(listed, start=1))


def plain(denial: Denial) -> Mapping[str, Any]:
    """Return a denial as the list holds it."""
    body = denial.record().body
    return {key: body[key] for key in _KEYS}


def _denial(entry: object, file: str, number: int) -> Denial:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) and entry[key] for key in _KEYS):
        raise Malformed(f"a denial has {', '.join(_KEYS)}, each as text", file=file, record=str(number))
    try:
        interval = Interval(utc(entry["start"]), utc(entry["end"]))
    except InputError as error:
        error.file, error.record = file, str(number)
        raise
    return Denial(entry["sensor"][:100], interval, entry["reason"][:500], entry["source"][:100])
