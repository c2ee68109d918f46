# SPDX-License-Identifier: Apache-2.0
"""Reads terms that the loader refuses: every fault is told, and what can be read of the rest is.

The loader stops at the first fault, so that nothing is used that nobody wrote. Whoever drafts a text wants them all.
A value at fault is taken as *unknown*, or left out; a clause that cannot be read without it is left out too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from truceline.base.yaml import Node
from truceline.errors import InputError, NoTime
from truceline.model.agreement import Agreement
from truceline.terms.kinds import Field, Id, IdOr, Keyed, Kind, ListOf, Shape, suggest
from truceline.terms.kinds_more import UNKNOWN, Due, Maybe, OneOf, Word
from truceline.terms.load import load_tree, tree
from truceline.terms.schema import AGREEMENT, CHANGES
from truceline.terms.targets import Target, ids_of, target_of

_ENTRIES = 60_000
"""Entries of the file read again, in all, to look for one more fault: bounds the time a hostile file takes."""

_HINTS = 20
"""Faults that say which word may have been meant."""

_MOST = 40
"""Most faults looked for one by one."""

_ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)\s*\Z")
"""A time that names its zone, whatever else is wrong with it."""

_STAND_INS: Mapping[str, str] = {
    **dict.fromkeys(("title", "version", "text", "name", "forces", "summary", "why", "trigger", "outlet"), "not said"),
    **dict.fromkeys(("local_offset_hours", "coverage_floor", "excused_low"), "0"),
    "excused_high": "1",
}
"""What stands in for a key that is needed and missing, so that the rest can be read."""


@dataclass(frozen=True)
class Where:
    """Whose fault it is."""

    section: str = ""
    """Section of the file; empty for the file as a whole."""

    clause: str = ""
    """Id of the clause, zone or the like."""

    reading: str | None = None
    """Id of the reading that says so; None: the text."""


@dataclass(frozen=True)
class Fault:
    """Why the loader refuses a file: one reason of perhaps several."""

    what: str
    """``time_zone act weapon class zone line place name`` or ``form``."""

    reason: str
    """As the loader says it."""

    line: int
    """Line of the file, from 1."""

    where: Where
    """Whose."""


@dataclass(frozen=True)
class Draft:
    """A terms file as far as it can be read."""

    agreement: Agreement | None
    """What it says, faults taken as unknown or left out; None where too little is left."""

    faults: tuple[Fault, ...]
    """Why the loader refuses it, by line; none where it does not."""

    root: Node
    """The file as written."""


def read_draft(text: str, *, file: str, attachments: Mapping[str, str] | None = None) -> Draft:
    """Return all that can be read of a terms file, and every fault in it.

    Args:
        text: the whole file.
        file: its name, for messages.
        attachments: texts of the files it names, as for :func:`truceline.terms.load`.

    Raises:
        InputError: it is no YAML of the plain core, or too large: there is nothing to read.
    """
    root = tree(text, file)
    given = attachments or {}
    try:
        return Draft(load_tree(root, file=file, attachments=given), (), root)
    except InputError:
        mended, agreement, faults = root, None, dict[Fault, None]()
    known = ids_of(root, given)
    size = _size(root)
    for _ in range(min(_MOST, max(3, _ENTRIES // size))):
        left, found = _form(mended, file, known, given)
        faults |= dict.fromkeys(found)
        if left is None:
            break
        mended = left
        try:
            agreement = load_tree(mended, file=file, attachments=given)
            break
        except InputError as error:
            entry = _culprit(mended, error)
            faults[Fault(_what(entry, error), error.reason, error.line or 1, entry[0] if entry else Where())] = None
            if entry is None:
                break
            mended = _put(mended, entry[1], _unknown_place(entry[0], entry[2]))
    else:
        faults[Fault("form", "more faults than are looked for; mend these first", root.line, Where())] = None
    return Draft(agreement, tuple(sorted(faults, key=lambda each: each.line)), root)


def _form(root: Node, file: str, known: Target, attachments: Mapping[str, str]) -> tuple[Node | None, list[Fault]]:
    """The file with all values at fault taken out, and these faults; names lost on the way are no faults."""
    root, found = _answered(root)
    while True:
        mender = _Mender(file, known, ids_of(root, attachments))
        mended = mender.shape(AGREEMENT, root, "", Where())
        found += mender.faults
        if mended is None or not mender.changed:
            return mended, found
        root = mended


def _answered(root: Node) -> tuple[Node, list[Fault]]:
    """The file with a response for every party and none else, as the loader wants it; and what was wrong."""
    told = root.value.get("responses") if isinstance(root.value, dict) else None
    if told is None or not isinstance(told.value, dict):
        return root, []
    parties = dict.fromkeys(sorted(ids_of(root, {})["parties"]))
    where, line = Where("responses"), root.line_of("responses")
    found = [
        Fault("name", f"responses: unknown party {k!r:.80}", told.line_of(k), where)
        for k in told.value
        if k not in parties
    ]
    missing = [party for party in parties if party not in told.value]
    found += [
        Fault("form", f"responses: party {p!r} is missing; write 'none published' if so", line, where) for p in missing
    ]
    if not found:
        return root, []
    none = Node({"text": Node("none published", line)}, line)
    kept = {party: told.value.get(party, none) for party in parties}
    return _put(root, ("responses",), replace(told, value=kept)), found


_NAMES: Mapping[str, tuple[str, str]] = {
    "acts": ("act", "is no act of the taxonomy's layer B, of the file's vocabulary or definitions"),
    "weapons": ("weapon", "is no weapon, class of weapons or definition"),
    "classes": ("class", "is no class of objects or definition"),
    "zones": ("zone", "is a zone that nobody defines"),
    "lines": ("line", "is a line that nobody defines"),
}
"""Of what a name is not: what kind of fault that is, and how it is said."""


class _Mender:
    """One walk over a file by its form."""

    def __init__(self, file: str, known: Target, left: Target) -> None:
        self.file = file
        self.known = known
        """Names the file defines as written."""
        self.left = left
        """Names it still defines."""
        self.faults: list[Fault] = []
        self.changed = False

    def fault(self, what: str, error: InputError, node: Node, where: Where) -> None:
        """Take one down."""
        self.changed = True
        self.faults.append(Fault(what, error.reason, error.line or node.line, where))

    def mend(self, kind: Kind, node: Node, at: str, where: Where, target: str = "") -> Node | None:
        """Return the node without what is at fault; None where nothing of it is left."""
        if isinstance(kind, Maybe):
            return node if node.value == UNKNOWN else self.mend(kind.kind, node, at, where, target) or _unknown(node)
        if isinstance(kind, IdOr) and isinstance(node.value, dict):
            return self.shape(kind.shape, node, at, where)
        if isinstance(kind, OneOf) and isinstance(node.value, dict):
            word = next((key for key in kind.shapes if key in node.value), None)
            if word is not None:
                name = str(node.value[word].value)
                return self.shape(kind.shapes[word], node, at, replace(where, section=CHANGES[word][0], clause=name))
        if isinstance(kind, Shape) and isinstance(node.value, dict):
            return self.shape(kind, node, at, where)
        if isinstance(kind, Keyed) and isinstance(node.value, dict):
            read = {k: self.mend(kind.kind, v, f"{at}.{k}", replace(where, clause=k)) for k, v in node.value.items()}
            return self._same(node, {key: value for key, value in read.items() if value is not None})
        if isinstance(kind, ListOf) and isinstance(node.value, list) and kind.least <= len(node.value) <= kind.most:
            many = [
                self.mend(kind.kind, item, f"{at}[{n}]", _inside(where, item), target)
                for n, item in enumerate(node.value, start=1)
            ]
            left = [item for item in many if item is not None]
            return self._same(node, left) if len(left) >= kind.least else None
        return self.leaf(kind, node, at, where, target)

    def leaf(self, kind: Kind, node: Node, at: str, where: Where, target: str) -> Node | None:
        """A value without parts, or one that has not the form of its kind."""
        try:
            kind.read(node, at, self.file)
        except InputError as error:
            zoneless = isinstance(error, NoTime) and not _ZONED.search(str(node.value))
            what = "time_zone" if zoneless else "place" if "rings" in at else "form"
            self.fault(what, error, node, where)
            return _unknown(node) if isinstance(kind, Due) else None
        if not target or not isinstance(kind, Id | Word | IdOr) or node.value in self.left[target]:
            return node
        self.changed = True
        if node.value not in self.known[target]:
            what, told = _NAMES.get(target, ("name", f"is none of the file's {target.replace('_', ' ')}"))
            # To look for words like it takes long where thousands are known: a few hints are enough.
            near = suggest(str(node.value), self.known[target]) if len(self.faults) < _HINTS else ""
            self.faults.append(Fault(what, f"{at}: {node.value!r:.80} {told}{near}", node.line, where))
        return None

    def shape(self, shape: Shape, node: Node, at: str, where: Where) -> Node | None:
        """A map: unknown keys go; a needed key that is missing or at fault is unknown, or stands in, or all goes."""
        if not isinstance(node.value, dict):
            return self.leaf(shape, node, at, where, "")
        found: dict[str, Node] = {}
        prefix = f"{at}." if at else ""
        for key, child in node.value.items():
            rule = shape.fields.get(key)
            if rule is None:
                reason = f"{at + ': ' if at else ''}unknown key {key!r:.80}{suggest(key, shape.fields)}"
                self.fault("form", InputError(reason, line=node.line_of(key)), node, where)
                continue
            inner = where if at else Where(key)
            mended = self.mend(rule.kind, child, prefix + key, inner, target_of(shape.name, key))
            if mended is not None:
                found[key] = mended
            elif rule.needed:
                stand_in = _stand_in(key, rule, child)
                if stand_in is None:
                    return None
                found[key] = stand_in
        for key in [key for key, rule in shape.fields.items() if rule.needed and key not in node.value]:
            error = InputError(f"{at + ': ' if at else ''}the key {key!r} is missing", line=node.line)
            self.fault("form", error, node, where)
            stand_in = _stand_in(key, shape.fields[key], node)
            if stand_in is None:
                return None
            found[key] = stand_in
        return self._same(node, found)

    def _same(self, node: Node, value: Any) -> Node:
        """The node with its value, itself where nothing changed, so that what is made of it once is not made again."""
        old = node.value
        if isinstance(old, dict):
            same = len(old) == len(value) and all(value.get(key) is child for key, child in old.items())
        else:
            same = len(old) == len(value) and all(a is b for a, b in zip(old, value, strict=True))
        self.changed = self.changed or not same
        return node if same else replace(node, value=value)


def _inside(where: Where, item: Node) -> Where:
    """Whose an item of a list is: of the clause that it is, else of that around it."""
    if isinstance(item.value, dict) and "id" in item.value and isinstance(item.value["id"].value, str):
        name = item.value["id"].value
        if where.section == "readings" and where.reading is None:
            return replace(where, reading=name, clause=name)
        if where.section == "readings":
            return replace(where, section="provisions", clause=name)
        if not where.clause:
            return replace(where, clause=name)
    return where


def _unknown(node: Node) -> Node:
    return Node(UNKNOWN, node.line)


def _stand_in(key: str, rule: Field, node: Node) -> Node | None:
    """What may stand for a needed value that is missing: the word unknown, or words that say nothing."""
    if isinstance(rule.kind, Maybe | Due) or key == "zone":
        return _unknown(node)
    return Node(_STAND_INS[key], node.line) if key in _STAND_INS else None


def _size(node: Node) -> int:
    inner = node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    return 1 + sum(map(_size, inner))


_Entry = tuple[Where, tuple[str | int, ...], Node]
"""A clause, zone, change or the like: whose, the way to it from the root, and itself."""


def _entries(root: Node) -> list[_Entry]:
    """Everything that can be taken out by itself."""
    found: list[_Entry] = []
    sections = root.value if isinstance(root.value, dict) else {}
    for section, node in sections.items():
        for n, item in enumerate(node.value if isinstance(node.value, list) else ()):
            where = _inside(Where(section), item)
            found.append((where, (section, n), item))
            inner = item.value if section == "readings" and isinstance(item.value, dict) else {}
            for key in ("changes", "adds"):
                part = inner.get(key)
                for m, child in enumerate(part.value if part is not None and isinstance(part.value, list) else ()):
                    found.append((_of_change(where, child), (section, n, key, m), child))
        if not isinstance(node.value, list) and section not in ("id", "title", "version"):
            found.append((Where(section), (section,), node))
    return found


def _of_change(where: Where, node: Node) -> Where:
    """Whose a change or an added provision of a reading is."""
    value = node.value if isinstance(node.value, dict) else {}
    if "id" in value:
        return replace(where, section="provisions", clause=str(value["id"].value))
    word = next((key for key in CHANGES if key in value), "provision")
    return replace(where, section=CHANGES[word][0], clause=str(value[word].value) if word in value else "")


def _lines(node: Node) -> set[int]:
    """The lines on which a node and all inside it begin, and those of its keys."""
    inner = node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    return {node.line, *(line for _, line in node.key_lines)}.union(*map(_lines, inner))


def _culprit(root: Node, error: InputError) -> _Entry | None:
    """The smallest entry on the line of an error; where several share it, the last that the error names."""
    at = [entry for entry in _entries(root) if error.line in _lines(entry[2])]
    named = [entry for entry in at if entry[0].clause and f"{entry[0].clause!r}" in error.reason]
    return max(named or at, key=lambda entry: len(entry[1]), default=None)


def _what(entry: _Entry | None, error: InputError) -> str:
    if isinstance(error, NoTime) and "no time zone" in error.reason:
        return "time_zone"
    return "place" if entry and entry[0].section in ("zones", "lines") else "form"


def _unknown_place(where: Where, node: Node) -> Node | None:
    """What is left of an entry at fault: of a zone or line its name, without its place; of all else nothing."""
    if where.reading is None and where.section in ("zones", "lines") and isinstance(node.value, dict):
        key = "kind" if where.section == "zones" else "geometry"
        kept = {name: child for name, child in node.value.items() if name in ("id", "name", "text", "source")}
        if node.value.get(key) is not None and node.value[key].value != UNKNOWN:
            return replace(node, value={**kept, key: _unknown(node)})
    return None


def _put(node: Node, way: tuple[str | int, ...], new: Node | None) -> Node:
    """Return the tree with another node at the end of a way, or none there."""
    first, rest = way[0], way[1:]
    if isinstance(node.value, dict):
        entries = dict(node.value)
        value = _put(entries[str(first)], rest, new) if rest else new
        if value is None:
            del entries[str(first)]
        else:
            entries[str(first)] = value
        return replace(node, value=entries)
    assert isinstance(node.value, list)  # ways lead through maps and lists only
    items = list(node.value)
    value = _put(items[int(first)], rest, new) if rest else new
    items[int(first) : int(first) + 1] = [] if value is None else [value]
    return replace(node, value=items)
