# SPDX-License-Identifier: Apache-2.0
"""Routes of results: what everybody may see, and the exact page and records for those whom the table lets see them.

A folder of results holds what a run publishes, made coarse already. The monitors' page lies beside the watch, and is
given, logged, to a signed-in person who may read events, detections, looks and coverage; so are records' bodies.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response

from truceline.access.records import may_read, sees_exact
from truceline.base.bounded import read_bytes
from truceline.base.canonical import parse_json
from truceline.errors import InputError
from truceline.flow.published import MONITORS
from truceline.model.case import Actor
from truceline.server import records
from truceline.server.auth import PUBLIC as NOBODY
from truceline.server.auth import actor_of
from truceline.server.files import CHECK, MAX_BYTES, answer, find, send
from truceline.server.problems import problem
from truceline.services.desk import Desk

PRIVATE = "private, no-cache"
"""How an answer may be kept that depends on who asks."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_HELD = "This record is in the ledger; what it says is not shown to everybody."


def result_routes(made: FastAPI, folder: Path) -> None:
    """Add the page and records, which depend on who asks."""

    def who(request: Request) -> tuple[Actor, Desk | None]:
        """Who is asking: the public, where no commission works here."""
        desk: Desk | None = getattr(made.state, "desk", None)
        return (NOBODY, None) if desk is None else (actor_of(request), desk)

    @made.api_route("/api/v1/here", methods=["GET", "HEAD"], include_in_schema=False)
    def here() -> Response:
        """Say what is here, so that the page asks for nothing that is not."""
        desk: Desk | None = getattr(made.state, "desk", None)
        house = desk.watch.oidc if desk else None
        told = {
            "results": find(folder, "page.json") is not None,
            "commission": desk is not None,
            "provider": urlsplit(house.issuer).netloc if house else None,
            **({} if desk is None or desk.drill is None else {"drill": desk.drill.to_json()}),
        }
        return Response(json.dumps(told), headers={"Cache-Control": CHECK}, media_type="application/json")

    @made.api_route("/api/v1/page", methods=["GET", "HEAD"], include_in_schema=False)
    def page_json(request: Request) -> Response:
        actor, desk = who(request)
        exact = None if desk is None else find(desk.watch.folder / MONITORS, "page.json")
        found = find(folder, "page.json")
        if desk is not None and exact is not None and found is not None and sees_exact(actor):
            desk.log(actor, "read", "coverage", "page", allowed=True)
            found = exact
        told = answer(
            request,
            found,
            cache=PRIVATE if desk else CHECK,
            what="This folder holds no page.json; run the watch again.",
        )
        return _varied(told, desk)

    @made.api_route("/api/v1/records/{index}", methods=["GET", "HEAD"], include_in_schema=False)
    def record(request: Request, index: str) -> Response:
        if not _INDEX.fullmatch(index):
            return problem(422, "An index is a whole number from 0.")
        actor, desk = who(request)
        found = records.record(folder, int(index))
        if found is None:
            return problem(404, f"The published checkpoint covers no record {index} that is shown here.")
        if not may_read(actor, found["kind"], old=_all_old(folder)):
            found = {key: found[key] for key in records.PROOF} | {"withheld": _HELD}
        elif desk is not None and actor.role != NOBODY.role:
            desk.log(actor, "read", "ledger", index, allowed=True)
        body = json.dumps(found, ensure_ascii=False).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return _varied(send(request, body, tag, "application/json", PRIVATE if desk else CHECK), desk)


def file_routes(made: FastAPI, folder: Path, public: Collection[str]) -> None:
    """Add the files: the ledger's public part, and ``public``, which everybody may have."""

    @made.api_route("/ledger/{name:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def ledger(request: Request, name: str) -> Response:
        return answer(request, find(folder / "ledger", name))

    @made.api_route("/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    def result(request: Request, name: str) -> Response:
        if name not in public:
            return problem(404, "There is nothing under this address.")
        return answer(request, find(folder, name))


def _varied(told: Response, desk: Desk | None) -> Response:
    if desk is not None:
        told.headers["Vary"] = "Accept-Encoding, Authorization, Cookie"
    return told


def _all_old(folder: Path) -> bool:
    """Whether all coverage of the newest run may be told, as its public page says; False where there is none."""
    path = find(folder, "page.json")
    if path is None:
        return False
    status = path.stat()
    return _told_whole(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _told_whole(path: Path, _changed: int, _size: int) -> bool:
    try:
        page = parse_json(read_bytes(path, limit=MAX_BYTES))
        return all(line["coverage"]["told_until"] is None for line in page["lines"])
    except (InputError, KeyError, TypeError):
        return False
