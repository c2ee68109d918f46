# SPDX-License-Identifier: Apache-2.0
"""Identifiers: what a machine makes is named by its content, so a re-run gives the same name; people's acts by ULID."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from truceline.base.canonical import digest


def content_id(kind: str, body: Any) -> str:
    """Return ``kind:`` and the first 32 hex digits of the SHA-256 of the canonical body."""
    return f"{kind}:{digest(body)[:32]}"


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(at: datetime, random: bytes) -> str:
    """Return a ULID (26 characters; github.com/ulid/spec): 48 bits of milliseconds since 1970, 80 random bits.

    Raises:
        ValueError: ``random`` is not 10 bytes, or the moment lies before 1970.
    """
    if len(random) != 10:
        raise ValueError("a ULID takes 10 random bytes")
    milliseconds = int(at.timestamp() * 1000)
    if not 0 <= milliseconds < 1 << 48:
        raise ValueError("a ULID's moment lies from 1970 on")
    number = (milliseconds << 80) | int.from_bytes(random)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
