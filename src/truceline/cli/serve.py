# SPDX-License-Identifier: Apache-2.0
"""``truceline serve``: serve the page of results already made."""

from __future__ import annotations

import argparse
from pathlib import Path

from truceline.settings import Settings

NAME = "serve"
HELP = "serve the page of a folder of results on 127.0.0.1"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="results of demo, watch or assess")
    parser.add_argument("--port", type=int, default=8765, help="port (another free one if taken)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted."""
    from truceline.server import serve  # noqa: PLC0415  the web server is loaded only where a page is served

    del settings  # a reader needs no key
    serve(options.folder, port=options.port)
    return 0
