# SPDX-License-Identifier: Apache-2.0
"""Progress on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def teller(quiet: bool) -> Callable[[str], None]:
    """Return what shows progress: one line per stage on standard error, with the seconds since the start."""
    begun = time.monotonic()

    def tell(text: str) -> None:
        if not quiet:
            print(f"  {time.monotonic() - begun:5.1f} s  {text}", file=sys.stderr, flush=True)

    return tell
