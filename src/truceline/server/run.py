# SPDX-License-Identifier: Apache-2.0
"""Serving a folder on this machine, until interrupted."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from pathlib import Path

import uvicorn

from truceline.errors import ConfigError, InputError, UnavailableError
from truceline.server.app import app
from truceline.services.desk import Desk

HOST = "127.0.0.1"
MAX_PORT = 65_535
PAGE = Path(__file__).resolve().parents[3] / "web" / "dist"
"""The built page in a checkout of the repository."""


def listen(port: int) -> socket.socket:
    """Return a listening socket on 127.0.0.1: that port, or any free one if it is 0 or taken.

    Raises:
        UnavailableError: no port can be had.
    """
    for wanted in (port, 0):
        # Without the protocol said, asyncio does not set TCP_NODELAY on what it accepts, and each answer whose head and
        # body are two packets waits 40 ms for the other side's delayed acknowledgement.
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((HOST, wanted))
            made.listen(128)
        except OSError as error:
            made.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES) or wanted == 0:
                raise UnavailableError(f"no port on {HOST}: {error.strerror}") from error
        else:
            return made
    raise UnavailableError(f"no port on {HOST}")


def serve(folder: Path, port: int = 0, *, page_dist: Path | None = None, desk: Desk | None = None) -> None:
    """Serve a folder of results, and the commission's API where there is a desk, on 127.0.0.1; print the address.

    Returns when interrupted.

    Raises:
        InputError: the folder holds no results.
        ConfigError: the port is no port.
        UnavailableError: no port can be had.
    """
    if desk is None and not (folder / "page.json").is_file():
        raise InputError("holds no results of demo, watch or assess (no page.json)", file=str(folder))
    if not 0 <= port <= MAX_PORT:
        raise ConfigError(f"a port is a number from 0 to {MAX_PORT}, not {port}")
    made = app(folder, page_dist or PAGE, desk)
    with listen(port) as listening:
        address = f"http://{HOST}:{listening.getsockname()[1]}/"
        print(f"\nThe page: {address}  (Ctrl-C ends it)", flush=True)  # noqa: T201  this is what the verb is for
        config = uvicorn.Config(made, log_level="warning", server_header=False, access_log=False)
        # uvicorn raises the interrupt again after it has shut down; here it is how a reader says that he is done.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
