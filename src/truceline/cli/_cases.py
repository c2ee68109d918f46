# SPDX-License-Identifier: Apache-2.0
"""What the verbs about cases share: the options, and the desk with who is asking."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from truceline.errors import Malformed
from truceline.model.case import Actor
from truceline.services.desk import Desk, open_desk
from truceline.services.drill import Drill, current
from truceline.settings import Settings


def common(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb about cases."""
    parser.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml, people.yaml)")
    parser.add_argument("--as", dest="user", required=True, metavar="USER", help="who is asking, of people.yaml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the ledger is (default: WATCH/out)")
    parser.add_argument("--drill", action="store_true", help="in the drill that goes on; nothing of it is real")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")


def data_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every act: why, and what it needs."""
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands in the ledger")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="what the act needs; VALUE is JSON or text"
    )
    parser.add_argument("--data", default="{}", metavar="JSON", help="the same as one JSON object")


@contextmanager
def desk(options: argparse.Namespace, settings: Settings) -> Iterator[tuple[Desk, Actor]]:
    """Open the watch's ledger for the person named."""
    drill = current(options.watch) if options.drill else None
    options.is_drill = drill
    if drill is not None:
        print(drill.banner, file=sys.stderr)
    with open_desk(options.watch, keys=settings.key_dir, out=options.out, drill=drill) as opened:
        yield opened, opened.person(options.user)


def drill_of(options: argparse.Namespace) -> Drill | None:
    """Return the drill that a verb worked in; None: it was real, or no ledger was opened."""
    found: Drill | None = getattr(options, "is_drill", None)
    return found


def tell(told: Mapping[str, Any], options: argparse.Namespace) -> None:
    """Print a result: for people, or as one JSON object on one line; of a drill it says so first."""
    drill = drill_of(options)
    if drill is not None:
        own = told.get("drill")
        whole = {**drill.to_json(), **(own if isinstance(own, Mapping) else {})}
        told = {"drill": whole, **{key: value for key, value in told.items() if key != "drill"}}
    if options.json:
        print(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    else:
        print(json.dumps(told, ensure_ascii=False, indent=2))


def data_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return what an act needs, as the options give it.

    Raises:
        Malformed: it is not JSON, or no ``KEY=VALUE``.
    """
    try:
        data = json.loads(options.data)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"--data is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise Malformed("--data: expected one JSON object")
    for pair in options.set:
        key, equals, text = pair.partition("=")
        if not equals:
            raise Malformed(f"--set {pair!r:.80}: expected KEY=VALUE")
        try:
            data[key] = json.loads(text)
        except (ValueError, RecursionError):
            data[key] = text  # a plain word needs no quotes
    return data
