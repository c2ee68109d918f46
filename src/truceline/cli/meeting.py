# SPDX-License-Identifier: Apache-2.0
"""``truceline meeting``: who came, what was decided and adopted, and which commitments and terms that changed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from truceline.cli._cases import drill_of, tell
from truceline.cli._register import common, drafts, ledger, looking, view, write_marked
from truceline.errors import StateError
from truceline.register.tell import meetings_json
from truceline.reports.meetings_page import meetings_page
from truceline.services import register_reading as reading
from truceline.settings import Settings

NAME = "meeting"
HELP = "meetings and statements: list, show, add from a file"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="meeting_verb", required=True, metavar="VERB")
    shown = verbs.add_parser("list", help="meetings that had begun, in their order")
    common(shown)
    looking(shown)
    one = verbs.add_parser("show", help="one meeting")
    common(one)
    one.add_argument("name", metavar="MEETING", help="its id")
    looking(one)
    add = verbs.add_parser("add", help="post what a file says; all or none")
    common(add, "the watch's folder")
    add.add_argument("file", type=Path, metavar="FILE", help="docs/reference/register.md has the form")
    add.add_argument("--reason", default="", metavar="TEXT", help="on what ground (default: the file's own)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it."""
    if options.meeting_verb == "add":
        with ledger(options, settings) as (at, actor):
            told: dict[str, Any] = reading.post(at, actor, drafts(options.file), options.reason)
    else:
        found = view(options, settings, options.on)
        if options.meeting_verb == "show" and options.name not in found.meetings:
            raise StateError(f"there is no meeting {options.name:.64} as of then")
        if options.meeting_verb == "show":
            names = {options.name: found.meetings[options.name]}
            found = type(found)(found.on, found.known, found.states, found.standings, names, found.withheld)
        told = meetings_json(found)
        if options.page is not None:
            write_marked(options.page, meetings_page(found), drill_of(options))
    tell(told, options)
    return 0
