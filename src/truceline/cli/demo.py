# SPDX-License-Identifier: Apache-2.0
"""``truceline demo``: the Easter truce of 2026, end to end."""

from __future__ import annotations

import argparse
from pathlib import Path

from truceline.cli._shared import EXAMPLE, example, finished, run_watch
from truceline.flow.watchfile import read_watch
from truceline.reports.text import duty_summary
from truceline.settings import Settings

NAME = "demo"
HELP = "run the watch that ships: the Easter truce of April 2026, and show its page"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("--out", type=Path, default=Path("out") / EXAMPLE, metavar="DIR", help="where results go")
    parser.add_argument("--line", type=Path, metavar="PATH", help="a precise line of contact (GeoJSON)")
    parser.add_argument("--no-serve", action="store_true", help="write the results and exit")
    parser.add_argument(
        "--port", type=int, default=8765, help="port of the page on 127.0.0.1 (another free one if taken)"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run it; serve unless told not to."""
    found, _ = run_watch(read_watch(example()), options.out, options.line, settings)
    print(duty_summary(found))
    print(f"\nResults: {options.out}/  (summary.json, report.html, report.pdf, events.csv, events.geojson, ledger/)")
    print(f"Check it: truceline verify {options.out} --key {options.out}/ledger/vkey --replay", flush=True)
    code = finished(found)
    if not options.no_serve:
        from truceline.server import serve  # noqa: PLC0415  the web server is loaded only where a page is served

        serve(options.out, port=options.port)
    return code
