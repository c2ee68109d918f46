# SPDX-License-Identifier: Apache-2.0
"""YAML text from outside to a tree in which everything knows its line.

Only the plain core of YAML is accepted: no anchors or aliases (so no alias can multiply itself), no tags, one
document, each key once, bounded size, number of nodes and depth. Scalars stay text: what a scalar means is
decided by the reader that asks for it, so ``no`` is never a truth value by accident.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
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

MAX_CHARS = 262_144
"""Longest file unless the caller says otherwise, characters: some thousand provisions of a terms file."""

MAX_NODES = 15_000
"""Most scalars, lists and maps unless the caller says otherwise; read in about a third of a second."""

MAX_DEPTH = 12
"""Deepest nesting unless the caller says otherwise; a terms file needs seven."""

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\Z", re.ASCII)
_BIG = 2**53


@dataclass(frozen=True)
class Node:
    """One place in the file."""

    value: str | list[Node] | dict[str, Node]
    """Text of a scalar, items of a list, or entries of a map."""

    line: int
    """Line on which it begins, from 1."""

    plain: bool = True
    """Whether a scalar stands without quotes, so that it may be a number or nothing."""

    key_lines: tuple[tuple[str, int], ...] = ()
    """For a map: the line of each key."""

    @property
    def what(self) -> str:
        """What it is, for messages: ``a list``, ``nothing``, ``'text'``."""
        if isinstance(self.value, list):
            return "a list"
        if isinstance(self.value, dict):
            return "a map"
        return "nothing" if self.empty else f"{self.value!r:.80}"

    @property
    def empty(self) -> bool:
        """Whether it is YAML's null."""
        return self.plain and self.value in ("", "~", "null")

    def line_of(self, key: str) -> int:
        """Return the line of a map's key, or the map's own."""
        return dict(self.key_lines).get(key, self.line)

    def number(self) -> float | None:
        """Return the finite number a plain scalar writes in decimal, else None."""
        if not isinstance(self.value, str) or not self.plain or not _NUMBER.match(self.value):
            return None
        value = float(self.value)
        return value if math.isfinite(value) else None

    def to_json(self) -> Any:
        """Return the JSON value for the ledger: plain numbers, true, false and null as such, all else as text."""
        if isinstance(self.value, list):
            return [item.to_json() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.to_json() for key, item in self.value.items()}
        if self.empty:
            return None
        if self.plain and self.value in ("true", "false"):
            return self.value == "true"
        number = self.number()
        if number is None:
            return self.value
        return int(number) if number.is_integer() and abs(number) < _BIG else number


class _Open:
    """A list or map whose end has not come yet."""

    def __init__(self, line: int, is_map: bool) -> None:
        self.line = line
        self.is_map = is_map
        self.items: list[Node] = []
        self.entries: dict[str, Node] = {}
        self.keys: list[tuple[str, int]] = []
        self.key: str | None = None

    def add(self, node: Node, file: str) -> None:
        """Take one node: an item, a key, or the value of the last key."""
        if not self.is_map:
            self.items.append(node)
        elif self.key is not None:
            # ruamel places a value that is not there at the next token, which may be lines below.
            self.entries[self.key] = replace(node, line=self.keys[-1][1]) if node.value == "" else node
            self.key = None
        else:
            if not isinstance(node.value, str) or node.empty:
                raise Malformed(f"a key must be a word, not {node.what}", file=file, line=node.line)
            if node.value in self.entries:
                first = dict(self.keys)[node.value]
                reason = f"the key {node.value!r:.80} appears twice; first on line {first}"
                raise Malformed(reason, file=file, line=node.line)
            self.key = node.value
            self.keys.append((node.value, node.line))

    def close(self) -> Node:
        """Return the finished node."""
        if self.is_map:
            return Node(self.entries, self.line, key_lines=tuple(self.keys))
        return Node(self.items, self.line)


def parse(
    text: str, *, file: str, max_chars: int = MAX_CHARS, max_nodes: int = MAX_NODES, max_depth: int = MAX_DEPTH
) -> Node:
    """Return the tree of one YAML document, ``file`` being its name for messages.

    Args:
        text: the whole file.
        file: its name.
        max_chars: longest text read, characters.
        max_nodes: most scalars (keys too), lists and maps.
        max_depth: deepest nesting; a scalar inside the innermost list counts as a level.

    Raises:
        Truncated: there is nothing in it.
        LimitExceeded: too long, too many nodes, too deep.
        Malformed: not YAML, or YAML beyond the plain core; every error names file and line.
    """
    if len(text) > max_chars:
        line = text.count("\n", 0, max_chars) + 1
        raise LimitExceeded(f"{len(text):,} characters; at most {max_chars:,} are read", file=file, line=line)
    if not text.strip().strip("\ufeff"):
        raise Truncated("the file is empty", file=file, line=1)
    try:
        root = _build(text.removeprefix("\ufeff"), file, max_nodes, max_depth)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        said = "; ".join(str(part) for part in (error.context, error.problem) if part)
        raise Malformed(f"not YAML: {said:.300}{_tab(text, line)}", file=file, line=line) from error
    except YAMLError as error:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
        raise Malformed(f"not YAML text: {str(error).splitlines()[0]:.200}", file=file, line=line) from error
    except (ValueError, AssertionError, IndexError, OverflowError) as error:
        # ruamel.yaml lets these through on a few malformed directives, tags and escapes.
        raise Malformed(f"not YAML: {error!s:.200}", file=file, line=1) from error
    if root is None:
        raise Truncated("the file holds only comments", file=file, line=1)
    return root


def _tab(text: str, line: int) -> str:
    """A hint where the line is indented with a tab, which YAML forbids."""
    lines = text.splitlines()
    if not 0 < line <= len(lines):
        return ""
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    return " (the line is indented with a tab; use spaces)" if "\t" in indent else ""


def _build(text: str, file: str, max_nodes: int, max_depth: int) -> Node | None:
    """Walk ruamel's events, which are made one at a time, so that limits stop a hostile file early."""
    root: Node | None = None
    stack: list[_Open] = []
    nodes = documents = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        line = event.start_mark.line + 1
        documents += isinstance(event, DocumentStartEvent)
        if documents > 1:
            raise Malformed("holds more than one YAML document", file=file, line=line)
        if isinstance(event, SequenceEndEvent | MappingEndEvent):
            node: Node | None = stack.pop().close()
        elif isinstance(event, AliasEvent | ScalarEvent | SequenceStartEvent | MappingStartEvent):
            nodes += 1
            _check(event, file, line)
            if nodes > max_nodes:
                raise LimitExceeded(f"more than {max_nodes:,} entries", file=file, line=line)
            if len(stack) >= max_depth:
                raise LimitExceeded(f"nested more than {max_depth} levels deep", file=file, line=line)
            node = _opened(event, stack, line)
        else:
            continue
        if node is None:
            continue
        if stack:
            stack[-1].add(node, file)
        else:
            root = node
    return root


def _opened(event: Any, stack: list[_Open], line: int) -> Node | None:
    """Return the node of a scalar; open a list or map and return None."""
    if isinstance(event, ScalarEvent):
        return Node(str(event.value), line, event.style in (None, ""))
    stack.append(_Open(line, isinstance(event, MappingStartEvent)))
    return None


def _check(event: Any, file: str, line: int) -> None:
    """Refuse what the plain core of YAML leaves out."""
    if isinstance(event, AliasEvent) or event.anchor is not None:
        raise Malformed("anchors (&) and aliases (*) are not accepted; write the value out", file=file, line=line)
    if event.ctag is not None:
        raise Malformed(f"the tag {event.tag!s:.60} is not accepted; write the plain value", file=file, line=line)
