# SPDX-License-Identifier: Apache-2.0
"""``truceline terms diff``: what changed between two texts of an agreement, clause by clause."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from truceline.cli._shared import write_page
from truceline.errors import ConfigError
from truceline.flow.terms_files import find_terms, read_terms_file
from truceline.lang import languages
from truceline.model.agreement import Agreement
from truceline.scrutiny.compare import compare
from truceline.scrutiny.compared import comparison_text

HELP = "show what changed between two texts, clause by clause"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("before", type=Path, metavar="A", help="the first text: a terms file, or a folder with one")
    parser.add_argument("after", type=Path, metavar="B", help="the second text")
    parser.add_argument("--lang", choices=languages(), default="en", help="language (default: en)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the comparison as a page too")
    parser.add_argument("--json", action="store_true", help="print it as one JSON object on one line, last")


def run(options: argparse.Namespace) -> int:
    """Print what changed; equal texts are no fault, and different ones neither."""
    found = compare(_one(options.before), _one(options.after), options.lang)
    if options.html is not None:
        from truceline.reports.terms_diff import comparison_page  # noqa: PLC0415  only a page needs what makes pages

        write_page(options.html, comparison_page(found))
    if options.json:
        print(json.dumps(found.to_json(), ensure_ascii=False, separators=(",", ":")))
    else:
        print(comparison_text(found))
    return 0


def _one(path: Path) -> Agreement:
    """The one text at a path."""
    files = find_terms(path)
    if len(files) > 1:
        names = ", ".join(each.name for each in files)
        raise ConfigError(f"holds several texts; name one of {names}", file=str(path))
    return read_terms_file(files[0]).agreement
