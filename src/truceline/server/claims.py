# SPDX-License-Identifier: Apache-2.0
"""Checking a claim from the page: ``/api/v1/claim-check`` answers as JSON, ``/api/v1/claim-sheet`` as a page to share.

Only what everyone may see is answered. The run is read from the ledger once, when the first claim is checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import FastAPI, Request, Response

from truceline.assessment.paste_language import language_of
from truceline.base.bounded import read_bytes
from truceline.base.clock import utc
from truceline.errors import InputError, LimitExceeded, NoTime
from truceline.flow.again import ground_of
from truceline.flow.checking import check
from truceline.flow.claimed import Asked, count_of, understand
from truceline.flow.ground import Ground
from truceline.lang import catalogue, languages
from truceline.reports import claim_sheet
from truceline.server.files import CHECK

MAX_QUERY = 32_000
"""Longest question, characters: the longest text in Cyrillic, six for each letter, and the fields."""

FIELDS = ("text", "who", "accused", "what", "count", "where", "from", "to", "lang")
"""What may be asked; ``text`` is a pasted claim, the others come before what is read in it; ``lang``: of the answer."""


class Grounds:
    """The ground of one folder, made when first asked for and again when its checkpoint changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._held: tuple[bytes, Ground] | None = None

    def get(self) -> Ground:
        """Return it; whoever asks meanwhile waits."""
        note = read_bytes(self._folder / "ledger" / "checkpoint", limit=1 << 16)
        with self._lock:
            if self._held is None or self._held[0] != note:
                self._held = (note, ground_of(self._folder))
            return self._held[1]


def claim_routes(made: FastAPI, folder: Path) -> None:
    """Add the routes."""
    grounds = Grounds(folder)

    @made.get("/api/v1/claim-check", include_in_schema=False)
    def claim_check(request: Request) -> Response:
        now = datetime.now(UTC)
        checked, ground = _checked(grounds.get(), request, now)
        told = claim_sheet.sheet(checked, title=ground.agreement.title, made=now, ledger=ground.ledger)
        body = json.dumps({**checked, "told": told}, ensure_ascii=False, allow_nan=False).encode()
        return Response(body, media_type="application/json", headers={"Cache-Control": CHECK})

    @made.get("/api/v1/claim-words", include_in_schema=False)
    def claim_words() -> Response:
        body = json.dumps(form_words(), ensure_ascii=False).encode()
        return Response(body, media_type="application/json", headers={"Cache-Control": CHECK})

    @made.get("/api/v1/claim-sheet", include_in_schema=False)
    def claim_sheet_of(request: Request) -> Response:
        now = datetime.now(UTC)
        checked, ground = _checked(grounds.get(), request, now)
        title = ground.agreement.title
        content = claim_sheet.sheet(checked, title=title, made=now, ledger=ground.ledger)
        headers = {
            "Cache-Control": CHECK,
            "Content-Disposition": 'attachment; filename="claim-check.pdf"',
        }
        return Response(claim_sheet.pdf(content, now), media_type="application/pdf", headers=headers)


def form_words() -> dict[str, dict[str, str]]:
    """Return the words of the form by language: its own, and the names of what is filled in."""
    found = {}
    for code in languages():
        words = catalogue(code)
        own = {key: words.say(key, kind="PDF") for key in words.texts if key.startswith("claimform.")}
        fields = {name: words.say(f"sheet.field_{name}") for name in FIELDS if f"sheet.field_{name}" in words}
        found[code] = {"code": code, **{key.removeprefix("claimform."): text for key, text in own.items()}, **fields}
    return found


def _checked(ground: Ground, request: Request, now: datetime) -> tuple[dict[str, Any], Ground]:
    if len(request.url.query) > MAX_QUERY:
        raise LimitExceeded(f"a question is at most {MAX_QUERY:,} characters long")
    given = {name: request.query_params.get(name, "").strip() for name in FIELDS}
    stated, language = _stated(given), given["lang"]
    if language and language not in languages():
        raise InputError(f"no language {language!r:.40}; there are {', '.join(languages())}")
    if given["text"]:
        asked = understand(ground, given["text"], language)
    else:
        asked = Asked(language=language or language_of(" ".join(given.values())))
    asked = replace(asked, **stated)
    return check(ground, asked, now=now, public=True).plain(), ground


def _stated(given: Mapping[str, str]) -> dict[str, Any]:
    """What the form says outright."""
    found: dict[str, Any] = {name: given[name] for name in ("who", "accused", "what", "where") if given[name]}
    if given["count"]:
        found["count"], found["qualifier"] = count_of(given["count"])
    for name, key, last in (("from", "start", False), ("to", "end", True)):
        if given[name]:
            found[key] = _moment(given[name], last=last)
    if not found and not given["text"]:
        raise InputError("states no claim: paste one, or fill in what, how many, from and to")
    return found


def _moment(text: str, *, last: bool) -> datetime:
    """A time with its zone, or UTC where it has none (the form says so); a day alone, to its end where ``last``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoTime(f"{text!r:.40} is no time such as 2026-04-11 13:00") from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    whole = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None
    return utc(moment + timedelta(days=1) if whole and last else moment)
