# SPDX-License-Identifier: Apache-2.0
"""What came of one attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sent:
    """What came of one attempt; what the other side said is cut, and holds no address and no secret."""

    result: str
    """``delivered`` (proved), ``failed`` (may come right), ``refused`` (will not)."""

    proof: Mapping[str, str | int] = field(default_factory=dict)
    """What the other side said."""


def cut(text: str | bytes, most: int = 200) -> str:
    """Return what a foreign machine said, on one line, printable, short enough for a record."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(c if c.isprintable() else " " for c in plain)[:most].strip()
