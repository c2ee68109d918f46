# SPDX-License-Identifier: Apache-2.0
"""Serving a folder on this machine, until interrupted."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import uvicorn

from truceline.errors import InputError, UnavailableError
from truceline.server.app import app

HOST = "127.0.0.1"
PAGE = Path(__file__).resolve().parents[3] / "web" / "dist"
"""The built page in a checkout of the repository."""


def listen(port: int) -> socket.socket:
    """Return a listening socket on 127.0.0.1: that port, or any free one if it is 0 or taken.

    Raises:
        UnavailableError: no port can be had.
    """
    for wanted in (port, 0):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
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


def serve(folder: Path, port: int = 0, *, page_dist: Path | None = None) -> None:
    """Serve a folder of results on 127.0.0.1 and print the address; return when interrupted.

    Raises:
        InputError: there is no such folder.
        UnavailableError: no port can be had.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder of results", file=str(folder))
    made = app(folder, page_dist or PAGE)
    with listen(port) as listening:
        address = f"http://{HOST}:{listening.getsockname()[1]}/"
        print(f"\nThe page: {address}  (Ctrl-C ends it)", flush=True)  # noqa: T201  this is what the verb is for
        config = uvicorn.Config(made, log_level="warning", server_header=False, access_log=False)
        uvicorn.Server(config).run(sockets=[listening])
