# SPDX-License-Identifier: Apache-2.0
"""Claims: what each side said in public, and the truces they speak of. Never evidence; nothing here is added up."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from truceline.base.bounded import text_of
from truceline.base.clock import Interval, iso, utc
from truceline.base.yaml import Node, parse
from truceline.errors import InputError, LimitExceeded, Malformed, NoTime
from truceline.model.claim import Claim

MAX_BYTES = 5_000_000
"""Largest file read, bytes."""

MAX_NODES = 50_000
"""Most keys and values read (some two seconds of work)."""

MAX_DEPTH = 20
"""Deepest nesting read."""

_COUNT = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)

_CLAIM_KEYS = (
    "ceasefire claimant accused value qualifier unit period breakdown also_said source confidence".split()  # noqa: SIM905
)


def read(data: bytes, *, file: str) -> tuple[tuple[Claim, ...], tuple[dict[str, Any], ...]]:
    """Return the claims and the truces (``ceasefires``) they speak of, both in the order of the file.

    A time under a key that ends in ``_utc`` may leave its zone out; it is UTC there. A truce is a dictionary with
    ``id``, ``declared_by``, ``start_utc``, ``end_utc`` (aware times in ISO form or None), ``terms``, ``source``.

    Raises:
        InputError: with file and line; a claims file is written by hand and is right as a whole or refused.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"{len(data):,} bytes; at most {MAX_BYTES:,} are read", file=file)
    text = text_of(data, file=file)
    root = parse(text, file=file, max_chars=MAX_BYTES, max_nodes=MAX_NODES, max_depth=MAX_DEPTH)
    if not isinstance(root.value, dict) or not {"ceasefires", "claims"} & set(root.value):
        raise Malformed("holds neither 'claims' nor 'ceasefires'", file=file, line=root.line)
    where = _Where(file)
    truces = tuple(_truce(where, node) for node in where.list(root, "ceasefires"))
    known = [truce["id"] for truce in truces]
    for number, truce in enumerate(known):
        if truce in known[:number]:
            raise Malformed(f"the truce {truce!r} appears twice", file=file, line=root.line)
    claims = tuple(_claim(where, node, known) for node in where.list(root, "claims"))
    return claims, truces


class _Where:
    """Reads fields of one file, naming file and line where they are not what they should be."""

    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, node: Node, reason: str) -> Malformed:
        return Malformed(reason, file=self.file, line=node.line)

    def dict(self, node: Node) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            raise self.wrong(node, "expected keys and values here")
        return node.value

    def get(self, node: Node, key: str) -> Node | None:
        """Return what stands under a key; None where it is missing or null."""
        found = self.dict(node).get(key)
        return None if found is None or found.empty else found

    def inner(self, node: Node, key: str) -> Node:
        """Return the mapping under a key; an empty one where there is none."""
        found = self.get(node, key)
        if found is None:
            return Node({}, node.line)
        if not isinstance(found.value, dict):
            raise self.wrong(found, f"{key} must hold keys and values")
        return found

    def list(self, node: Node, key: str) -> list[Node]:
        found = self.get(node, key)
        if found is None:
            return []
        if not isinstance(found.value, list):
            raise self.wrong(found, f"{key} must be a list")
        return found.value

    def text(self, node: Node, key: str, *, required: bool = False) -> str:
        """Return a text; numbers and dates count as what they were written as."""
        found = self.get(node, key)
        if found is None or found.value == "":
            if required:
                raise self.wrong(node, f"without {key}")
            return ""
        if not isinstance(found.value, str) or isinstance(found.to_json(), bool):
            raise self.wrong(found, f"{key} must be text")
        return found.value.strip()

    def time(self, node: Node, key: str) -> datetime | None:
        """Return the moment under ``key`` or ``key_utc``; only the latter may leave its zone out."""
        for name, bare in ((f"{key}_utc", True), (key, False)):
            found = self.get(node, name)
            if found is None:
                continue
            try:
                return _moment(found, bare=bare)
            except NoTime as error:
                raise NoTime(f"{name}: {error.reason}", file=self.file, line=found.line) from error
        return None


def _moment(node: Node, *, bare: bool) -> datetime:
    """Return a moment; without a zone only where ``bare``."""
    if not isinstance(node.value, str):
        raise NoTime(f"{node.what} is not an ISO 8601 time")
    text = node.value
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise NoTime(f"{text[:60]!r} is not an ISO 8601 time") from error
    if moment.tzinfo is None and bare:
        moment = moment.replace(tzinfo=UTC)
    try:
        return utc(moment)
    except OverflowError as error:
        raise NoTime(f"{text[:60]!r} lies outside the calendar") from error


def _span(where: _Where, node: Node) -> tuple[datetime | None, datetime | None]:
    start, end = where.time(node, "start"), where.time(node, "end")
    if start and end:
        try:
            Interval(start, end)
        except InputError as error:
            raise NoTime(error.reason, file=where.file, line=node.line) from error
    return start, end


def _truce(where: _Where, node: Node) -> dict[str, Any]:
    start, end = _span(where, node)
    return {
        "id": where.text(node, "id", required=True),
        "declared_by": where.text(node, "declared_by"),
        "start_utc": iso(start) if start else None,
        "end_utc": iso(end) if end else None,
        "terms": where.text(node, "terms"),
        "source": where.inner(node, "source").to_json(),
    }


def _claim(where: _Where, node: Node, truces: list[str]) -> Claim:
    _refuse_slips(where, node)
    truce = where.text(node, "ceasefire", required=True)
    if truces and truce not in truces:
        raise where.wrong(node, f"speaks of the truce {truce!r}, which the file does not list")
    start, end = _span(where, where.inner(node, "period"))
    source = where.inner(node, "source")
    return Claim(
        truce=truce,
        claimant=where.text(node, "claimant", required=True),
        accused=where.text(node, "accused", required=True),
        value=_count(where, node),
        qualifier=where.text(node, "qualifier"),
        unit=where.text(node, "unit"),
        start=start,
        end=end,
        breakdown=where.inner(node, "breakdown").to_json(),
        outlet=where.text(source, "outlet"),
        url=where.text(source, "url") or where.text(source, "retrieved_via"),
        published=where.text(source, "date"),
        confidence=where.text(node, "confidence"),
    )


def _refuse_slips(where: _Where, node: Node) -> None:
    """Refuse a key that is nearly one we read (``valeu``): its value would vanish. Others are notes, passed over."""
    for key in where.dict(node):
        meant = [] if key in _CLAIM_KEYS else get_close_matches(key, _CLAIM_KEYS, n=1, cutoff=0.75)
        if meant:
            raise where.wrong(node, f"unknown key {key!r}; is {meant[0]!r} meant?")


def _count(where: _Where, node: Node) -> int | None:
    found = where.get(node, "value")
    if found is None:
        return None
    written = found.value if isinstance(found.value, str) and found.plain else ""
    if not _COUNT.fullmatch(written) or not 0 <= int(written) < 2**53:
        raise where.wrong(found, f"value {found.what} is not a count (a whole number, 0 or more)")
    return int(written)
