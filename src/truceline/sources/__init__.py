# SPDX-License-Identifier: Apache-2.0
"""Doors for foreign bytes: one module per kind of feed, found by its name.

A new source is one new file here with a function ``read(data: bytes, *, file: str, …)`` and one contract test
that inherits :class:`truceline.sources.testing.SourceContract`. Names that begin with ``_`` are helpers.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from truceline.errors import UnknownFormat
from truceline.sources._batch import Batch

__all__ = ["Batch", "get", "kinds"]

_NOT_SOURCES = {"testing", "places", "feeds", "event_file", "firetable"}
"""Modules that read files for commands and benchmarks, or help; no watch names them as a feed."""


def kinds() -> tuple[str, ...]:
    """Return the names of all sources, sorted. Built-ins are found the same way as a file added later."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_") and name not in _NOT_SOURCES))


def get(kind: str) -> ModuleType:
    """Return the source of that name: a module with ``read``.

    Raises:
        UnknownFormat: there is none.
    """
    known = kinds()
    if kind not in known:
        raise UnknownFormat(f"no source is called {kind!r}; known are {', '.join(known)}")
    return importlib.import_module(f"{__name__}.{kind}")
