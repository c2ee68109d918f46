# SPDX-License-Identifier: Apache-2.0
"""Files of two folders, the results and the built page, by name and never outside of them."""

from __future__ import annotations

import gzip
import hashlib
import re
from base64 import b64encode
from functools import lru_cache
from html import unescape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from truceline.base.bounded import read_bytes
from truceline.server.problems import problem

MAX_BYTES = 256 << 20
"""Largest file served, bytes: it is read whole."""

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".woff2": "font/woff2",
    "": "application/octet-stream",
}
_TEXT = ("text/", "application/json", "application/geo+json", "image/svg+xml")
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", re.ASCII)
_STYLE_ATTRIBUTE = re.compile(rb'\sstyle="([^"]*)"')
_STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)
FOREVER = "public, max-age=31536000, immutable"
CHECK = "no-cache"


def find(folder: Path, name: str) -> Path | None:
    """Return the plain file of that name inside a folder; None if there is none, or it would lie outside.

    Each part of the name is plain letters, digits and ``_ . -`` and does not begin with a dot; a link that leads
    out of the folder is not followed.
    """
    parts = name.split("/")
    if not all(_NAME.fullmatch(part) for part in parts):
        return None
    path = folder.joinpath(*parts)
    try:
        real = path.resolve(strict=True)
    except OSError:
        return None
    return real if real.is_file() and real.is_relative_to(folder.resolve()) else None


def answer(
    request: Request, path: Path | None, *, cache: str = CHECK, what: str = "There is no such file."
) -> Response:
    """Return a file, whole, or 304 where the browser has it; the type follows from its name.

    Raises:
        InputError: it cannot be read, or is larger than ``MAX_BYTES``.
    """
    if path is None:
        return problem(404, what)
    kind = TYPES.get(path.suffix, TYPES[""])
    status = path.stat()
    body, tag = _read(path, status.st_mtime_ns, status.st_size)
    return send(request, body, tag, kind, cache)


def send(request: Request, body: bytes, tag: str, kind: str, cache: str) -> Response:
    """Return bytes under an entity tag, compressed where that helps and the browser takes it."""
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if kind.startswith("text/html"):
        headers |= _own_policy(body)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if len(body) > 1000 and kind.startswith(_TEXT) and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = _compress(body)
    return Response(body, headers=headers, media_type=kind)


def _own_policy(body: bytes) -> dict[str, str]:
    """A page that carries its own styles (the report) is allowed just those, each by its hash, and no script."""
    styles = _STYLE.findall(body)
    if not styles:
        return {}
    attributes = {unescape(value.decode("utf-8", "replace")).encode() for value in _STYLE_ATTRIBUTE.findall(body)}
    hashes = [
        f"'sha256-{b64encode(hashlib.sha256(style).digest()).decode()}'" for style in (*styles, *sorted(attributes))
    ]
    if attributes:
        hashes.insert(0, "'unsafe-hashes'")  # the standard's word for: hashes hold for attributes too
    policy = f"default-src 'none'; style-src {' '.join(hashes)}; img-src 'self' data:; font-src 'self'"
    return {"Content-Security-Policy": f"{policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int, _size: int) -> tuple[bytes, str]:
    """The file's bytes and entity tag; the cache's key holds its time and size, so that a new file is read anew."""
    body = read_bytes(path, limit=MAX_BYTES)
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@lru_cache(maxsize=32)
def _compress(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=5, mtime=0)
