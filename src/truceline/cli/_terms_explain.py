# SPDX-License-Identifier: Apache-2.0
"""``truceline terms explain``: an agreement written back in plain language from its data."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from truceline.flow.terms_files import find_terms, read_terms_file
from truceline.lang import languages
from truceline.scrutiny.explain import explain

HELP = "write an agreement back in plain language from its data, so that parties can check it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a terms file, or a folder or watch")
    parser.add_argument("--lang", choices=languages(), default="en", help="language (default: en)")
    parser.add_argument("--json", action="store_true", help="print it as one JSON object on one line, last")


def run(options: argparse.Namespace) -> int:
    """Print what each file says."""
    told = []
    for path in find_terms(options.path):
        agreement = read_terms_file(path).agreement
        found = explain(agreement, options.lang)
        told.append({"agreement": agreement.id, "file": agreement.file, **found.to_json()})
        if not options.json:
            print(found.text(), end="\n\n")
    if options.json:
        print(json.dumps({"explanations": told}, ensure_ascii=False, separators=(",", ":")))
    return 0
