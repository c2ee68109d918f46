# SPDX-License-Identifier: Apache-2.0
"""What makes an agreement unverifiable or dangerous, found in its text alone, before anyone signs it.

Each rule is a function from a view (the text, or the text under one reading) to findings. What holds in the text and
under every reading is told once. Nothing depends on a party's id, name or order: swapped, the findings swap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from truceline.scrutiny import rules_clocks, rules_duties, rules_readings, rules_sides, rules_text
from truceline.scrutiny.finding import (
    DANGEROUS,
    NOTICE,
    SENSORS,
    SEVERITIES,
    UNVERIFIABLE,
    Finding,
    View,
    nodes_of,
    view_of,
)
from truceline.terms.mend import Draft, Fault

RULES: tuple[Callable[[View], Iterator[Finding]], ...] = (
    rules_text.undefined_words,
    rules_text.unsourced_positions,
    rules_text.unknown_windows,
    rules_text.belts_without_line,
    rules_text.zones_without_geometry,
    rules_text.unobservable,
    rules_duties.actors,
    rules_duties.deadlines,
    rules_duties.unknown_values,
    rules_clocks.triggers,
    rules_clocks.clock_changes,
    rules_duties.replies,
    rules_duties.commission,
    rules_duties.proof,
    rules_duties.recognition,
    rules_sides.one_sided,
    rules_readings.swallowed,
)
"""Rules that look at the text or at one reading."""

ACROSS: tuple[Callable[[Sequence[View]], Iterator[Finding]], ...] = (
    rules_readings.contradictions,
    rules_readings.unused,
)
"""Rules that look at the text (the first view) and all its readings together."""

_ZONELESS = "window-without-time-zone"

_REFUSED: dict[str, tuple[str, str]] = {
    "time_zone": (_ZONELESS, "write Z or an offset such as +03:00 behind the time"),
    "act": ("undefined-act", "use a word of the taxonomy, or define the act"),
    "weapon": ("undefined-weapon", "use a word of the vocabulary, or define the weapon"),
    "class": ("undefined-class", "use a word of the vocabulary, or define the class"),
    "line": ("belt-without-reference-line", "name one of the file's lines, with the date whose line it is"),
    "zone": ("zone-without-geometry", "name one of the file's zones, or add it"),
    "place": ("zone-without-geometry", "give coordinates, or a distance from a named line"),
    "name": ("undefined-name", "name something that the file defines"),
    "form": ("refused", "write it in the form of docs/reference/terms.md"),
}
"""Per kind of fault for which the loader refuses a file: rule, and what would mend it."""


@dataclass(frozen=True)
class Lint:
    """Everything found in one text."""

    agreement: str
    """Id of the agreement."""

    sensors: tuple[str, ...]
    """Kinds of sensor that prohibitions were set against."""

    of_watch: bool
    """Whether they are a watch's; else all kinds that are known."""

    findings: tuple[Finding, ...]
    """By line."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON (docs/reference/terms-tools.md)."""
        counts = {grave: sum(each.severity == grave for each in self.findings) for grave in SEVERITIES}
        found = [each.to_json() for each in self.findings]
        return {"agreement": self.agreement, "sensors": list(self.sensors), "findings": found, "counts": counts}


def lint(draft: Draft, sensors: Iterable[str] | None = None) -> Lint:
    """Return all that the rules find in a terms file.

    Args:
        draft: the file, as far as it can be read, with the faults for which the loader refuses it.
        sensors: kinds of sensor that watch (words of ``model.proof.FACTS``); None: all kinds that are known.
    """
    given = None if sensors is None else frozenset(sensors)
    findings = [_refused(fault) for fault in draft.faults]
    agreement = draft.agreement
    known: Iterable[str] = SENSORS if given is None else given
    if agreement is not None:
        nodes = nodes_of(draft.root)
        views = [view_of(agreement, reading, nodes, given) for reading in (None, *agreement.readings)]
        told = {(each.rule, each.section, each.clause) for each in findings}
        # A time without zone was taken as unknown: that is told once.
        told |= {("unknown-window", each.section, each.clause) for each in findings if each.rule == _ZONELESS}
        told |= {("no-deadline", each.section, each.clause) for each in findings if each.rule == _ZONELESS}
        more = [each for rule in RULES for each in _once([list(rule(view)) for view in views])]
        more += [each for rule in ACROSS for each in rule(views)]
        findings += [each for each in more if (each.rule, each.section, each.clause) not in told]
        known = views[0].sensors
    name = agreement.id if agreement is not None else _name(draft)
    order = sorted(
        findings, key=lambda each: (each.line, SEVERITIES.index(each.severity), each.rule, each.reading or "")
    )
    return Lint(name, tuple(sorted(known)), given is not None, tuple(dict.fromkeys(order)))


def _refused(fault: Fault) -> Finding:
    rule, mend = _REFUSED[fault.what]
    where = fault.where
    if "waits for itself" in fault.reason:
        rule, mend = "ladder-loop", "let one of them wait for none of the others"
    clause = where.clause or where.section or "file"
    grave = UNVERIFIABLE if fault.what in ("place", "zone") else DANGEROUS
    return Finding(rule, grave, where.section or "file", clause, f"{fault.reason}.", mend, where.reading, fault.line)


def _once(found: Sequence[Sequence[Finding]]) -> Iterator[Finding]:
    """What one rule finds in the text and under each reading: told once where it holds everywhere.

    What every reading replaces remains a notice: it is what the parties sign.
    """
    text, readings = found[0], found[1:]
    under = [{_what(each): each for each in one} for one in readings]
    for each in text:
        where = [one[_what(each)] for one in under if _what(each) in one]
        if len(where) == len(under) or len(where) > 1:
            yield each
        elif where:
            yield where[0]
        else:
            message = f"{each.message} Every reading replaces it."
            yield replace(each, severity=NOTICE, message=message)
    written = {_what(each) for each in text}
    for one in under:
        yield from (each for what, each in one.items() if what not in written)


def _what(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.section, finding.clause, finding.message


def _name(draft: Draft) -> str:
    value = draft.root.value
    node = value.get("id") if isinstance(value, dict) else None
    return node.value if node is not None and isinstance(node.value, str) else ""
