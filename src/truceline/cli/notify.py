# SPDX-License-Identifier: Apache-2.0
"""``truceline notify``: messages to people outside; sent, acknowledged, and whom to ring."""

from __future__ import annotations

import argparse
from typing import Any

from truceline.cli._cases import common, desk, tell
from truceline.cli._shared import PARTLY
from truceline.model.case import Actor
from truceline.model.dispatch import CALLED
from truceline.services import calls
from truceline.services.desk import Desk
from truceline.settings import Settings

NAME = "notify"
HELP = "messages to people outside: send, status, show, ack, retry, and ring an office that does not answer"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="notify_verb", required=True, metavar="VERB")
    common(verbs.add_parser("status", help="messages, calls and who is to be rung, as far as you may see"))
    common(verbs.add_parser("send", help="queue and send all that is due now; a served watch does so by itself"))
    for name, told in (
        ("show", "one message with its text, and what became of it"),
        ("ack", "say that your office has a message"),
        ("retry", "let every way of a message that is not proved begin anew"),
    ):
        sub = verbs.add_parser(name, help=told, description=told)
        common(sub)
        sub.add_argument("message", metavar="MESSAGE", help="its id")
    ring = verbs.add_parser("call", help="ring the next of an office's telephone tree: whom, number, code to read out")
    common(ring)
    ring.add_argument("--office", metavar="ID", help="party or state (default: whichever has waited)")
    said = verbs.add_parser("called", help="say what came of a call")
    common(said)
    said.add_argument("call", metavar="CALL", help="its id")
    said.add_argument("result", choices=CALLED, metavar="RESULT", help=", ".join(CALLED))
    back = verbs.add_parser(
        "confirm", help="take the codes of a person who called back; the office has then acknowledged"
    )
    common(back)
    back.add_argument("call", metavar="CALL", help="its id")
    back.add_argument("--code", required=True, metavar="DIGITS", help="the code that the caller had read out")
    back.add_argument("--totp", required=True, metavar="DIGITS", help="the code of the person's own second factor")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say what became of it."""
    with desk(options, settings) as (at, actor):
        told = _do(at, actor, options)
    tell(told, options)
    return PARTLY if told.get("left") else 0


def _do(at: Desk, actor: Actor, options: argparse.Namespace) -> dict[str, Any]:
    verb = options.notify_verb
    if verb == "status":
        return calls.status(at, actor)
    if verb == "send":
        return calls.send(at, actor)
    if verb == "show":
        return calls.message(at, actor, options.message)
    if verb == "ack":
        return calls.acknowledge(at, actor, options.message)
    if verb == "retry":
        return calls.retry(at, actor, options.message)
    if verb == "call":
        return calls.ring(at, actor, options.office)
    if verb == "called":
        return calls.called(at, actor, options.call, options.result)
    return dict(calls.confirm(at, actor, options.call, options.code, options.totp))
