# SPDX-License-Identifier: Apache-2.0
"""``truceline drill``: begin and end a drill, and tell how it went. All other verbs work in it with ``--drill``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from truceline.access import Thing, decide
from truceline.cli._cases import tell
from truceline.errors import AccessError, StateError
from truceline.model.case import Actor
from truceline.services.clock import system_clock
from truceline.services.desk import open_desk, person_here
from truceline.services.drill import Drill, begin, drills, end, report
from truceline.settings import Settings

NAME = "drill"
HELP = "begin and end a drill that cannot be mistaken for the real thing; who acknowledged in how long"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="drill_verb", required=True, metavar="VERB")
    for name, told in (
        ("start", "begin a drill: a ledger of its own"),
        ("end", "end the drill that goes on; its ledger stays"),
        ("status", "how the newest drill goes or went"),
    ):
        sub = verbs.add_parser(name, help=told, description=told)
        sub.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder")
        sub.add_argument("--as", dest="user", required=True, metavar="USER", help="who is asking")
        sub.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")
        if name == "start":
            sub.add_argument("--name", required=True, metavar="TEXT", help="what is exercised")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say which drill it is."""
    actor = person_here(options.watch, options.user, keys=settings.key_dir)
    if options.drill_verb == "start":
        drill = begin(options.watch, actor, options.name, system_clock())
    elif options.drill_verb == "end":
        drill = end(options.watch, actor, system_clock())
    else:
        drill = _newest(options.watch)
    options.is_drill = drill
    tell(_told(drill, actor, options, settings), options)
    return 0


def _newest(folder: Path) -> Drill:
    found = drills(folder)
    if not found:
        raise StateError("there was no drill yet; begin one with: truceline drill start")
    return found[-1]


def _told(drill: Drill, actor: Actor, options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """How it goes, from its own ledger; whoever may read messages may read that."""
    with open_desk(options.watch, keys=settings.key_dir, drill=drill) as at:
        may = decide(actor, "read", Thing("drill")).allowed
        at.log(actor, "read", "drill", drill.id, allowed=may)
        if not may:
            raise AccessError(f"{actor.user} ({actor.role}) may not read how a drill goes")
        return report(drill, at.notifier.outbox, at.notifier.contacts.pace)
