# SPDX-License-Identifier: Apache-2.0
"""One writer at a time: an advisory lock on the ledger's folder, which ends with the process however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from truceline.errors import StateError

WAIT_S = 2.0
"""How long a writer waits for an audit (or another writer) to end, seconds."""


def lock(folder: Path, *, exclusive: bool, wait_s: float | None = None) -> int | None:
    """Return a handle that holds the lock until it is closed, or None if somebody else holds it.

    It is tried for ``wait_s`` seconds, ``WAIT_S`` unless given.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    deadline = time.monotonic() + (WAIT_S if wait_s is None else wait_s)
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(handle)
                return None
            time.sleep(0.02)
        else:
            return handle


def lock_for_writing(folder: Path) -> int:
    """Return a handle that holds the folder for one writer.

    Raises:
        StateError: another process has held it for two seconds.
    """
    handle = lock(folder, exclusive=True)
    if handle is None:
        raise StateError("another process writes to this ledger (or audits it); wait for it to end", file=str(folder))
    return handle
