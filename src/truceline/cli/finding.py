# SPDX-License-Identifier: Apache-2.0
"""``truceline finding show``: what was found, as far as the person may see it."""

from __future__ import annotations

import argparse

from truceline.cli._cases import common, desk, tell
from truceline.errors import NotHere
from truceline.services.views import case_view
from truceline.settings import Settings

NAME = "finding"
HELP = "show findings, with the standard that was met, coverage and dissents"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    verbs = parser.add_subparsers(dest="finding_verb", required=True, metavar="VERB")
    shown = verbs.add_parser("show", help="one finding, or all you may see")
    common(shown)
    shown.add_argument("finding", nargs="?", metavar="FINDING", help="id of the finding (default: all)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print them."""
    with desk(options, settings) as (at, actor):
        found = []
        for case in at.seen(actor):
            view = case_view(case, actor, at.rules)
            # Whom a case does not concern is told a released finding, and neither the title nor the file's state.
            title = {"title": view["title"]} if "title" in view else {}
            found += [{"case": case.id, **title, **finding} for finding in view["findings"]]
        if options.finding is not None:
            found = [finding for finding in found if finding["finding"] == options.finding]
            if not found:
                raise NotHere(f"there is no finding {options.finding:.40} that {actor.user} may see")
        at.log(actor, "read", "finding", options.finding or "all", allowed=True)
    tell({"findings": found}, options)
    return 0
