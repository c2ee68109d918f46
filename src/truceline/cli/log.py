# SPDX-License-Identifier: Apache-2.0
"""``truceline log``: the watch log, from the keyboard alone. Without a line, ``add`` reads one after another."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from truceline.cli._cases import common, desk, tell
from truceline.cli._shared import PARTLY
from truceline.errors import InputError, StateError
from truceline.model.case import Actor
from truceline.services.desk import Desk
from truceline.settings import Settings

NAME = "log"
HELP = "keep the watch log: add, correct, ask, answer, list, hand over the shift"

SHOWN = 50
"""Newest lines that ``list`` shows unless told otherwise."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="log_verb", required=True, metavar="VERB")
    add = verbs.add_parser("add", help="key a line; without one, lines are read from the keyboard until its end")
    common(add)
    add.add_argument("line", nargs="*", metavar="LINE", help="such as: 2140 A10 3x shelling 122mm 48.01,37.80 ±500")
    add.add_argument("--again", action="store_true", help="it happened twice: the same line as a moment ago is meant")
    right = verbs.add_parser("correct", help="supersede a line by another, or strike it; nothing is deleted")
    common(right)
    right.add_argument("entry", metavar="ENTRY", help="id of the line")
    right.add_argument("line", nargs="*", metavar="LINE", help="the line as it should be; without one it is struck")
    right.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands beside the correction")
    ask = verbs.add_parser("ask", help="leave a question open for whoever comes next")
    common(ask)
    ask.add_argument("text", metavar="TEXT", help="what is open")
    ask.add_argument("--about", metavar="ENTRY", help="the entry it is about")
    answer = verbs.add_parser("answer", help="answer a question")
    common(answer)
    answer.add_argument("entry", metavar="ENTRY", help="id of the question")
    answer.add_argument("text", metavar="TEXT", help="the answer")
    shown = verbs.add_parser("list", help="the newest lines, open questions, patrols and mines, as far as you may see")
    common(shown)
    shown.add_argument("--history", action="store_true", help="with lines that were corrected or struck")
    shown.add_argument("--last", type=int, default=SHOWN, metavar="N", help=f"how many lines (default {SHOWN})")
    for name, told in (
        ("handover", "sign the outgoing half of a handover, with what the shift adds up to"),
        ("takeover", "sign the incoming half; another person does"),
    ):
        half = verbs.add_parser(name, help=told, description=told)
        common(half)
        half.add_argument("--note", default="", metavar="TEXT", help="what else the next shift should know")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say what was understood."""
    with desk(options, settings) as (at, actor):
        now = at.now()
        at.logbook.tick(now)
        if options.log_verb == "add" and not options.line:
            if options.is_drill and not options.json:
                print(options.is_drill.banner, flush=True)
            told = _many(at, actor, again=options.again, quiet=options.json)
        else:
            told = _DO[options.log_verb](at, actor, options, now)
    tell(told, options)
    return PARTLY if told.get("refused") else 0


def _add(at: Desk, actor: Actor, options: argparse.Namespace, now: datetime) -> dict[str, Any]:
    index, entry, said = at.logbook.key(actor, now, " ".join(options.line), again=options.again)
    return {"entry": entry.id, "record": index, "understood": said}


def _many(at: Desk, actor: Actor, *, again: bool, quiet: bool) -> dict[str, Any]:
    """Read lines until the end; what cannot be read is told at once, and the next line is read."""
    kept, refused = [], []
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            index, entry, said = at.logbook.key(actor, at.now(), line, again=again)
        except (InputError, StateError) as error:
            refused.append({"line": number, "why": str(error)})
            print(f"  not taken: {error}", file=sys.stderr)
        else:
            kept.append({"entry": entry.id, "record": index, "understood": said})
            if not quiet:
                print(f"  {said}", flush=True)
    return {"entries": kept, "refused": refused}


def _correct(at: Desk, actor: Actor, options: argparse.Namespace, now: datetime) -> dict[str, Any]:
    text = " ".join(options.line) or None
    index, entry, said = at.logbook.correct(actor, now, options.entry, text, options.reason)
    return {"entry": entry.id, "record": index, "understood": said, "supersedes": options.entry}


def _ask(at: Desk, actor: Actor, options: argparse.Namespace, now: datetime) -> dict[str, Any]:
    index, entry = at.logbook.do(actor, "question", now, {"text": options.text, "about": options.about})
    return {"entry": entry.id, "record": index}


def _answer(at: Desk, actor: Actor, options: argparse.Namespace, now: datetime) -> dict[str, Any]:
    index, entry = at.logbook.do(actor, "answer", now, {"of": options.entry, "text": options.text})
    return {"entry": entry.id, "record": index}


def _list(at: Desk, actor: Actor, options: argparse.Namespace, now: datetime) -> dict[str, Any]:
    told = at.logbook.view(actor, now, history=options.history)
    lines = told.get("lines", [])
    if "lines" in told:
        at.log(actor, "read", "log", "lines", allowed=True)
        told |= {"lines": lines[-options.last :] if options.last > 0 else [], "of_lines": len(lines)}
    return told


def _handover(at: Desk, actor: Actor, options: argparse.Namespace, now: datetime) -> dict[str, Any]:
    index, entry = at.logbook.hand_over(actor, now, options.note)
    return {"entry": entry.id, "record": index, "summary": entry.data["summary"]}


def _takeover(at: Desk, actor: Actor, options: argparse.Namespace, now: datetime) -> dict[str, Any]:
    index, entry = at.logbook.take_over(actor, now, options.note)
    handed = at.logbook.book.handovers[str(entry.data["of"])]
    return {"entry": entry.id, "record": index, "of": handed.entry.id, "summary": handed.entry.data["summary"]}


_DO = {
    "add": _add,
    "correct": _correct,
    "ask": _ask,
    "answer": _answer,
    "list": _list,
    "handover": _handover,
    "takeover": _takeover,
}
