# SPDX-License-Identifier: Apache-2.0
"""Asking for orbital elements: one satellite at a time, or whatever one address holds.

An address with ``{number}`` is asked once per satellite; one with a query is asked as it stands; any other gets
``?CATNR=…&FORMAT=json``, which is how CelesTrak is asked (celestrak.org/NORAD/documentation/gp-data-formats.php).
CelesTrak's elements change every few hours and it asks that nobody fetch them more often than every two.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from truceline.base.canonical import parse_json
from truceline.base.clock import iso
from truceline.coverage import elements
from truceline.errors import InputError, Truncated, UnavailableError, UnknownFormat
from truceline.sources.feeds.wire import Answer, Wire

_FORMS = ("\n1 ", "CCSDS_OMM_VERS", "NORAD_CAT_ID,", ",NORAD_CAT_ID")
"""What shows elements that are not JSON: two lines, OMM in KVN, OMM in CSV."""

ADDRESS = "https://celestrak.org/NORAD/elements/gp.php"
"""Where elements come from unless told otherwise."""


@dataclass(frozen=True)
class Found:
    """What one answer holds."""

    objects: tuple[Mapping[str, Any], ...]
    """Elements as OMM fields, each of which the orbit model accepts."""

    refused: tuple[str, ...]
    """Why others are none, one sentence each."""


def server_and_paths(address: str, numbers: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the server's address and the paths to ask for, one per satellite or one for all."""
    parts = urlsplit(address.strip())
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    base = f"{parts.scheme}://{parts.netloc}"
    if "{number}" in path:
        return base, tuple(path.replace("{number}", number) for number in numbers)
    if parts.query:
        return base, (path,)
    return base, tuple(f"{path}?CATNR={number}&FORMAT=json" for number in numbers)


def ask(wire: Wire, path: str, numbers: Sequence[str]) -> Found:
    """Return the elements of the satellites named that an answer holds; others are passed over.

    Raises:
        UnavailableError: no answer, or the server has none to give.
        InputError: an answer that holds no elements.
    """
    answer = wire.get(path)
    if answer.status != 200:
        raise UnavailableError(f"the server answers {answer.status}: {wire.hide(answer.said())}")
    return read(answer, numbers)


def read(answer: Answer, numbers: Sequence[str]) -> Found:
    """Return what an answer holds: an OMM in any form, or two-line elements.

    Raises:
        InputError: as :func:`ask`.
    """
    if not answer.body.strip():
        raise Truncated("the answer is empty")
    messages = b"<omm" in answer.body
    if answer.page and not messages:
        raise UnknownFormat(f"the answer is a page for people, not elements: {answer.said()}")
    text = answer.body.decode("utf-8-sig", "replace")
    begin = text.lstrip()[:1]
    listed: Iterable[object]
    if begin in ("[", "{"):
        value = parse_json(text, file="the answer")
        listed = value if isinstance(value, list) else [value]
    elif begin in ("1", "2") or messages or any(mark in text for mark in _FORMS):
        objects, bad = elements.read_kept(text, "the answer")
        found = _believable([_fields(each) for each in objects], frozenset(numbers))
        if bad and not objects:
            raise bad[0]
        return Found(found.objects, found.refused + tuple(str(error.reason) for error in bad))
    else:
        raise UnknownFormat(f"the answer holds no elements: {answer.said()}")
    return _believable(listed, frozenset(numbers))


def _fields(each: elements.Elements) -> dict[str, Any]:
    """Elements of any form as the fields of an OMM in JSON."""
    found = each.satellite
    return {
        "OBJECT_NAME": each.name,
        "NORAD_CAT_ID": int(each.number),
        "EPOCH": each.epoch.replace(tzinfo=None).isoformat(),
        "MEAN_MOTION": found.no_kozai * 720 / math.pi,
        "ECCENTRICITY": found.ecco,
        "INCLINATION": math.degrees(found.inclo),
        "RA_OF_ASC_NODE": math.degrees(found.nodeo),
        "ARG_OF_PERICENTER": math.degrees(found.argpo),
        "MEAN_ANOMALY": math.degrees(found.mo),
        "BSTAR": found.bstar,
        "MEAN_MOTION_DOT": found.ndot * 1_036_800 / math.pi,
        "MEAN_MOTION_DDOT": found.nddot * 2_985_984_000 / math.pi,
    }


def _believable(listed: Iterable[object], numbers: frozenset[str]) -> Found:
    kept: list[Mapping[str, Any]] = []
    refused: list[str] = []
    for place, fields in enumerate(listed, start=1):
        try:
            item = elements.read(json.dumps([fields]), "the answer")[0]
        except InputError as error:
            refused.append(f"object {place}: {error.reason}")
            continue
        if item.number in numbers and isinstance(fields, dict):
            kept.append(fields)
    return Found(tuple(kept), tuple(refused))


def epoch_of(fields: Mapping[str, Any]) -> datetime:
    """Return for when an object's elements hold, UTC."""
    return elements.read(json.dumps([fields]), "elements")[0].epoch


def join(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Mapping[str, Any], ...], int]:
    """Return all elements, each satellite's by epoch, none twice; and how many of the new ones were not known."""
    held = {_name(fields): fields for fields in old}
    before = len(held)
    held |= {_name(fields): fields for fields in new}
    return tuple(held[name] for name in sorted(held)), len(held) - before


def _name(fields: Mapping[str, Any]) -> tuple[int, str]:
    return int(float(str(fields["NORAD_CAT_ID"]))), iso(epoch_of(fields))
