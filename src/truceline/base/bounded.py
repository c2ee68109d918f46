# SPDX-License-Identifier: Apache-2.0
"""Every foreign byte enters through here, so that size is bounded in one place."""

from __future__ import annotations

import stat
from pathlib import Path

from truceline.errors import InputError, LimitExceeded, Malformed, Truncated

MAX_BYTES = 1 << 30
"""Largest file read at all, bytes (1 GiB: some seven million fire rows)."""


def read_bytes(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """Return the whole file.

    Raises:
        InputError: there is no such file, it is a folder, or it may not be read.
        Truncated: it is empty.
        LimitExceeded: it is larger than ``limit`` bytes, also if it grows while being read.
    """
    name = str(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Malformed("not a plain file", file=name)
        if status.st_size > limit:
            raise LimitExceeded(f"{status.st_size:,} bytes; at most {limit:,} are read", file=name)
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=name) from error
    except ValueError as error:
        # A path with a NUL in it never reaches the file system.
        raise InputError(f"cannot be read: {error}", file=name.replace("\0", "\\0")) from error
    if len(data) > limit:
        raise LimitExceeded(f"grew beyond {limit:,} bytes while being read", file=name)
    if not data:
        raise Truncated("the file is empty", file=name)
    return data


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """Return the whole file as UTF-8 text, a byte-order mark dropped.

    Raises:
        InputError: as :func:`read_bytes`; ``Malformed`` if it is not UTF-8 or holds a NUL.
    """
    return text_of(read_bytes(path, limit=limit), file=str(path))


def text_of(data: bytes, *, file: str) -> str:
    """Return UTF-8 bytes as text, a byte-order mark dropped, ``file`` being their name for messages.

    Raises:
        Malformed: with the line, where they are not UTF-8 or hold a NUL.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"not UTF-8 text: {error.reason} at byte {error.start}",
            file=file,
            line=data.count(b"\n", 0, error.start) + 1,
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Malformed("holds a NUL byte: binary, not text", file=file, line=line)
    return text
