# SPDX-License-Identifier: Apache-2.0
"""``truceline serve``: serve the page of results already made, or a watch with its commission."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from truceline.services.desk import OUT, open_desk
from truceline.services.drill import current
from truceline.settings import Settings

NAME = "serve"
HELP = "serve the page of a folder of results, or a watch with its commission, on 127.0.0.1"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="results of demo, watch or assess; or a watch's folder"
    )
    parser.add_argument("--drill", action="store_true", help="serve the drill that goes on; nothing of it is real")
    parser.add_argument("--port", type=int, default=8765, help="port (another free one if taken)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted."""
    from truceline.server import serve  # noqa: PLC0415  the web server is loaded only where a page is served

    if not (options.folder / "watch.toml").is_file():
        serve(options.folder, port=options.port)  # a reader needs no key
        return 0
    drill = current(options.folder) if options.drill else None
    if drill is not None:
        print(drill.banner, file=sys.stderr)
    with open_desk(options.folder, keys=settings.key_dir, drill=drill) as desk:
        serve((options.folder if drill is None else drill.folder) / OUT, port=options.port, desk=desk)
    return 0
