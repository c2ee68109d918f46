# SPDX-License-Identifier: Apache-2.0
"""Kinds of value a terms file may hold. Each reads a node or says what it expected, and publishes its JSON Schema."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from truceline.base.clock import utc
from truceline.base.yaml import Node
from truceline.errors import Malformed, NoPlace, NoTime

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z", re.ASCII)
_DAY = re.compile(r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}\Z")


@dataclass(frozen=True)
class Name:
    """An id or word, and the line it stands on."""

    text: str
    """The word."""

    line: int
    """Line of the file, from 1."""

    at: str = ""
    """Where it stands, for messages, where its reader keeps that."""


@dataclass(frozen=True)
class Entry:
    """A map that was read: its values by key, absent ones left out."""

    values: dict[str, Any]
    """Values as their kinds return them."""

    node: Node
    """Where it stands."""

    kind: str = ""
    """Which of several shapes it has, where it could have one of several."""

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value, or ``default`` where the key is absent."""
        return self.values.get(key, default)

    def line(self, key: str) -> int:
        """Return the line of a key, or the entry's own."""
        return self.node.line_of(key)


class Kind(Protocol):
    """What a value must be."""

    def read(self, node: Node, at: str, file: str) -> Any:
        """Return the value of a node standing at ``at``; raise ``Malformed`` with file, line and what was expected."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the value."""


def wrong(node: Node, at: str, file: str, expected: str) -> Malformed:
    """Return the error for a node that is not what was expected."""
    return Malformed(f"{at}: expected {expected}, found {node.what}", file=file, line=node.line)


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` where one known word is near, else the known words if they are few."""
    words = list(known)
    near = difflib.get_close_matches(word[:100], words, 1, 0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(sorted(words))}" if 0 < len(words) <= 12 else ""


@dataclass(frozen=True)
class Text:
    """A sentence or name, one character at least."""

    most: int = 2000
    """Longest text, characters."""

    def read(self, node: Node, at: str, file: str) -> str:
        """Return the text, white space at its ends dropped."""
        if not isinstance(node.value, str) or node.empty or not node.value.strip():
            raise wrong(node, at, file, "text")
        if len(node.value) > self.most:
            raise Malformed(f"{at}: longer than {self.most} characters", file=file, line=node.line)
        return node.value.strip()

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema; numbers and truth values are read as the text they are written in."""
        return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True)
class Day:
    """A day of the calendar, or only its month or year where no source gives more."""

    def read(self, node: Node, at: str, file: str) -> str:
        """Return it as written."""
        text = node.value if isinstance(node.value, str) else ""
        if not _DAY.match(text) or not _is_day(f"{text}-01-01"[:10]):
            raise wrong(node, at, file, "a date such as 2025-12-24, 2025-12 or 2025")
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema; a year alone may be read as a number."""
        return {"type": ["string", "integer"], "pattern": _DAY.pattern}


def _is_day(text: str) -> bool:
    """Whether the calendar has this day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Id:
    """An id: letters, digits, dot, dash, underscore."""

    def read(self, node: Node, at: str, file: str) -> Name:
        """Return the id and its line."""
        if not isinstance(node.value, str) or node.empty or not _ID.match(node.value):
            raise wrong(node, at, file, "an id of letters, digits, '-', '_' or '.' (at most 64)")
        return Name(node.value, node.line)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": ["string", "integer"], "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}


@dataclass(frozen=True)
class Url:
    """An http or https address."""

    def read(self, node: Node, at: str, file: str) -> str:
        """Return the address."""
        if not isinstance(node.value, str) or not _URL.match(node.value):
            raise wrong(node, at, file, "an address beginning http:// or https://")
        return node.value

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": '^https?://[^\\s<>"]{1,2000}$'}


@dataclass(frozen=True)
class Number:
    """A decimal number inside limits, both included."""

    low: float
    """Least value."""

    high: float
    """Greatest value."""

    unit: str = ""
    """Unit, for messages."""

    place: bool = False
    """Whether it is a coordinate: out of range is then ``NoPlace``."""

    def read(self, node: Node, at: str, file: str) -> float:
        """Return the number."""
        value = node.number()
        span = f"a number {self.low:g} to {self.high:g}{self.unit and ' ' + self.unit}"
        if value is None:
            raise wrong(node, at, file, span)
        if not self.low <= value <= self.high:
            fault = NoPlace if self.place else Malformed
            raise fault(f"{at}: expected {span}, found {node.value}", file=file, line=node.line)
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]
    """The words."""

    what: str
    """What they are, for messages: ``an act``."""

    def read(self, node: Node, at: str, file: str) -> str:
        """Return the word."""
        if not isinstance(node.value, str) or node.empty:
            raise wrong(node, at, file, self.what)
        if node.value not in self.words:
            reason = f"{at}: {node.value!r:.80} is not {self.what}{suggest(node.value, self.words)}"
            raise Malformed(reason, file=file, line=node.line)
        return node.value

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Moment:
    """A time that names its zone."""

    def read(self, node: Node, at: str, file: str) -> datetime:
        """Return it in UTC."""
        if not isinstance(node.value, str) or node.empty or node.number() is not None:
            raise wrong(node, at, file, "a time such as 2026-04-11T16:00:00+03:00")
        try:
            return utc(node.value)
        except (NoTime, OverflowError) as error:
            reason = error.reason if isinstance(error, NoTime) else f"{node.value} is out of range in UTC"
            raise NoTime(f"{at}: {reason}", file=file, line=node.line) from error

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}[T ].*(Z|[+-]\\d{2}:?\\d{2})$"}


@dataclass(frozen=True)
class ListOf:
    """A list."""

    kind: Kind
    """What each item is."""

    least: int = 0
    """Fewest items."""

    most: int = 2000
    """Most items."""

    def read(self, node: Node, at: str, file: str) -> list[Any]:
        """Return the items."""
        if not isinstance(node.value, list):
            raise wrong(node, at, file, "a list")
        if not self.least <= len(node.value) <= self.most:
            reason = f"{at}: expected {self.least} to {self.most} entries, found {len(node.value)}"
            raise Malformed(reason, file=file, line=node.line)
        return [self.kind.read(item, f"{at}[{i}]", file) for i, item in enumerate(node.value, start=1)]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "array", "items": self.kind.schema(), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True)
class Field:
    """One key of a map."""

    kind: Kind
    """What its value is."""

    text: str
    """What it means, for the published schema."""

    needed: bool = True
    """Whether it must be there."""


@dataclass(frozen=True)
class Shape:
    """A map with known keys."""

    fields: dict[str, Field] = field(hash=False)
    """Its keys."""

    name: str = ""
    """Name under which the published schema defines it once; empty: in place."""

    def read(self, node: Node, at: str, file: str) -> Entry:
        """Return the entry; unknown and missing keys are refused."""
        if not isinstance(node.value, dict):
            raise wrong(node, at, file, f"a map with {', '.join(k for k, f in self.fields.items() if f.needed)}")
        where = f"{at}: " if at else ""
        for key in node.value:
            if key not in self.fields:
                reason = f"{where}unknown key {key!r:.80}{suggest(key, self.fields)}"
                raise Malformed(reason, file=file, line=node.line_of(key))
        for key, rule in self.fields.items():
            if rule.needed and key not in node.value:
                raise Malformed(f"{where}the key {key!r} is missing", file=file, line=node.line)
        prefix = f"{at}." if at else ""
        read = {key: self.fields[key].kind.read(child, prefix + key, file) for key, child in node.value.items()}
        return Entry(read, node)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema, or where it has a name a reference to it."""
        return {"$ref": f"#/$defs/{self.name}"} if self.name else self.definition()

    def definition(self) -> dict[str, Any]:
        """Return the JSON Schema itself."""
        properties = {key: {"description": rule.text, **rule.kind.schema()} for key, rule in self.fields.items()}
        needed = [key for key, rule in self.fields.items() if rule.needed]
        return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


@dataclass(frozen=True)
class Keyed:
    """A map from ids to values of one kind."""

    kind: Kind
    """What each value is."""

    def read(self, node: Node, at: str, file: str) -> dict[str, Any]:
        """Return the values by id."""
        if not isinstance(node.value, dict):
            raise wrong(node, at, file, "a map by party id")
        return {key: self.kind.read(child, f"{at}.{key}", file) for key, child in node.value.items()}

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "object", "additionalProperties": self.kind.schema()}


@dataclass(frozen=True)
class IdOr:
    """An id, or the thing itself written in place."""

    shape: Shape
    """The thing."""

    def read(self, node: Node, at: str, file: str) -> Name | Entry:
        """Return the id or the entry."""
        return self.shape.read(node, at, file) if isinstance(node.value, dict) else Id().read(node, at, file)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"anyOf": [Id().schema(), self.shape.schema()]}
