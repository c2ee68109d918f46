# SPDX-License-Identifier: Apache-2.0
"""``truceline init``: make a new watch."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from truceline.flow.making import Given, make_watch
from truceline.settings import Settings

NAME = "init"
HELP = "make a folder that runs, from fire data, a line, and terms or claims"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to make")
    parser.add_argument("--fires", type=Path, required=True, metavar="CSV", help="NASA FIRMS active fires")
    parser.add_argument("--line", type=Path, required=True, metavar="GEOJSON", help="line of contact")
    parser.add_argument("--satellite-days", type=Path, metavar="CSV", help="which satellite-days the fires cover")
    parser.add_argument("--cloud", type=Path, metavar="CSV", help="cloud cover by day")
    parser.add_argument("--claims", type=Path, metavar="YAML", help="claims, and the truces they speak of")
    parser.add_argument("--terms", type=Path, metavar="YAML", help="the agreement (default: the claims file's truce)")
    parser.add_argument("--extent", type=Path, metavar="GEOJSON", help="the area the fire file covers")
    parser.add_argument("--elements", type=Path, metavar="FILE", help="orbital elements (TLE or OMM)")
    parser.add_argument("--title", help="title that pages show")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Make it and say how to run it."""
    del settings  # nothing of the machine decides what a watch is
    given = Given(
        fires=options.fires,
        line=options.line,
        satellite_days=options.satellite_days,
        cloud=options.cloud,
        claims=options.claims,
        terms=options.terms,
        extent=options.extent,
        elements=options.elements,
    )
    made = make_watch(options.folder, given, now=datetime.now(UTC), title=options.title)
    print(f"Made {options.folder}: {made.period.start:%d %B %Y} to {made.period.end:%d %B %Y}.")
    print(f"Run it: truceline watch {options.folder}   or: truceline assess {options.folder} --json")
    return 0
