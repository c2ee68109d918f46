# SPDX-License-Identifier: Apache-2.0
"""YAML 1.2 from outside, from the parser's events: no aliases, no tags, no repeated keys, every value with its line.

The events never build an object that a file could choose, and an alias is refused before it can multiply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from truceline.errors import LimitExceeded, Malformed, Truncated

MAX_DEPTH = 20
"""Deepest nesting read."""

MAX_NODES = 50_000
"""Most values read (some two seconds of work)."""

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"(?=.*[.eE])[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_CONSTANTS: dict[str, bool | None] = dict.fromkeys(("", "~", "null", "Null", "NULL")) | {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(frozen=True)
class Node:
    """One value and the line it begins on."""

    value: Any
    """None, bool, int, float, str; list of Node; or dict of str to Node. Dates stay text."""

    line: int
    """Counted from 1."""

    def plain(self) -> Any:
        """Return the value without lines."""
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return self.value


def parse(data: bytes, *, file: str, limit: int) -> Node:
    """Return the one document of a YAML file.

    Raises:
        LimitExceeded: more than ``limit`` bytes, too deep, too many values.
        Malformed: not UTF-8, not YAML, an alias, a tag, a key twice or that is no text, a second document.
        Truncated: empty.
    """
    if len(data) > limit:
        raise LimitExceeded(f"{len(data):,} bytes; at most {limit:,} are read", file=file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"not UTF-8 text: {error.reason} at byte {error.start}",
            file=file,
            line=data.count(b"\n", 0, error.start) + 1,
        ) from error
    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).split("\n", maxsplit=1)[0]
        raise Malformed(f"not YAML: {problem}", file=file, line=mark.line + 1 if mark else None) from error
    if builder.root is None:
        raise Truncated("the file holds no YAML document", file=file)
    return builder.root


class _Builder:
    """Puts values together from events."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.open: list[Node] = []
        self.keys: list[str | None] = []
        self.nodes = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise Malformed("holds a second YAML document", file=self.file, line=line)
        elif isinstance(event, AliasEvent):
            raise Malformed("YAML aliases are not accepted; write the value out", file=self.file, line=line)
        elif isinstance(event, ScalarEvent):
            self._put(Node(self._scalar(event, line), line), line)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._refuse_tag(event, line)
            if len(self.open) >= MAX_DEPTH:
                raise LimitExceeded(f"nested deeper than {MAX_DEPTH}", file=self.file, line=line)
            node = Node({} if isinstance(event, MappingStartEvent) else [], line)
            self._put(node, line)
            self.open.append(node)
            self.keys.append(None)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.open.pop()
            self.keys.pop()

    def _refuse_tag(self, event: Any, line: int) -> None:
        if event.tag is not None:
            raise Malformed(f"YAML tags such as {event.tag} are not accepted", file=self.file, line=line)

    def _scalar(self, event: Any, line: int) -> Any:
        self._refuse_tag(event, line)
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text) and abs(float(text)) < 1e300:
            return float(text)
        return text

    def _put(self, node: Node, line: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise LimitExceeded(f"more than {MAX_NODES:,} values", file=self.file, line=line)
        if not self.open:
            self.root = node
        elif isinstance(self.open[-1].value, list):
            self.open[-1].value.append(node)
        elif self.keys[-1] is None:
            if isinstance(node.value, dict | list | None):
                raise Malformed("a key that is not text", file=self.file, line=line)
            key = str(node.value)
            if key in self.open[-1].value:
                raise Malformed(f"the key {key[:60]!r} appears twice", file=self.file, line=line)
            self.keys[-1] = key
        else:
            self.open[-1].value[self.keys[-1]] = node
            self.keys[-1] = None
