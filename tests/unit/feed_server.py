# SPDX-License-Identifier: Apache-2.0
"""A real HTTP server on 127.0.0.1 that answers as told: recorded rows, or whatever a hostile one would send."""

from __future__ import annotations

import gzip
import re
import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "0123456789abcdef0123456789abcdef"
HEADER = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,"
    "frp,daynight"
)
MODIS_HEADER = HEADER.replace("bright_ti4", "brightness").replace("bright_ti5", "bright_t31")
CODES = {"VIIRS_SNPP": "N", "VIIRS_NOAA20": "N20", "VIIRS_NOAA21": "N21", "MODIS": "T"}


def row(source, day, minute="0113", lat=48.0, lon=37.5, frp=4.2):
    product, level = source.rsplit("_", 1)
    version = "2.0NRT" if level == "NRT" else "2"
    viirs = product != "MODIS"
    sure = "n" if viirs else "75"
    instrument = "VIIRS" if viirs else "MODIS"
    return (
        f"{lat},{lon},330.1,0.4,0.4,{day.isoformat()},{minute},{CODES[product]},{instrument},{sure},{version},290.2,"
        f"{frp},N"
    )


class Feed:
    """What the server holds and how it behaves. ``answer`` may replace everything: (handler, path) → bool."""

    def __init__(self):
        self.paths = []
        self.rows = {}
        self.available = {}
        self.answer = None
        self.address = ""

    def put(self, source, day, *rows):
        self.rows.setdefault(source, {})[day] = list(rows) or [row(source, day)]

    def respond(self, handler, path):
        if self.answer is not None and self.answer(handler, path):
            return
        area = re.fullmatch(r"/api/area/csv/(\w+)/(\w+)/([-\d.,]+)/(\d+)/([\d-]+)", path)
        if path.startswith(f"/api/data_availability/csv/{KEY}/") and self.available:
            lines = [f"{name},{first},{last}" for name, (first, last) in self.available.items()]
            plain(handler, "\n".join(["data_id,min_date,max_date", *lines]) + "\n")
        elif area and area[1] != KEY:
            plain(handler, "Invalid MAP_KEY.", status=400)
        elif area:
            first, days = date.fromisoformat(area[5]), int(area[4])
            held = self.rows.get(area[2], {})
            found = [line for n in range(days) for line in held.get(first + timedelta(days=n), [])]
            header = MODIS_HEADER if area[2].startswith("MODIS") else HEADER
            plain(handler, "\n".join([header, *found]) + "\n")
        else:
            plain(handler, "no such thing", status=404)


def plain(handler, text, *, status=200, kind="text/csv", headers=()):
    body = text if isinstance(text, bytes) else text.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    names = {name.lower() for name, _ in headers}
    if "content-length" not in names:
        handler.send_header("Content-Length", str(len(body)))
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def bomb(handler, megabytes):
    body = gzip.compress(b"0" * (megabytes << 20), compresslevel=9)
    plain(handler, body, headers=(("Content-Encoding", "gzip"),))


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"1,2,3\n" * 10_000)


def drip(handler, pause=0.05):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(pause)


@contextmanager
def serve(feed):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            feed.paths.append(self.path)
            try:
                feed.respond(self, self.path)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    feed.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield feed
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
