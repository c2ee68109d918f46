# SPDX-License-Identifier: Apache-2.0
"""What a lint finds, and what its rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from truceline.base.yaml import Node
from truceline.model.agreement import Agreement, Reading
from truceline.scrutiny.parts import Parts, parts, parts_under
from truceline.terms.schema import CHANGES

DANGEROUS = "dangerous"
"""It can start a quarrel or a response that the text does not bear."""

UNVERIFIABLE = "unverifiable"
"""Whether it is kept cannot be told."""

NOTICE = "notice"
"""Worth a question before anyone signs."""

SEVERITIES = (DANGEROUS, UNVERIFIABLE, NOTICE)
"""Gravest first."""


@dataclass(frozen=True)
class Finding:
    """One thing to mend, or to sign with open eyes."""

    rule: str
    """Id of the rule (docs/reference/terms-tools.md)."""

    severity: str
    """One of :data:`SEVERITIES`."""

    section: str
    """Section of the file."""

    clause: str
    """Id of the clause, zone, party or the like; of what has none, its section."""

    message: str
    """What is wrong, in one or two sentences."""

    mend: str
    """What would mend it."""

    reading: str | None = None
    """Id of the reading under which it is so; None: the text."""

    line: int = 1
    """Line of the file, from 1."""

    case: str = ""
    """Name of the sentence (``lint.case_…``) that tells this case's figures in any language; empty: there are none."""

    figures: tuple[tuple[str, float], ...] = ()
    """What that sentence is told with."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        order = ("rule", "severity", "section", "clause", "reading", "line", "message", "mend")
        return {name: getattr(self, name) for name in order}


Nodes = Mapping[tuple[str | None, str, str], Node]
"""Where each thing is written: by reading (None: the text), section and id."""


def nodes_of(root: Node) -> Nodes:
    """Return where each thing of a file is written, what a reading changes or adds too."""
    found: dict[tuple[str | None, str, str], Node] = {}
    for section, node in _map(root).items():
        found.setdefault((None, section, section), node)
        for item in _list(node):
            _note(found, None, section, item)
            for child in _list(_map(item).get("changes")) if section == "readings" else ():
                word = next((key for key in CHANGES if key in _map(child)), None)
                if word is not None:
                    _note(found, _text(item, "id"), CHANGES[word][0], child, word)
            for child in _list(_map(item).get("adds")) if section == "readings" else ():
                _note(found, _text(item, "id"), "provisions", child)
    return found


def _note(
    found: dict[tuple[str | None, str, str], Node], reading: str | None, section: str, node: Node, key: str = "id"
) -> None:
    """Note where a thing stands, and the exceptions written in it."""
    found.setdefault((reading, section, _text(node, key)), node)
    for child in _list(_map(node).get("exceptions")) if section == "provisions" else ():
        if isinstance(child.value, dict):
            found.setdefault((reading, "exceptions", _text(child, "id")), child)


def _map(node: Node | None) -> Mapping[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _list(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _text(node: Node, key: str) -> str:
    child = _map(node).get(key)
    return child.value if child is not None and isinstance(child.value, str) else ""


@dataclass(frozen=True)
class View:
    """An agreement as written, or under one reading, as a rule looks at it."""

    agreement: Agreement
    """The whole."""

    reading: Reading | None
    """The reading, or None for the text as written."""

    nodes: Nodes
    """Where things are written."""

    sensors: frozenset[str]
    """Kinds of sensor that watch (words of ``model.proof.FACTS``)."""

    of_watch: bool = False
    """Whether these are a watch's own; else all kinds that are known."""

    parts: Parts = field(default_factory=dict)
    """What holds, by section and id; clauses that were dropped are left out."""

    @property
    def parties(self) -> tuple[str, ...]:
        """Ids of all parties, in the order of the file."""
        return tuple(party.id for party in self.agreement.parties)

    def who(self, ids: Iterable[str]) -> str:
        """Return the names of parties and others, parties in the order of the file."""
        names = {party.id: party.name for party in self.agreement.parties}
        names |= {other.id: other.name for other in self.agreement.others}
        wanted = set(ids)
        found = [name for each, name in names.items() if each in wanted] + sorted(wanted - set(names))
        return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)

    def things(self, *sections: str) -> Iterable[tuple[str, Any]]:
        """Yield section and thing."""
        return ((section, thing) for section in sections for thing in self.parts.get(section, {}).values())

    def raw(self, section: str, name: str, key: str) -> Node | None:
        """Return what is written under a thing's key: the reading's, else the text's."""
        for where in (self.reading.id if self.reading else None, None):
            found = _map(self.nodes.get((where, section, name))).get(key)
            if found is not None:
                return found
        return None

    def words(self, section: str, name: str, key: str) -> list[str]:
        """Return the words of a list as written; none where it is no list."""
        return [item.value for item in _list(self.raw(section, name, key)) if isinstance(item.value, str)]

    def line(self, section: str, name: str, *keys: str) -> int:
        """Return the line of a thing's key (or of one inside it), as near as it is written."""
        if section == name and not keys:
            return self.agreement.where.get(section, 1)
        for where in (self.reading.id, None) if self.reading else (None,):
            node = self.nodes.get((where, section, name))
            if node is None or (keys and keys[0] not in _map(node) and where is not None):
                continue
            line = node.line
            for key in keys:
                if key not in _map(node):
                    break
                line, node = node.line_of(key), _map(node)[key]
            return line
        return self.agreement.where.get(section, 1)

    def finding(
        self, rule: str, severity: str, section: str, clause: str, message: str, mend: str, *keys: str
    ) -> Finding:
        """Return a finding at a thing's key."""
        reading = self.reading.id if self.reading else None
        return Finding(rule, severity, section, clause, message, mend, reading, self.line(section, clause, *keys))


def view_of(agreement: Agreement, reading: Reading | None, nodes: Nodes, sensors: Iterable[str] | None) -> View:
    """Return the view of a text, or of it under a reading; ``sensors`` None: all kinds that are known."""
    whole = parts(agreement)
    found = {**whole, **parts_under(agreement, reading)} if reading else whole
    kept = {
        section: {name: each for name, each in things.items() if getattr(each, "status", None) != "dropped"}
        for section, things in found.items()
    }
    known = frozenset(sensors) if sensors is not None else sensors_known(agreement)
    return View(agreement, reading, nodes, known, sensors is not None, kept)


SENSORS = (
    *("thermal", "imagery", "acoustic", "seismic", "radar", "video", "radio", "patrol"),
    *("inspector_record", "two_inspectors"),
)
"""Kinds of sensor and observer that are known; a party's own report is none."""


def sensors_known(agreement: Agreement) -> frozenset[str]:
    """Return all kinds of sensor that are known, those too that the agreement adds for an act."""
    words = agreement.vocabulary
    own = {sensor for kinds in words.seen_by.values() for sensor in kinds if sensor not in _REPORTS}
    return frozenset({*SENSORS, *own})


_REPORTS = ("party_report", "third_party_report", "admission")
