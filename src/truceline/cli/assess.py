# SPDX-License-Identifier: Apache-2.0
"""``truceline assess``: run a watch once, without a page; or assess a file of events against terms."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from truceline.cli import _assess_file
from truceline.cli._shared import finished, run_watch
from truceline.errors import ConfigError
from truceline.flow.watchfile import read_watch
from truceline.reports.text import duty_summary
from truceline.settings import Settings

NAME = "assess"
HELP = "run the watch in a folder once, headless; or assess a file of events against terms"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("watch", type=Path, nargs="?", metavar="WATCH", help="the watch's folder (holds watch.toml)")
    parser.add_argument("--terms", type=Path, metavar="PATH", help="terms: a file, or a folder of agreement*.yaml")
    parser.add_argument("--events", type=Path, metavar="FILE", help="events: Parquet or GeoJSON with DESIGN's columns")
    parser.add_argument("--notices", type=Path, metavar="FILE", help="what was notified: a file of notices, YAML")
    parser.add_argument("--page", type=Path, metavar="FILE", help="with --terms: write the readings side by side, HTML")
    parser.add_argument("--lang", default="en", metavar="CODE", help="language of reasons: en, uk, ru or fr")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")
    parser.add_argument(
        "--out", type=Path, metavar="PATH", help="where results go (default: WATCH/out); with --terms a file"
    )
    parser.add_argument("--line", type=Path, metavar="PATH", help="another line of contact (GeoJSON) to put first")
    parser.add_argument(
        "--monitors", type=Path, metavar="DIR", help="write coverage by all sensors there, for monitors only"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run it and print the summary."""
    if options.terms is not None or options.events is not None or options.watch is None:
        if options.watch is not None:
            raise ConfigError("assess takes a WATCH, or --terms and --events, not both")
        if options.monitors is not None:
            raise ConfigError("--monitors needs a WATCH: a file of events says nothing of who looked")
        return _assess_file.run(options)
    if options.page is not None:
        raise ConfigError("--page goes with --terms and --events; a watch has its own page")
    out = options.out or options.watch / "out"
    watch = read_watch(options.watch)
    found, summary = run_watch(watch, out, options.line, settings, quiet=options.json, monitors=options.monitors)
    code = finished(found)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    else:
        print(duty_summary(found))
        print(f"\nResults: {out}/  (summary.json, report.html, report.pdf, events.csv, events.geojson, ledger/)")
    return code
