# SPDX-License-Identifier: Apache-2.0
"""``truceline ladder``: the response to breaches, from the keyboard alone. People declare; the program keeps clocks."""

from __future__ import annotations

import argparse
from typing import Any

from truceline.cli._cases import common, data_of, data_options, desk, tell
from truceline.model.case import Actor
from truceline.model.ladder import ORIGINS
from truceline.model.response import DECISIONS, MOVES
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
    common(verbs.add_parser("show", help="the board, as far as you may see it"))
    for name, told in _NAMED.items():
        sub = verbs.add_parser(name, help=told, description=told)
        common(sub)
        sub.add_argument("step", metavar="STEP", help="id of the step")
        if name == "decide":
            sub.add_argument("decision", choices=DECISIONS, metavar="DECISION", help=", ".join(DECISIONS))
        sub.add_argument("--response", metavar="ID", help="the response (default: the newest)")
        data_options(sub)
    other = verbs.add_parser("do", help="any other move: sign, begin, dispute, report, verify, stop…")
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
        if options.ladder_verb == "show":
            told: dict[str, Any] = at.responses.view(actor, at.now(), at.cases)
        elif options.ladder_verb == "replay":
            told = at.responses.replay(actor, at.now(), options.had)
        else:
            told = _move(at, actor, options)
        if options.ladder_verb in ("show", "replay"):
            at.log(actor, "read", "response", options.ladder_verb, allowed=True)
    tell(told, options)
    return 0 if told.get("same", True) else DIFFERENT


DIFFERENT = 1
"""Exit code of a replay that does not come to the clocks that were told."""


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
