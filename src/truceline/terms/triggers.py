# SPDX-License-Identifier: Apache-2.0
"""What sets a step of the ladder off, as a terms file writes it: ``breach``, ``continues``, ``all_of``, ``any_of``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from truceline.base.yaml import Node
from truceline.errors import Malformed
from truceline.model.clauses import Step
from truceline.model.ladder import SEVERITIES, STANDING, Breaches, EachOf, EitherOf, Trigger
from truceline.terms.kinds import Choice, Entry, Field, Id, ListOf, Name, Number, Shape, suggest, wrong
from truceline.terms.kinds_more import Integer, Word
from truceline.terms.schema_core import IDS, INCIDENTS, may

_WORDS = tuple(status.replace(" ", "_") for status in STANDING)
_HOURS = Number(0, 1_000_000, "hours")
MOST_PARTS = 50
"""Most parts of one expression."""

BREACH = Shape(
    {
        "count": may(Integer(1, 10_000), "How many, at least; 1 unless said otherwise"),
        "within_hours": may(_HOURS, "All of them within so many hours"),
        "status": may(Choice(_WORDS, "a status that can set a step off"), "Least status; corroborated if left out"),
        "severity": may(Choice(SEVERITIES, "a severity"), "Least severity"),
        "acts": may(ListOf(Word(INCIDENTS), 1), "Of these acts"),
        "provisions": may(IDS, "Against these provisions"),
        "zones": may(IDS, "In these zones"),
        "probability": may(Number(0, 1), "Least probability of a breach"),
    },
    "trigger_breach",
)
CONTINUES = Shape(
    {
        **BREACH.fields,
        "after": Field(Id(), "Id of the step after whose declaration it goes on"),
        "hours": may(_HOURS, "And so many hours after it"),
    },
    "trigger_continues",
)
SHAPES = {"breach": BREACH, "continues": CONTINUES}
"""Forms of one condition, by its word."""


@dataclass(frozen=True)
class SetOff:
    """A map with one of ``breach``, ``continues``, ``all_of``, ``any_of``."""

    def read(self, node: Node, at: str, file: str) -> Trigger:
        """Return the trigger; what it names is looked up when steps are built."""
        words = (*SHAPES, "all_of", "any_of")
        if not isinstance(node.value, dict) or len(node.value) != 1:
            raise wrong(node, at, file, f"a map with one of {', '.join(words)}")
        ((key, child),) = node.value.items()
        if key in SHAPES:
            # "breach:" with nothing behind it asks for any breach
            given = Node({}, child.line) if child.empty else child
            return _atom(SHAPES[key].read(given, f"{at}.{key}", file))
        if key not in words:
            raise Malformed(f"{at}: unknown trigger {key!r:.80}{suggest(key, words)}", file=file, line=node.line)
        if not isinstance(child.value, list) or not 2 <= len(child.value) <= MOST_PARTS:
            raise wrong(child, f"{at}.{key}", file, f"a list of 2 to {MOST_PARTS} triggers")
        parts = tuple(self.read(part, f"{at}.{key}[{n}]", file) for n, part in enumerate(child.value, 1))
        return EachOf(parts) if key == "all_of" else EitherOf(parts)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"$ref": "#/$defs/trigger"}

    @staticmethod
    def definition() -> dict[str, Any]:
        """Return the JSON Schema that ``$defs/trigger`` holds."""
        many = {"type": "array", "items": {"$ref": "#/$defs/trigger"}, "minItems": 2, "maxItems": MOST_PARTS}
        forms: dict[str, Any] = {key: shape.definition() for key, shape in SHAPES.items()}
        forms["breach"] = {"anyOf": [{"type": "null"}, forms["breach"]]}
        closed = {"type": "object", "additionalProperties": False, "minProperties": 1}
        return {
            "anyOf": [{**closed, "properties": {k: v}} for k, v in (forms | {"all_of": many, "any_of": many}).items()]
        }


def _atom(entry: Entry) -> Breaches:
    names: dict[str, list[Name]] = {key: entry.get(key) or [] for key in ("acts", "provisions", "zones")}
    after: Name | None = entry.get("after")
    return Breaches(
        count=entry.get("count", 1),
        within_hours=entry.get("within_hours"),
        status=str(entry.get("status", STANDING[0])).replace("_", " "),
        severity=entry.get("severity"),
        **{key: tuple(name.text for name in found) for key, found in names.items()},
        probability=entry.get("probability"),
        after=None if after is None else after.text,
        after_hours=entry.get("hours", 0.0),
    )


def waits_for(step: Step) -> Iterator[str]:
    """Yield the steps that must have been declared before one."""
    if step.after is not None:
        yield step.after
    if step.when is not None:
        yield from (atom.after for atom in step.when.atoms() if atom.after is not None)


def loops(steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    """Return, per step that waits for itself, the steps over which it does so, itself first and last."""
    waits = {step.id: tuple(waits_for(step)) for step in steps}
    return {name: way for name in waits if (way := _way_back(name, waits))}


def _way_back(name: str, waits: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    ways: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    while ways:
        way = ways.pop()
        for other in waits.get(way[-1], ()):
            if other == name:
                return (*way, other)
            if other not in seen:
                seen.add(other)
                ways.append((*way, other))
    return ()
