# SPDX-License-Identifier: Apache-2.0
"""``truceline assess``: run a watch once, without a page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from truceline.cli._shared import finished, run_watch
from truceline.flow.watchfile import read_watch
from truceline.reports.text import duty_summary
from truceline.settings import Settings

NAME = "assess"
HELP = "run the watch in a folder once, headless"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml)")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object on one line, last")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results go (default: WATCH/out)")
    parser.add_argument("--line", type=Path, metavar="PATH", help="another line of contact (GeoJSON) to put first")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run it and print the summary."""
    out = options.out or options.watch / "out"
    found, summary = run_watch(read_watch(options.watch), out, options.line, settings, quiet=options.json)
    code = finished(found)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    else:
        print(duty_summary(found))
        print(f"\nResults: {out}/  (summary.json, report.html, report.pdf, events.csv, events.geojson, ledger/)")
    return code
