# SPDX-License-Identifier: Apache-2.0
"""``truceline queue``: what waits for one person, by its clock."""

from __future__ import annotations

import argparse

from truceline.cli._cases import common, desk, tell
from truceline.services.queue import queue
from truceline.services.stop_first import tally
from truceline.services.views import INSIDE
from truceline.settings import Settings

NAME = "queue"
HELP = "what waits for you, what is due first first"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    common(parser)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print it."""
    with desk(options, settings) as (at, actor):
        now = at.now()
        at.logbook.tick(now)
        tasks = [task.to_json(now) for task in queue(at.cases, at.logbook.book, actor, at.rules, now, at.responses)]
        told: dict[str, object] = {"user": actor.user, "tasks": tasks}
        if actor.role in INSIDE:
            told["stop_first"] = tally(at.seen(actor), now)
        at.log(actor, "list", "case", "queue", allowed=True)
    if options.json:
        tell(told, options)
        return 0
    if options.is_drill:
        print(options.is_drill.banner)
    print(f"{len(tasks)} wait for {actor.user}")
    for task in tasks:
        left = task["left_minutes"]
        when = "no clock" if left is None else f"{-left:,.0f} min over" if left < 0 else f"{left:,.0f} min left"
        about = task["title"] or task["case"] or ", ".join(f"{k} {v}" for k, v in task["data"].items())
        print(f"  {when:>14}  {task['do'].replace('_', ' ')}: {about} ({task['clock']})")
    return 0
