# SPDX-License-Identifier: Apache-2.0
"""Whether a record's body, as text from a file, is in canonical form (RFC 8785)."""

from __future__ import annotations

from typing import Any

from truceline.base.canonical import canonical, parse_json
from truceline.errors import LimitExceeded, Malformed


def is_canonical(body: bytes) -> bool:
    """Return whether JSON text is in its canonical form."""
    try:
        return canonical(_doubles(parse_json(body))) == body
    except (Malformed, LimitExceeded):
        return False


def _doubles(value: Any) -> Any:
    """Return a JSON value whose integers beyond 2^53 are doubles, which is what RFC 8785 takes every number for."""
    if isinstance(value, dict):
        return {key: _doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_doubles(item) for item in value]
    if isinstance(value, int) and abs(value) >= 2**53:
        try:
            return float(value)
        except OverflowError as error:
            raise Malformed(f"{value!r:.40} is too large a number") from error
    return value
