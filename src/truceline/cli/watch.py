# SPDX-License-Identifier: Apache-2.0
"""``truceline watch``: run a watch and serve its page."""

from __future__ import annotations

import argparse
from pathlib import Path

from truceline.cli._shared import finished, run_watch
from truceline.flow.watchfile import read_watch
from truceline.reports.text import duty_summary
from truceline.services.clock import Clock, system_clock
from truceline.services.desk import PEOPLE, new_id, open_desk
from truceline.services.stop_first import open_corroborated
from truceline.settings import Settings
from truceline.store.account_file import ACCOUNTS

NAME = "watch"
HELP = "run the watch in a folder and serve its page"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("watch", type=Path, metavar="DIR", help="the watch's folder (holds watch.toml)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results go (default: DIR/out)")
    parser.add_argument("--line", type=Path, metavar="PATH", help="another line of contact (GeoJSON) to put first")
    parser.add_argument(
        "--monitors", type=Path, metavar="DIR", help="write coverage by all sensors there, for monitors only"
    )
    parser.add_argument(
        "--port", type=int, default=8765, help="port of the page on 127.0.0.1 (another free one if taken)"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run it and serve."""
    from truceline.server import serve  # noqa: PLC0415  the web server is loaded only where a page is served

    out = options.out or options.watch / "out"
    found, _ = run_watch(read_watch(options.watch), out, options.line, settings, monitors=options.monitors)
    print(duty_summary(found))
    stop_first(options.watch, out, settings)
    code = finished(found)
    serve(out, port=options.port)
    return code


def stop_first(folder: Path, out: Path, settings: Settings, clock: Clock = system_clock) -> None:
    """Where the watch has a commission, give both liaisons a notice of what the run found corroborated."""
    seated = any((folder / name).is_file() for name in (PEOPLE, ACCOUNTS))
    if not seated or read_watch(folder).terms is None:
        return
    with open_desk(folder, keys=settings.key_dir, out=out, clock=clock) as desk:
        stopped = open_corroborated(desk.cases, desk.store.read, desk.now(), new_id)
    for case in stopped.opened:
        print(f"Notice to both liaisons: case {case}")
    for event, notice in stopped.announced:
        print(f"Event {event} was announced (notice {notice}): no allegation")
