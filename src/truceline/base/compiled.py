# SPDX-License-Identifier: Apache-2.0
"""Loops compiled to machine code, and run on the machine's cores (docs/decisions/0002-dependencies.md, numba)."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])

CORES = max(1, min(8, os.cpu_count() or 1))
"""How many threads share one pass; which of them takes which rows changes no number."""


def compiled(loop: Loop) -> Loop:
    """Return the loop as machine code, compiled at its first call and kept on disk for the next process.

    A compiled loop may call only those of its own file: what is kept on disk notices a change of that file alone.
    It holds no interpreter lock, so that threads run side by side. Arithmetic stays IEEE 754: no reordering, so the
    same inputs give the same bits on every run, and a division by zero gives an infinity or no number rather than an
    error (a test for it in each step keeps loops from being laid out four numbers abreast).
    """
    try:
        return cast("Loop", numba.njit(cache=True, nogil=True, error_model="numpy")(loop))
    except RuntimeError:
        # Nowhere to keep the code (a read-only installation without a home): compile again in each process.
        return cast("Loop", numba.njit(nogil=True, error_model="numpy")(loop))


def in_pieces(count: int, piece: int, work: Callable[[int, int], Any]) -> list[Any]:
    """Run ``work(first, end)`` over ``range(count)`` cut into pieces, side by side; results in order of the pieces."""
    ends = [(first, min(first + piece, count)) for first in range(0, count, piece)]
    if len(ends) <= 1 or CORES == 1:
        return [work(first, end) for first, end in ends]
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(lambda pair: work(*pair), ends))
