# SPDX-License-Identifier: Apache-2.0
"""What lines of the log may name: the watch's posts (``posts.yaml``), the agreement's words, towns near the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from truceline.base.bounded import read_bytes, read_text
from truceline.base.yaml import MAX_CHARS, parse
from truceline.errors import Malformed
from truceline.logbook import Known
from truceline.logbook.places import Place
from truceline.model.agreement import Agreement
from truceline.sources import line as lines
from truceline.sources import places

POSTS = "posts.yaml"
"""File of a watch's folder that lists posts and sensors; without it any word is a post, and has no place."""

MARGIN = (3.0, 2.0)
"""How far beyond the line towns are known by name, degrees of longitude and latitude."""

_MAX_LINE = 1 << 24


class Towns(Mapping[str, Sequence[Place]]):
    """Towns near a line by small-letter name; the list is read when the first name is asked for."""

    def __init__(self, line: Path) -> None:
        self._line = line

    @cached_property
    def _found(self) -> Mapping[str, list[Place]]:
        geometry, _ = lines.read(read_bytes(self._line, limit=_MAX_LINE), file=str(self._line))
        west, south, east, north = geometry.bounds
        east_west, north_south = MARGIN
        box = (west - east_west, south - north_south, east + east_west, north + north_south)
        listed = places.load(box)
        found: dict[str, list[Place]] = {}
        for name, lon, lat in zip(listed["name"], listed["lon"], listed["lat"], strict=True):
            found.setdefault(str(name).casefold().replace(" ", "_"), []).append((float(lon), float(lat)))
        return found

    def __getitem__(self, name: str) -> Sequence[Place]:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def known_of(folder: Path, line: Path, agreement: Agreement) -> Known:
    """Return what lines of a watch's log may name.

    Raises:
        InputError: ``posts.yaml`` is not of its form; it is named.
    """
    return Known(agreement.vocabulary, read_posts(folder / POSTS), Towns(line), agreement.local_offset_hours)


def read_posts(path: Path) -> Mapping[str, Place | None]:
    """Return the posts of a file by id: longitude and latitude, degrees; None: not fixed. Without a file, none.

    Raises:
        Malformed: it is not of the form, or a post stands twice.
    """
    if not path.exists():
        return {}
    document = parse(read_text(path, limit=MAX_CHARS), file=str(path)).to_json()
    if not isinstance(document, dict) or set(document) != {"posts"} or not isinstance(document["posts"], list):
        raise Malformed("expected one key, posts, and a list of id, lon, lat", file=str(path))
    found: dict[str, Place | None] = {}
    for number, entry in enumerate(document["posts"], 1):
        name, place = _post(entry, str(path), f"post {number}")
        if name in found:
            raise Malformed(f"the post {name} stands twice", file=str(path), record=f"post {number}")
        found[name] = place
    return found


def _post(entry: Any, file: str, where: str) -> tuple[str, Place | None]:
    if not isinstance(entry, dict) or not set(entry) <= {"id", "lon", "lat"} or not isinstance(entry.get("id"), str):
        raise Malformed("expected a map of id, lon, lat", file=file, record=where)
    place = [entry[key] for key in ("lon", "lat") if entry.get(key) is not None]
    if not place:
        return entry["id"], None
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in place)
    if len(place) < 2 or not numbers or abs(place[0]) > 180 or abs(place[1]) > 90:
        raise Malformed("lon and lat belong together, degrees", file=file, record=where)
    return entry["id"], (float(place[0]), float(place[1]))
