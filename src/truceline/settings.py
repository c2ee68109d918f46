# SPDX-License-Identifier: Apache-2.0
"""One frozen object, built once from the environment and passed down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What the machine, not the watch, decides."""

    key_dir: Path
    """Folder of private signing keys, mode 0700, outside every output folder (``TRUCELINE_KEYS``)."""

    data_dir: Path | None
    """Folder of the shared data that may not be copied into the repository (``TRUCELINE_SHARED``)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``TRUCELINE_KEYS``, ``TRUCELINE_SHARED``, ``XDG_CONFIG_HOME`` and ``HOME``."""
        home = Path(environment.get("HOME") or "~").expanduser()
        config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
        keys = Path(environment.get("TRUCELINE_KEYS") or config / "truceline" / "keys")
        shared = environment.get("TRUCELINE_SHARED")
        return cls(key_dir=keys, data_dir=Path(shared) if shared else None)
