# SPDX-License-Identifier: Apache-2.0
"""``truceline patrol``: who is out, when they were last heard of, and what they found lying in the ground."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from truceline.cli._cases import common, desk, tell
from truceline.logbook.line import Known, read_spot
from truceline.logbook.patrols import OVER
from truceline.settings import Settings

NAME = "patrol"
HELP = "patrols: depart, check in, return, report a mine or its end, list"

_KINDS = {"depart": "depart", "check-in": "check_in", "return": "return", "mine": "mine", "mine-over": "mine_over"}
_TOLD = {
    "depart": "a patrol goes out and says how often it will be heard of",
    "check-in": "a patrol is heard of",
    "return": "a patrol is back",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="patrol_verb", required=True, metavar="VERB")
    for name, told in _TOLD.items():
        sub = verbs.add_parser(name, help=told, description=told)
        common(sub)
        sub.add_argument("patrol", metavar="PATROL", help="its name, such as P4")
        if name == "depart":
            sub.add_argument(
                "--every", type=float, required=True, metavar="MINUTES", help="how often it will be heard of"
            )
        sub.add_argument("--place", metavar="PLACE", help="where: 48.01,37.80, @Town or BEARING/KM; monitors only")
    mine = verbs.add_parser("mine", help="report a mine; it is told at once to all whose people are in danger")
    common(mine)
    mine.add_argument("--place", required=True, metavar="PLACE", help="where: 48.01,37.80 ±20")
    mine.add_argument("--what", required=True, metavar="TEXT", help="what was seen")
    over = verbs.add_parser("mine-over", help="a mine is gone, or its report was wrong; not by whoever reported it")
    common(over)
    over.add_argument("report", metavar="REPORT", help="id of the report")
    over.add_argument("--state", required=True, choices=OVER, help="cleared: it is gone; withdrawn: it was wrong")
    over.add_argument("--reason", required=True, metavar="TEXT", help="how that is known; told to everybody")
    common(verbs.add_parser("list", help="patrols and mines, as far as you may see them"))


def _said(options: argparse.Namespace, kind: str, known: Known) -> dict[str, Any]:
    """What an entry of a kind says, from the command's words."""
    if kind == "mine_over":
        return {"of": options.report, "state": options.state, "reason": options.reason}
    data = {"what": options.what} if kind == "mine" else {"patrol": options.patrol}
    if kind == "depart":
        data["every_minutes"] = options.every
    if options.place is not None:
        data["spot"] = asdict(read_spot(options.place, known))
    return data


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; a patrol that is overdue by its own interval is recorded as lost whoever looks."""
    with desk(options, settings) as (at, actor):
        now = at.now()
        lost = at.logbook.tick(now)
        if options.patrol_verb == "list":
            told = {key: value for key, value in at.logbook.view(actor, now).items() if key in ("patrols", "mines")}
        else:
            kind = _KINDS[options.patrol_verb]
            at.logbook.ask(actor, kind, now)
            data = _said(options, kind, at.logbook.known)
            index, entry = at.logbook.do(actor, kind, now, data)
            told = {"entry": entry.id, "record": index}
        told["lost_now"] = [str(entry.data["patrol"]) for entry in lost]
    tell(told, options)
    return 0
