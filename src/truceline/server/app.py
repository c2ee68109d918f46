# SPDX-License-Identifier: Apache-2.0
"""The routes. All of them read files of a folder of results; what the page may load is listed in ``guard``."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from truceline.errors import TrucelineError
from truceline.server import records
from truceline.server.claims import claim_routes
from truceline.server.files import CHECK, FOREVER, answer, find, send
from truceline.server.guard import Guard
from truceline.server.problems import problem, problem_of

PUBLIC = ("report.html", "report.pdf", "events.geojson", "events.csv", "summary.json")
"""Results served under their own names."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_NOT_BUILT = "The page is not built. Run `make web` in the repository; /report.html holds the whole report meanwhile."


def app(folder: Path, page_dist: Path) -> FastAPI:
    """Return the server's application for a folder of results and a built page (``web/dist``)."""
    # No interactive documentation: it would load scripts from elsewhere. docs/reference/page-json.md has the routes.
    made = FastAPI(title="Truceline", docs_url=None, redoc_url=None, openapi_url=None)
    made.add_middleware(Guard)
    _handlers(made)
    _page_routes(made, page_dist)
    claim_routes(made, folder)
    _result_routes(made, folder)
    return made


def _handlers(made: FastAPI) -> None:
    async def ours(_request: Request, error: Exception) -> Response:
        assert isinstance(error, TrucelineError), "registered for these only"
        return problem_of(error)

    async def http(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "registered for these only"
        detail = "There is nothing under this address." if error.status_code == 404 else str(error.detail)
        return problem(error.status_code, detail)

    made.add_exception_handler(TrucelineError, ours)
    made.add_exception_handler(HTTPException, http)


def _page_routes(made: FastAPI, dist: Path) -> None:
    @made.api_route("/", methods=["GET", "HEAD"])
    def page(request: Request) -> Response:
        found = find(dist, "index.html")
        return answer(request, found) if found else problem(503, _NOT_BUILT)

    @made.api_route("/assets/{name:path}", methods=["GET", "HEAD"])
    def assets(request: Request, name: str) -> Response:
        # The builder puts a hash of the content into each name.
        return answer(request, find(dist / "assets", name), cache=FOREVER)

    @made.api_route("/base/{name:path}", methods=["GET", "HEAD"])
    def base(request: Request, name: str) -> Response:
        return answer(request, find(dist / "base", name))


def _result_routes(made: FastAPI, folder: Path) -> None:
    @made.api_route("/api/v1/page", methods=["GET", "HEAD"])
    def page_json(request: Request) -> Response:
        return answer(request, find(folder, "page.json"), what="This folder holds no page.json; run the watch again.")

    @made.api_route("/api/v1/records/{index}", methods=["GET", "HEAD"])
    def record(request: Request, index: str) -> Response:
        if not _INDEX.fullmatch(index):
            return problem(422, "An index is a whole number from 0.")
        found = records.record(folder, int(index))
        if found is None:
            return problem(404, f"The published checkpoint covers no record {index}.")
        body = json.dumps(found, ensure_ascii=False).encode()
        return send(request, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', "application/json", CHECK)

    @made.api_route("/ledger/{name:path}", methods=["GET", "HEAD"])
    def ledger(request: Request, name: str) -> Response:
        return answer(request, find(folder / "ledger", name))

    @made.api_route("/{name}", methods=["GET", "HEAD"])
    def result(request: Request, name: str) -> Response:
        if name not in PUBLIC:
            return problem(404, "There is nothing under this address.")
        return answer(request, find(folder, name))
