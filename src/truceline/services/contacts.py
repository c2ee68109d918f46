# SPDX-License-Identifier: Apache-2.0
"""The contacts file of a watch, and the secrets it names: from the environment, or from a file only its owner reads."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from truceline.base.bounded import read_text
from truceline.base.yaml import MAX_CHARS, parse
from truceline.dispatch import Contacts, read_contacts
from truceline.errors import ConfigError, UnavailableError

CONTACTS = "contacts.yaml"
"""File of a watch's folder; without one nobody outside is told."""

SECRETS = "secrets.yaml"
"""File of the key folder: one map from names to secrets."""

PREFIX = "TRUCELINE_SECRET_"
"""Before the name, in capitals and with underscores, of a secret in the environment."""


def contacts_of(folder: Path) -> Contacts:
    """Return the contacts of a watch's folder; none where there is no file.

    Raises:
        InputError: it cannot be read, or is not of the form; file and line are named.
    """
    path = folder / CONTACTS
    return read_contacts(read_text(path, limit=MAX_CHARS), str(path)) if path.exists() else Contacts()


class Secrets:
    """What contacts name and nobody writes down where others read."""

    def __init__(self, keys: Path, environment: Mapping[str, str] | None = None) -> None:
        self._path = keys / SECRETS
        self._environment = os.environ if environment is None else environment

    def get(self, name: str) -> str:
        """Return a secret.

        Raises:
            UnavailableError: there is none of that name.
            ConfigError: the file can be read by others.
            InputError: the file is not of the form.
        """
        there = self._environment.get(PREFIX + name.upper().replace("-", "_").replace(".", "_"))
        found = there or self._of_file().get(name)
        if not found:
            raise UnavailableError(f"there is no secret {name!r:.60}, in the environment or in {SECRETS}")
        return str(found)

    def _of_file(self) -> Mapping[str, object]:
        if not self._path.exists():
            return {}
        if stat.S_IMODE(self._path.stat().st_mode) & 0o077:
            raise ConfigError(f"others can read it; run: chmod 600 {SECRETS}", file=str(self._path))
        root = parse(read_text(self._path, limit=MAX_CHARS), file=str(self._path))
        if not isinstance(root.value, dict):
            raise ConfigError("expected a map from names to secrets", file=str(self._path), line=root.line)
        return {key: node.value for key, node in root.value.items()}
