# SPDX-License-Identifier: Apache-2.0
"""What the verbs about the register share: read it from a watch's ledger, or from its files before there is a watch."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from truceline.base.bounded import read_text
from truceline.base.ids import ulid
from truceline.cli._cases import desk
from truceline.cli._shared import write_page
from truceline.errors import ConfigError
from truceline.model.case import Actor
from truceline.model.dispatch import DRILL
from truceline.register import Register, View
from truceline.register.read import MAX_CHARS, Draft, enter, read
from truceline.reports.html_parts import in_drill
from truceline.services import register_reading as reading
from truceline.services.desk import Desk
from truceline.services.drill import Drill
from truceline.settings import Settings

FILES = ("register.yaml", "meetings.yaml")
"""Files of a folder that holds a register and is no watch, in the order they are read."""

_READER = Actor("file", "secretariat", clearance="public")


def common(parser: argparse.ArgumentParser, what: str = "the watch's folder, or a register's file or folder") -> None:
    """Add the options of every verb about the register."""
    parser.add_argument("watch", type=Path, metavar="WATCH", help=what)
    parser.add_argument("--as", dest="user", metavar="USER", help="who is asking, of the watch's people")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the ledger is (default: WATCH/out)")
    parser.add_argument("--drill", action="store_true", help="in the drill that goes on; nothing of it is real")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")


def looking(parser: argparse.ArgumentParser, *, on: bool = True) -> None:
    """Add the options of verbs that only look."""
    if on:
        parser.add_argument("--on", metavar="DATE", help="as of the end of that day, or of a moment (default: now)")
    parser.add_argument("--known", metavar="DATE", help="as the register knew it at the end of that day (default: now)")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write it as one HTML page too")


def drafts(path: Path) -> tuple[Draft, ...]:
    """Return what a register or meetings file says.

    Raises:
        InputError: it cannot be read, or is not of the form.
    """
    return read(read_text(path, limit=4 * MAX_CHARS), file=str(path))


@contextmanager
def ledger(options: argparse.Namespace, settings: Settings) -> Iterator[tuple[Desk, Actor]]:
    """Open the watch's ledger for the person named.

    Raises:
        ConfigError: nobody is named.
    """
    if options.user is None:
        raise ConfigError("a watch's register is kept by somebody: --as USER")
    with desk(options, settings) as opened:
        yield opened


def view(options: argparse.Namespace, settings: Settings, on: str | None) -> View:
    """Return the register as of a moment: from a watch's ledger as far as the person may read it, or from files."""
    if (options.watch / "watch.toml").is_file():
        with ledger(options, settings) as (at, actor):
            return reading.view(at, actor, on, options.known)
    if options.drill:
        raise ConfigError("files are in no drill; name the watch's folder", file=str(options.watch))
    if options.known is not None:
        raise ConfigError("files do not say since when something was known; only a ledger does")
    now = datetime.now(UTC)
    return of_files(options.watch, now).as_of(now if on is None else reading.moment(on, end=True))


def of_files(path: Path, at: datetime) -> Register:
    """Return the register of a file, or of a folder's :data:`FILES`, as entered at a moment.

    Raises:
        ConfigError: the folder holds neither.
        InputError, StateError: with file and line.
    """
    found = [path / name for name in FILES if (path / name).is_file()] if path.is_dir() else [path]
    if not found:
        raise ConfigError(f"no watch.toml here, and none of {', '.join(FILES)}", file=str(path))
    many = [draft for each in found for draft in drafts(each)]
    numbers = iter(range(len(many)))
    return enter(Register(), many, _READER, at, lambda: ulid(at, next(numbers).to_bytes(10)))[0]


def only(found: View, states: set[str]) -> View:
    """Return a view with the commitments of some states only."""
    return replace(found, standings={k: s for k, s in found.standings.items() if s.commitment.state in states})


def write_marked(path: Path, page: str, drill: Drill | None) -> None:
    """Write a page that somebody asked for; one of a drill says so on every sheet.

    Raises:
        ConfigError: it cannot be written there.
    """
    write_page(path, page if drill is None else in_drill(page, DRILL, drill.banner))
