# SPDX-License-Identifier: Apache-2.0
"""Private signing keys, one file each, in a folder that is never inside what gets published."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from truceline.base.bounded import read_text
from truceline.errors import ConfigError, InputError, UnavailableError
from truceline.ledger.note import Signer, Verifier, check_name


def read_vkey(text_or_path: str | Path) -> str:
    """Return the verifier key that a text is, or that the file it names holds.

    Raises:
        InputError: it is neither.
    """
    text = str(text_or_path).strip()
    try:
        return Verifier.parse(text).vkey
    except InputError:
        if "+" not in text and not Path(text_or_path).is_file():
            raise InputError("there is no such file, and it is no verifier key itself", file=text) from None
        if not Path(text_or_path).is_file():
            raise
    return Verifier.parse(read_text(Path(text_or_path), limit=10_000).strip()).vkey


def check_apart(keys: Path, folder: Path) -> None:
    """Return if the folder of keys does not lie inside the folder that will be handed on.

    Raises:
        ConfigError: it does; whoever got the folder could sign in its name.
    """
    if keys.resolve().is_relative_to(folder.resolve()):
        raise ConfigError(f"the folder of private keys ({keys}) must not lie inside the ledger's folder ({folder})")


def key_path(keys: Path, origin: str) -> Path:
    """Return where the key of a ledger lies: a readable name, and a hash that keeps alike names apart."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", origin)[:60].strip("-.")
    return keys / f"{readable}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}.key"


def load_key(keys: Path, origin: str) -> Signer | None:
    """Return the key of a ledger, or None if there is none.

    Raises:
        ConfigError: the file is not a key, is another ledger's, or others than its owner may read it.
    """
    path = key_path(keys, origin)
    if not path.is_file():
        return None
    if path.stat().st_mode & 0o077:
        raise ConfigError(f"others may read the private key; run: chmod 600 {path}", file=str(path))
    try:
        signer = Signer.parse(read_text(path, limit=10_000).strip())
    except InputError as error:
        raise ConfigError(f"not a private key: {error.reason}", file=str(path)) from error
    if signer.name != origin:
        raise ConfigError(f"the key is that of {signer.name}, not of {origin}", file=str(path))
    return signer


def make_key(keys: Path, origin: str) -> Signer:
    """Return the key of a ledger, made and kept if there was none.

    Raises:
        ConfigError: as :func:`load_key`.
        UnavailableError: it cannot be written.
    """
    check_name(origin)
    signer = Signer(origin, os.urandom(32))
    path = key_path(keys, origin)
    made = path.with_suffix(f".{os.getpid()}.new")
    try:
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(signer.text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails if the name is taken: two processes that start together end up with one key.
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    except OSError as error:
        raise UnavailableError(f"the key cannot be kept: {error.strerror}", file=str(path)) from error
    found = load_key(keys, origin)
    if found is None:
        raise UnavailableError("the key was made but is not there", file=str(path))
    return found
