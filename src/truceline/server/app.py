# SPDX-License-Identifier: Apache-2.0
"""The routes: those that read files of a folder of results, and the commission's, where it works here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from truceline.errors import NotSignedIn, StateError, TrucelineError, UnavailableError
from truceline.server import cookies
from truceline.server.claims import claim_routes
from truceline.server.files import FOREVER, answer, find
from truceline.server.guard import Guard, session_in
from truceline.server.problems import problem, problem_of
from truceline.server.results import file_routes, result_routes
from truceline.server.routes import routers
from truceline.services import calls, duty
from truceline.services.desk import Desk

RESULTS = ("report.html", "report.pdf", "events.geojson", "events.csv", "summary.json")
COVERAGE = ("coverage.html", "coverage.json")
PUBLIC = (*RESULTS, *COVERAGE)
"""Files for everybody, served under their own names: a run's results, and coverage where the run wrote it."""

_NOT_BUILT = "The page is not built. Run `make web` in the repository; /report.html holds the whole report meanwhile."


def app(folder: Path, page_dist: Path, desk: Desk | None = None) -> FastAPI:
    """Return the server's application for a folder of results, a built page (``web/dist``) and the commission's desk.

    Without a desk it only reads.
    """
    # No interactive documentation: it would load scripts from elsewhere. docs/reference/page-json.md has the routes.
    described = None if desk is None else "/api/v1/openapi.json"
    made = FastAPI(
        title="Truceline", version="1", docs_url=None, redoc_url=None, openapi_url=described, lifespan=_attended
    )
    said = None if desk is None else desk.watch.oidc
    # Where a provider sends people back to is an address of ours; https stands before it.
    drill = None if desk is None or desk.drill is None else desk.drill.id
    made.add_middleware(
        Guard, writing=desk is not None, host=urlsplit(said.redirect).netloc if said else None, drill=drill
    )
    _handlers(made)
    if desk is not None:
        made.state.desk = desk
        for router in routers():
            made.include_router(router, prefix="/api/v1")
    _page_routes(made, page_dist)
    claim_routes(made, folder)
    result_routes(made, folder)
    file_routes(made, folder, PUBLIC)
    return made


@asynccontextmanager
async def _attended(made: FastAPI) -> AsyncIterator[None]:
    """While a commission works, do every second what is to happen without anybody asking.

    Contacts lost by now are recorded, also those lost while no server ran; the ledger's public files are brought up.
    """
    desk: Desk | None = getattr(made.state, "desk", None)

    async def again() -> None:
        while desk is not None:
            await asyncio.sleep(1)
            for each in (duty.note_lost, Desk.publish):
                # What was appended is safe in the database; where one fails, the next second tries again.
                with suppress(UnavailableError, StateError):
                    await asyncio.to_thread(each, desk)

    async def out() -> None:
        while desk is not None:
            await asyncio.sleep(1)
            # What is not proved stays in the outbox; the next second, or the next start, tries again.
            with suppress(UnavailableError, StateError):
                await asyncio.to_thread(calls.send, desk)

    tasks = [asyncio.create_task(each()) for each in (again, out)]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _handlers(made: FastAPI) -> None:
    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, TrucelineError), "registered for these only"
        told = problem_of(error)
        if isinstance(error, NotSignedIn) and request.method == "GET" and session_in(request.headers):
            # A page cannot take back the cookie of a session that is over, and with it nobody could sign in again.
            cookies.end(told)
        return told

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "registered for these only"
        if error.status_code == 405:
            # A router knows the methods of one route only; an address may have several.
            scopes = [{**request.scope, "method": name} for name in ("GET", "HEAD", "POST", "PUT", "DELETE")]
            fits = [s["method"] for s in scopes if any(r.matches(s)[0] == Match.FULL for r in request.app.routes)]
            return problem(405, str(error.detail), headers={"Allow": ", ".join(fits)})
        detail = "There is nothing under this address." if error.status_code == 404 else str(error.detail)
        return problem(error.status_code, detail, headers=error.headers)

    async def form(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError), "registered for these only"
        # Where and why, never what was sent: that may be a password.
        fields = {".".join(map(str, each["loc"])): str(each["msg"]) for each in error.errors()[:5]}
        told = "; ".join(f"{name}: {said}" for name, said in fields.items())
        return problem(422, told, kind="urn:truceline:malformed", fields=fields)

    made.add_exception_handler(RequestValidationError, form)
    made.add_exception_handler(TrucelineError, ours)
    made.add_exception_handler(HTTPException, http)


def _page_routes(made: FastAPI, dist: Path) -> None:
    @made.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    def page(request: Request) -> Response:
        found = find(dist, "index.html")
        return answer(request, found) if found else problem(503, _NOT_BUILT)

    @made.api_route("/assets/{name:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def assets(request: Request, name: str) -> Response:
        # The builder puts a hash of the content into each name.
        return answer(request, find(dist / "assets", name), cache=FOREVER)

    @made.api_route("/base/{name:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def base(request: Request, name: str) -> Response:
        return answer(request, find(dist / "base", name))
