# SPDX-License-Identifier: Apache-2.0
"""Identifiers: what a machine makes is named by its content, so a re-run gives the same name."""

from __future__ import annotations

from typing import Any

from truceline.base.canonical import digest


def content_id(kind: str, body: Any) -> str:
    """Return ``kind:`` and the first 32 hex digits of the SHA-256 of the canonical body."""
    return f"{kind}:{digest(body)[:32]}"
