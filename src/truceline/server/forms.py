# SPDX-License-Identifier: Apache-2.0
"""How the API takes and gives JSON: strictly and bounded in, tagged and page by page out."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Header, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.exceptions import HTTPException
from starlette.types import Message

from truceline.base.canonical import canonical, parse_json
from truceline.errors import LimitExceeded, Malformed, NotHere, TooLarge

MAX_BODY = 64 << 10
"""Largest body of the API's requests, bytes."""

MAX_DEPTH = 16
"""How deep a body's brackets may nest."""

PAGE = 50
"""Items of a page unless asked otherwise."""

PERMIT = "x-truceline-permit"
"""Where the OpenAPI document says under which row of the access table a route falls: resource, action."""

Item = TypeVar("Item")
Key = Callable[[Item], tuple[str, ...]]


def permit(resource: str, action: str) -> dict[str, Any]:
    """Return what a route says of itself: which resource and action of the access table it falls under."""
    return {PERMIT: [resource, action]}


class Route(APIRoute):
    """A route that answers JSON to those who take it, and reads none that is not whole, bounded and plain."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with both checks before it."""
        inner = super().get_route_handler()
        takes = self.body_field is not None
        gives = (self.openapi_extra or {}).get("x-truceline-type", "application/json")

        async def handler(request: Request) -> Response:
            if not accepts(request.headers.get("accept", "*/*"), gives):
                raise HTTPException(406, f"This address answers {gives}.")
            return await inner(await _read(request) if takes else request)

        return handler


def accepts(header: str, kind: str) -> bool:
    """Return whether an Accept header takes a media type (RFC 9110, 12.5.1; the most specific range decides)."""
    main = kind.partition("/")[0]
    best = (-1, 0.0)
    for part in header.split(","):
        name, *given = (piece.strip().lower() for piece in part.split(";"))
        rank = {"*/*": 0, f"{main}/*": 1, kind: 2}.get(name, -1)
        weight = next((piece[2:] for piece in given if piece.startswith("q=")), "1")
        share = float(weight) if re.fullmatch(r"[01](\.[0-9]{0,3})?", weight) else 1.0
        best = max(best, (rank, share))
    return best[0] >= 0 and best[1] > 0


async def _read(request: Request) -> Request:
    """Read the body, bounded, and look at its form before anything else does.

    Raises:
        TooLarge: it is longer than ``MAX_BODY``.
        Malformed: it is not JSON.
        LimitExceeded: it is nested too deeply.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "A body is JSON (application/json).")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLarge(f"a body holds at most {MAX_BODY:,} bytes")
    if depth(parse_json(body)) > MAX_DEPTH:
        raise LimitExceeded(f"brackets nest deeper than {MAX_DEPTH}")

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, again)


def depth(value: Any) -> int:
    """Return how deep lists and maps nest in a JSON value; 0: it is neither."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        found, level = waiting.pop()
        inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else None
        if inner is not None:
            deepest = max(deepest, level)
            waiting += [(each, level + 1) for each in inner]
    return deepest


def tagged(request: Request, answer: BaseModel, version: int | None = None) -> Response:
    """Return an answer with its entity tag, or 304 where the client has it.

    The tag is the hash of the bytes, so it tells nothing that the bytes do not; where there is a version, it comes
    before the hash, and ``If-Match`` compares that alone.
    """
    body = answer.model_dump_json(by_alias=True, exclude_unset=True).encode()
    name = hashlib.sha256(body).hexdigest()[:32]
    tag = f'"{name}"' if version is None else f'"{version}.{name}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


IfMatch = Annotated[
    str,
    Header(
        pattern=r'^("[0-9]{1,16}(\.[0-9a-f]{32})?"|[0-9]{1,16}|\*)$',
        description="the entity tag of the case you act upon, or its version; if it has changed since: 412",
    ),
]
"""Header of acts."""

IdempotencyKey = Annotated[
    Annotated[str, Field(pattern=r"^[!-~]{1,128}$")] | SkipJsonSchema[None],
    Header(
        description="under one key your request is done once; asked again, it is answered as it was; "
        "another request under it: 409",
    ),
]
"""Header of acts."""


ANY = "*"
"""An ``If-Match`` that matches whatever the case is."""


def version_in(tag: str) -> int | None:
    """Return the version that an ``If-Match`` names; None: any."""
    return None if tag == ANY else int(tag.strip('"').partition(".")[0])


class Paged(BaseModel):
    """Which page is asked for; other questions are refused."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,600}$")] | SkipJsonSchema[None] = Field(
        None, description="next of the page before"
    )
    limit: int = Field(PAGE, ge=1, le=200, description="most items of the page")


Pages = Annotated[Paged, Query()]
"""Type of a route's argument."""


def page(items: Sequence[Item], key: Key[Item], asked: Paged, *, newest_first: bool = False) -> tuple[list[Item], Any]:
    """Return one page of sorted items and the cursor of the next; None: there is none.

    A cursor names the last item of its page by what the list is sorted by, and the question it belongs to. So nothing
    is told twice or left out while others write.

    Raises:
        NotHere: the cursor is not one of this list's.
    """
    question, last = _question(asked), last_of(asked)
    left = list(items)
    if last is not None:
        left = [item for item in left if (key(item) < last if newest_first else key(item) > last)]
    shown = left[: asked.limit]
    if len(shown) == len(left):
        return shown, None
    return shown, urlsafe_b64encode(canonical([question, *key(shown[-1])])).decode().rstrip("=")


def _question(asked: Paged) -> str:
    return hashlib.sha256(canonical(asked.model_dump(mode="json", exclude={"cursor", "limit"}))).hexdigest()[:16]


def last_of(asked: Paged) -> tuple[str, ...] | None:
    """Return by what the last item of the page before was sorted; None: the first page is asked for.

    Raises:
        NotHere: the cursor is not one of this list's.
    """
    return None if asked.cursor is None else _last(asked.cursor, _question(asked))


def _last(cursor: str, question: str) -> tuple[str, ...]:
    try:
        said = parse_json(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, Malformed) as error:
        raise NotHere("this cursor leads nowhere") from error
    if not isinstance(said, list) or not all(isinstance(part, str) for part in said) or said[:1] != [question]:
        raise NotHere("this cursor leads nowhere; it may be another list's")
    return tuple(said[1:])


def event(name: str, data: BaseModel, number: str) -> bytes:
    """Return one server-sent event (WHATWG HTML, 9.2)."""
    said = json.dumps(data.model_dump(by_alias=True, exclude_unset=True))
    return f"id: {number}\nevent: {name}\ndata: {said}\n\n".encode()
