# SPDX-License-Identifier: Apache-2.0
"""Further kinds of value in a terms file: truth, whole numbers, what may be unknown, moments counted, policies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from truceline.base.yaml import Node
from truceline.errors import Malformed
from truceline.model.clauses import When
from truceline.model.proof import AllOf, AnyOf, AtLeast, Fact, Independent, Policy, Probability, UnsafeNoProof
from truceline.terms.kinds import Entry, Field, Kind, Moment, Name, Number, Shape, Text, suggest, wrong

UNKNOWN = "unknown"
"""The word that stands for what no source gives."""

_COUNTED = re.compile(r"(?:day\s+(\d{1,5})|entry_into_force(?:\s*\+\s*(\d{1,6}(?:\.\d+)?)\s*([dh]))?)\Z", re.ASCII)


@dataclass(frozen=True)
class Flag:
    """True or false, written so."""

    def read(self, node: Node, at: str, file: str) -> bool:
        """Return it."""
        if not node.plain or node.value not in ("true", "false"):
            raise wrong(node, at, file, "true or false")
        return node.value == "true"

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Integer:
    """A whole number inside limits, both included."""

    low: int
    """Least value."""

    high: int
    """Greatest value."""

    def read(self, node: Node, at: str, file: str) -> int:
        """Return it."""
        value = Number(self.low, self.high).read(node, at, file)
        if not value.is_integer():
            raise wrong(node, at, file, "a whole number")
        return int(value)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Word:
    """An id that is looked up later; it remembers where it stands, for the message if it is not found."""

    known: tuple[str, ...] = ()
    """Words an editor may offer; others may be defined in the file."""

    def read(self, node: Node, at: str, file: str) -> Name:
        """Return the word, its line and where it stands."""
        if not isinstance(node.value, str) or node.empty or not node.value.strip() or len(node.value) > 100:
            raise wrong(node, at, file, "a word")
        return Name(node.value, node.line, at)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        free = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}
        return {"anyOf": [{"enum": list(self.known)}, free]} if self.known else free


@dataclass(frozen=True)
class Maybe:
    """A value, or the word ``unknown``."""

    kind: Kind
    """The value's kind."""

    def read(self, node: Node, at: str, file: str) -> Any:
        """Return the value, None for ``unknown``."""
        return None if node.value == UNKNOWN else self.kind.read(node, at, file)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"anyOf": [{"const": UNKNOWN}, self.kind.schema()]}


@dataclass(frozen=True)
class Due:
    """A moment with its zone, one counted from entry into force, ``open`` or ``unknown``."""

    def read(self, node: Node, at: str, file: str) -> When:
        """Return it."""
        if node.value == UNKNOWN:
            return When()
        if node.value == "open":
            return When(is_open=True)
        counted = _COUNTED.match(node.value) if isinstance(node.value, str) else None
        if counted is None:
            return When(at=Moment().read(node, at, file))
        days, number, unit = counted.groups()
        if days is not None:
            return When(after_hours=float(days) * 24)
        return When(after_hours=float(number or 0) * (24 if unit == "d" else 1))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        pattern = r"^(day \d{1,5}|entry_into_force( *\+ *\d{1,6}(\.\d+)? *[dh])?)$"
        return {"anyOf": [{"enum": [UNKNOWN, "open"]}, {"type": "string", "pattern": pattern}, Moment().schema()]}


@dataclass(frozen=True)
class OneOf:
    """A map whose kind is told by the one of several keys that it holds."""

    shapes: dict[str, Shape] = field(hash=False)
    """Shape by that key; where a map holds two of them, the first here tells (a provision has a zone, too)."""

    def read(self, node: Node, at: str, file: str) -> Entry:
        """Return the entry."""
        if not isinstance(node.value, dict):
            raise wrong(node, at, file, f"a map with one of {', '.join(self.shapes)}")
        here = next((key for key in self.shapes if key in node.value), None)
        if here is None:
            first = next(iter(node.value), "")
            reason = f"{at}: expected one of the keys {', '.join(self.shapes)}{suggest(first, self.shapes)}"
            raise Malformed(reason, file=file, line=node.line)
        entry: Entry = self.shapes[here].read(node, at, file)
        return replace(entry, kind=here)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"anyOf": [shape.schema() for shape in self.shapes.values()]}


@dataclass(frozen=True)
class Proof:
    """A standard of proof: a word, or a map with one of ``all_of any_of at_least independent`` and the like."""

    def read(self, node: Node, at: str, file: str) -> Policy:
        """Return the policy; an empty one is refused."""
        if isinstance(node.value, str) and not node.empty:
            return Fact(Word().read(node, at, file).text)
        if not isinstance(node.value, dict) or len(node.value) != 1:
            raise wrong(node, at, file, f"a word or a map with one of {', '.join(_POLICIES)}")
        ((key, child),) = node.value.items()
        if key not in _POLICIES:
            reason = f"{at}: unknown policy {key!r:.80}{suggest(key, _POLICIES)}"
            raise Malformed(reason, file=file, line=node.line_of(key))
        try:
            return _POLICIES[key](child, f"{at}.{key}", file)
        except Malformed as error:
            if error.line is None:
                raise Malformed(f"{at}: {error.reason}", file=file, line=node.line_of(key)) from error
            raise

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"$ref": "#/$defs/policy"}

    @staticmethod
    def definition() -> dict[str, Any]:
        """Return the JSON Schema that ``$defs/policy`` holds."""
        inner = {"$ref": "#/$defs/policy"}
        many = {"type": "array", "items": inner, "minItems": 1}
        whole = {"type": "integer", "minimum": 1}
        words = {"type": "array", "items": {"type": "string"}, "minItems": 1}
        some = {"type": "object", "required": ["n", "of"], "additionalProperties": False}
        forms: dict[str, dict[str, Any]] = {
            "all_of": many,
            "any_of": many,
            "at_least": {**some, "properties": {"n": whole, "of": many}},
            "independent": {"anyOf": [whole, {**some, "properties": {"n": whole, "of": words}}]},
            "probability": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "unsafe_no_proof": {"type": "string", "minLength": 1},
        }
        closed = {"type": "object", "additionalProperties": False, "minProperties": 1}
        return {"anyOf": [{"type": "string"}, *({**closed, "properties": {k: v}} for k, v in forms.items())]}


def _many(node: Node, at: str, file: str) -> tuple[Policy, ...]:
    if not isinstance(node.value, list):
        raise wrong(node, at, file, "a list of policies")
    return tuple(Proof().read(child, f"{at}[{i}]", file) for i, child in enumerate(node.value, start=1))


def _counted(node: Node, at: str, file: str) -> tuple[int, Node]:
    """Return ``n`` and the node of ``of``."""
    if not isinstance(node.value, dict) or set(node.value) != {"n", "of"}:
        raise wrong(node, at, file, "a map with n and of")
    return Integer(1, 1000).read(node.value["n"], f"{at}.n", file), node.value["of"]


def _at_least(node: Node, at: str, file: str) -> Policy:
    n, of = _counted(node, at, file)
    return AtLeast(n, _many(of, f"{at}.of", file))


def _independent(node: Node, at: str, file: str) -> Policy:
    if isinstance(node.value, str):
        return Independent(Integer(1, 1000).read(node, at, file))
    n, of = _counted(node, at, file)
    if not isinstance(of.value, list) or not of.value:
        raise wrong(of, f"{at}.of", file, "a list of words")
    return Independent(n, tuple(Word().read(child, f"{at}.of", file).text for child in of.value))


_POLICIES: dict[str, Callable[[Node, str, str], Policy]] = {
    "all_of": lambda node, at, file: AllOf(_many(node, at, file)),
    "any_of": lambda node, at, file: AnyOf(_many(node, at, file)),
    "at_least": _at_least,
    "independent": _independent,
    "probability": lambda node, at, file: Probability(Number(0, 1).read(node, at, file)),
    "unsafe_no_proof": lambda node, at, file: UnsafeNoProof(Text().read(node, at, file)),
}


def optional(shape: Shape, without: tuple[str, ...], more: dict[str, Field], name: str) -> Shape:
    """Return a shape with the same keys, none of them needed, some left out and others added."""
    kept = {key: replace(rule, needed=False) for key, rule in shape.fields.items() if key not in (*without, *more)}
    return Shape({**more, **kept}, name)
