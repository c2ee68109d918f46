# SPDX-License-Identifier: Apache-2.0
"""The commission's API, one file per noun. Each module here has a ``router``; all are mounted under ``/api/v1``.

A route takes ``desk: TheDesk`` and ``actor: TheActor``, does everything through the desk, and answers as JSON or raises
one of our errors. Its refusals are described with ``answers(401, 403, 404)``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter


def routers() -> list[APIRouter]:
    """Return the router of every module here, in the order of names."""
    names = sorted(module.name for module in iter_modules(__path__))
    return [import_module(f"{__name__}.{name}").router for name in names]
