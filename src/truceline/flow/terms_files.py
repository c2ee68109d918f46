# SPDX-License-Identifier: Apache-2.0
"""Terms files on disk, with the files beside them that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from truceline.base.bounded import read_text
from truceline.base.yaml import MAX_CHARS
from truceline.errors import InputError, LimitExceeded, Malformed
from truceline.model.agreement import Agreement
from truceline.model.notice import Notice
from truceline.terms import attachments_of, load
from truceline.terms.mend import Draft, read_draft
from truceline.terms.notices import load_notices

MAX_ATTACHED = 1 << 24
"""Largest file that terms may name, bytes (16 MiB: more than the vertices that are read can fill)."""


@dataclass(frozen=True)
class TermsFile:
    """One terms file as read."""

    path: Path
    """Where it lies."""

    text: str
    """Its text."""

    attachments: Mapping[str, str]
    """Texts of the files it names."""

    agreement: Agreement
    """What it says."""


def find_terms(path: Path) -> tuple[Path, ...]:
    """Return the terms files at a path: itself, or in a folder ``agreement*.yaml``, or in its folder ``terms``.

    Raises:
        InputError: there is nothing there, or the folder holds no terms.
    """
    try:
        if not path.is_dir():
            return (path,)
        found = [
            file
            for folder in (path / "terms", path)
            for end in ("yaml", "yml")
            for file in sorted(folder.glob(f"agreement*.{end}"))
        ]
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read: {error}", file=str(path).replace("\0", "\\0")) from error
    if not found:
        raise InputError("a folder without terms: no agreement*.yaml in it or in its folder terms", file=str(path))
    return tuple(found)


def notices_of(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return name and text of the files ``notices*.yaml`` of a watch: in its folder ``terms``, then in itself.

    Raises:
        InputError: one cannot be read, or is too large.
    """
    ends = ("yaml", "yml")
    places = (folder / "terms", folder)
    found = (file for place in places for end in ends for file in sorted(place.glob(f"notices*.{end}")))
    return tuple((file.relative_to(folder).as_posix(), _text(file)) for file in found)


def read_notices(files: Iterable[tuple[str, str]], agreement: Agreement) -> tuple[Notice, ...]:
    """Return all notices of some files, given as name and text.

    Raises:
        InputError: with file, line and reason; two notices have one id.
    """
    found: dict[str, Notice] = {}
    for name, text in files:
        for notice in load_notices(text, file=name, agreement=agreement):
            if notice.id in found:
                raise Malformed(f"notice {notice.id!r:.80} stands in another file of notices, too", file=name)
            found[notice.id] = notice
    return tuple(found.values())


def read_terms_file(path: Path) -> TermsFile:
    """Return a terms file and the files beside it that it names. Sizes are checked before anything is read.

    Raises:
        InputError: with file, line and reason.
    """
    text, name = _text(path), str(path)
    attachments = read_attached(path, text, name)
    return TermsFile(path, text, attachments, load(text, file=name, attachments=attachments))


def read_terms_draft(path: Path) -> Draft:
    """Return all that can be read of a terms file, and every fault for which :func:`read_terms_file` would refuse it.

    Raises:
        InputError: it is no file, no YAML, or too large: there is nothing to read.
    """
    text, name = _text(path), str(path)
    attachments: dict[str, str] = {}
    for wanted in attachments_of(text, file=name):
        # What cannot be read is told where it is named: it is not found beside the terms.
        with suppress(InputError):
            attachments |= _attached(path, text, name, wanted)
    return read_draft(text, file=name, attachments=attachments)


def read_attached(path: Path, text: str, name: str) -> dict[str, str]:
    """Return the texts of the files beside a terms file that it names; ``name``: what messages call it.

    Raises:
        InputError: a name leads elsewhere, or a file cannot be read.
    """
    attachments: dict[str, str] = {}
    for wanted in attachments_of(text, file=name):
        attachments |= _attached(path, text, name, wanted)
    return attachments


def _attached(path: Path, text: str, name: str, wanted: str) -> dict[str, str]:
    """The text of one such file by its name; nothing where there is none."""
    inside = PurePosixPath(wanted)
    if inside.is_absolute() or ".." in inside.parts or "\\" in wanted:
        raise InputError(f"{wanted!r:.100} does not lie beside the terms", file=name, line=_line(text, wanted))
    file = path.parent / wanted
    if not file.is_file():
        return {}
    try:
        return {wanted: read_text(file, limit=MAX_ATTACHED)}
    except InputError as error:
        where = wanted if error.line is None else f"{wanted}:{error.line}"
        raise type(error)(f"{where}: {error.reason}", file=name, line=_line(text, wanted)) from error


def _text(path: Path) -> str:
    """The file's text; where it is too large, the error says on which line."""
    try:
        return read_text(path, limit=4 * MAX_CHARS)
    except LimitExceeded as error:
        error.line = _line_at(path, 4 * MAX_CHARS)
        raise


def _line_at(path: Path, limit: int) -> int:
    """Return the line on which a file goes beyond so many bytes."""
    with path.open("rb") as file:
        return file.read(limit).count(b"\n") + 1


def _line(text: str, word: str) -> int:
    """Return the first line that holds a word."""
    return text.count("\n", 0, max(text.find(word), 0)) + 1
