# SPDX-License-Identifier: Apache-2.0
"""Where in a JSON text something stands, so that a refusal names the line and the record.

The reader of the standard library says why it refuses a number or a key, but not where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from truceline.base.text import clean

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)

MOST_WALKED = 4_000_000
"""Most characters walked through (about a second); what stands later is told without its place."""


@dataclass
class _Level:
    """One open bracket."""

    is_object: bool
    step: str | int
    keys: set[str] = field(default_factory=set)
    wants_key: bool = True


def place_of_value(text: str, is_wanted: Callable[[str], bool]) -> tuple[str, int] | None:
    """Return (path, line) of the first number or word that is wanted; entries of lists count from 1."""
    return _walk(text, is_wanted, None)


def place_of_repeated_key(text: str, key: str) -> tuple[str, int] | None:
    """Return (path, line) of the first place where an object has this key for the second time."""
    return _walk(text, None, key)


def _walk(text: str, is_wanted: Callable[[str], bool] | None, repeated: str | None) -> tuple[str, int] | None:
    """Walk the tokens, keeping the way down; a text that is no JSON may be walked too, as far as it goes."""
    levels: list[_Level] = []
    for found in _TOKEN.finditer(text, 0, min(len(text), MOST_WALKED)):
        piece, top = found.group(), levels[-1] if levels else None
        if piece in "{[":
            levels.append(_Level(piece == "{", "" if piece == "{" else 1))
        elif piece in "}]":
            levels = levels[:-1]
        elif piece == "," and top is not None:
            top.wants_key = True
            top.step = top.step + 1 if isinstance(top.step, int) else ""
        elif piece == ":":
            continue
        elif piece[0] == '"':
            if top is not None and top.is_object and top.wants_key:
                _take_key(top, piece)
                if repeated is not None and top.step == repeated and repeated in top.keys:
                    return _path(levels), text.count("\n", 0, found.start()) + 1
                top.keys.add(str(top.step))
        elif is_wanted is not None and is_wanted(piece):
            return _path(levels), text.count("\n", 0, found.start()) + 1
    return None


def _take_key(level: _Level, piece: str) -> None:
    """The key that the next value has; one that cannot be read is shown as it stands."""
    level.wants_key = False
    try:
        level.step = str(json.loads(piece))
    except ValueError:
        level.step = piece[1:-1]


def _path(levels: list[_Level]) -> str:
    """The way down in the form of the terms' own errors: ``features[2].geometry.coordinates[1]``."""
    steps = [f"[{level.step}]" if isinstance(level.step, int) else f".{level.step[:60]}" for level in levels]
    return clean("".join(steps).removeprefix("."))
