# SPDX-License-Identifier: Apache-2.0
"""``truceline ladder``: the response to breaches, from the keyboard alone. People declare; the program keeps clocks."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from truceline.cli._cases import common, data_of, data_options, desk, drill_of, tell
from truceline.cli._register import write_marked
from truceline.model.case import Actor
from truceline.model.ladder import ORIGINS
from truceline.model.response import DECISIONS, MOVES
from truceline.reports.board_page import board_page
from truceline.services import response_reading as reading
from truceline.services.desk import Desk
from truceline.settings import Settings

NAME = "ladder"
HELP = "the response: its clocks, who is asked, who answered; declare, acknowledge, decide, replay"

_NAMED = {
    "declare": "declare a step; the terms say who may",
    "acknowledge": "say for your state that it has the matter",
    "decide": "say what your capital decided",
}
"""Verbs with a name of their own."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="ladder_verb", required=True, metavar="VERB")
    show = verbs.add_parser("show", help="the board, as far as you may see it")
    common(show)
    show.add_argument("--page", type=Path, metavar="FILE", help="write it as one HTML page too, for a cabinet table")
    common(verbs.add_parser("clocks", help="the clocks alone: every way to count, hours already used"))
    common(verbs.add_parser("moves", help="every move that you may see"))
    state = verbs.add_parser("state", help="one state: what it promised, what is asked, by when, who decides")
    common(state)
    state.add_argument("state", nargs="?", metavar="STATE", help="its id (default: your own)")
    for name, told in _NAMED.items():
        sub = verbs.add_parser(name, help=told, description=told)
        common(sub)
        sub.add_argument("step", metavar="STEP", help="id of the step")
        if name == "decide":
            sub.add_argument("decision", choices=DECISIONS, metavar="DECISION", help=", ".join(DECISIONS))
        sub.add_argument("--response", metavar="ID", help="the response (default: the newest)")
        data_options(sub)
    other = verbs.add_parser("do", help="any other move: sign, begin, dispute, report, stop, convene…")
    common(other)
    other.add_argument("kind", choices=MOVES, metavar="KIND", help=", ".join(MOVES))
    data_options(other)
    replayed = verbs.add_parser(
        "replay", help="the response from its logged moves, and what if clocks counted otherwise"
    )
    common(replayed)
    replayed.add_argument("--had", choices=ORIGINS, default="determination", help="what if clocks counted from it")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say under which record it stands. A replay that comes out otherwise is a failure."""
    with desk(options, settings) as (at, actor):
        told = _LOOKING.get(options.ladder_verb, _move)(at, actor, options)
        page = getattr(options, "page", None)
        if page is not None:
            write_marked(page, board_page(told, reading.names(at, actor)), drill_of(options))
    tell(told, options)
    return 0 if told.get("same", True) else DIFFERENT


DIFFERENT = 1
"""Exit code of a replay that does not come to the clocks that were told."""


_LOOKING: dict[str, Callable[[Desk, Actor, argparse.Namespace], dict[str, Any]]] = {
    "show": lambda at, actor, _: reading.board(at, actor),
    "clocks": lambda at, actor, _: reading.clocks(at, actor),
    "moves": lambda at, actor, _: {"moves": reading.moves(at, actor)},
    "state": lambda at, actor, options: reading.state(at, actor, options.state or str(actor.of)),
    "replay": lambda at, actor, options: reading.replay(at, actor, options.had),
}
"""Verbs that only look."""


def _move(at: Desk, actor: Actor, options: argparse.Namespace) -> dict[str, Any]:
    kind, data = options.ladder_verb, data_of(options)
    if kind == "do":
        kind = options.kind
    else:
        data = {"response": options.response or at.responses.newest(), "step": options.step, **data}
    if kind in ("acknowledge", "decide"):
        data = {"state": actor.of, **data}
    if kind == "decide" and options.ladder_verb == "decide":
        data = {"decision": options.decision, **data}
    index, move = at.move(actor, kind, options.reason, data)
    return {"move": move.id, "kind": kind, "record": index, "clocks": dict(move.clocks)}
