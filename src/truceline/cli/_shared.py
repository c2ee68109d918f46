# SPDX-License-Identifier: Apache-2.0
"""What several verbs do: run a watch with progress, print, choose the exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truceline.cli._progress import teller
from truceline.errors import ConfigError, UnavailableError
from truceline.flow.published import MONITORS, OUT
from truceline.settings import Settings

if TYPE_CHECKING:
    from truceline.flow.watchfile import Watch
    from truceline.model.watching import Run

PARTLY = 4
"""Exit code of a run that finished while some records were rejected."""

EXAMPLE = "easter-truce-2026"


def example() -> Path:
    """Return the folder of the watch that ships with Truceline.

    Raises:
        UnavailableError: this installation carries no examples.
    """
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "_examples" / EXAMPLE, here.parents[3] / "examples" / EXAMPLE):
        if (folder / "watch.toml").is_file():
            return folder
    raise UnavailableError("this installation carries no examples; run from a clone")


def run_watch(
    what: Watch,
    out: Path,
    line: Path | None,
    settings: Settings,
    *,
    quiet: bool = False,
    monitors: Path | None = None,
) -> tuple[Run, Mapping[str, Any]]:
    """Run a watch into ``out`` with the machine's clock and keys; into ``monitors``, if given, its coverage by all."""
    from truceline.flow import telling  # noqa: PLC0415  what it needs takes as long to load as a whole watch
    from truceline.watch import watch  # noqa: PLC0415  a whole watch takes two seconds to load

    if monitors is not None:
        telling.apart(monitors, out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the output folder: {error.strerror}", file=str(out)) from error
    now, tell = datetime.now(UTC), teller(quiet)
    # A commission works in the watch's own folder: whoever signs in there may be a monitor.
    mine = what.folder / MONITORS if out.resolve() == (what.folder / OUT).resolve() else None
    made = watch(what, out, keys=settings.key_dir, now=now, line=line, monitors=mine, tell=tell)
    if monitors is not None:
        telling.beside_run(what, out, monitors, line=line, now=now, tell_of=tell)
    return made


def write_page(path: Path, page: str) -> None:
    """Write a page that somebody asked for.

    Raises:
        ConfigError: it cannot be written there.
    """
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write the page: {error.strerror}", file=str(path)) from error


def finished(run: Run) -> int:
    """Return the exit code of a finished run, saying what was rejected."""
    if not run.rejected:
        return 0
    for rejected in run.rejected[:5]:
        print(f"truceline: rejected {rejected.file}:{rejected.line}: {rejected.reason}", file=sys.stderr)
    more = len(run.rejected) - 5
    if more > 0:
        print(f"truceline: and {more:,} more; all are in the ledger as records of kind 'rejected'", file=sys.stderr)
    return PARTLY
