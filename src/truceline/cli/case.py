# SPDX-License-Identifier: Apache-2.0
"""``truceline case``: what people do with cases, from the keyboard alone."""

from __future__ import annotations

import argparse
from typing import Any

from truceline.cli._cases import common, data_of, data_options, desk, tell
from truceline.model.case import RECORD_OF, Actor
from truceline.services.desk import Desk
from truceline.services.views import case_line, case_view
from truceline.settings import Settings

NAME = "case"
HELP = "open, read and carry cases: notify, reply, vote, close"

_ACTS = {
    "open": ("open", "open a case"),
    "notify": ("allege", "ask for a party to be notified of an allegation; a second person approves"),
    "approve": ("approve", "be the second person of a step that takes two"),
    "reply": ("reply", "reply for a party; its liaison alone can"),
    "vote": ("vote", "vote on a proposed finding; a vote is final"),
    "close": ("close", "close a case"),
}
"""Verbs with a name of their own: the kind of act, and what it does."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="case_verb", required=True, metavar="VERB")
    for name, (_, told) in _ACTS.items():
        sub = verbs.add_parser(name, help=told, description=told)
        common(sub)
        _act_options(sub, case=name != "open")
    other = verbs.add_parser("do", help="any other act: evidence, attribute, propose, determine…")
    common(other)
    other.add_argument("kind", choices=sorted(RECORD_OF), metavar="KIND", help=", ".join(sorted(RECORD_OF)))
    _act_options(other, case=True)
    shown = verbs.add_parser("show", help="a case, as far as you may see it")
    common(shown)
    shown.add_argument("case", metavar="CASE", help="id of the case")
    common(verbs.add_parser("list", help="the cases you may see"))


def _act_options(parser: argparse.ArgumentParser, *, case: bool) -> None:
    if case:
        parser.add_argument("case", metavar="CASE", help="id of the case")
    data_options(parser)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say under which record it stands."""
    with desk(options, settings) as (at, actor):
        if options.case_verb == "list":
            told: dict[str, Any] = {"cases": _listed(at, actor)}
        elif options.case_verb == "show":
            told = case_view(at.case(actor, options.case), actor, at.rules)
            at.log(actor, "read", "case", options.case, allowed=True)
        else:
            told = _act(at, actor, options)
    tell(told, options)
    return 0


def _listed(at: Desk, actor: Actor) -> list[dict[str, Any]]:
    return [case_line(case, actor, at.rules) for case in at.seen(actor)]


def _act(at: Desk, actor: Actor, options: argparse.Namespace) -> dict[str, Any]:
    kind = options.kind if options.case_verb == "do" else _ACTS[options.case_verb][0]
    index, act, case = at.act(actor, kind, getattr(options, "case", None), options.reason, data_of(options))
    return {"act": act.id, "kind": kind, "case": act.case, "state": case.state, "record": index}
