# SPDX-License-Identifier: Apache-2.0
"""An application that answers on a port of its own."""

from __future__ import annotations

import contextlib
import threading
import time

import uvicorn

from truceline.server.run import listen


@contextlib.contextmanager
def running(made):
    """Serve it until the block ends; gives the port."""
    with listen(0) as listening:
        # A test that works at the desk between two requests may take longer than a server keeps a line open unused.
        config = uvicorn.Config(made, log_level="error", server_header=False, access_log=False, timeout_keep_alive=600)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)
