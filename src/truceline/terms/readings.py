# SPDX-License-Identifier: Apache-2.0
"""Everything a reading can lay itself over, built once for the text and once more for each reading's changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from truceline.errors import Malformed
from truceline.model.agreement import Change, Definition, Provision, Reading, ReferenceLine, RuleException, Zone
from truceline.model.clauses import Clause, Step
from truceline.terms import build_clauses, build_places
from truceline.terms.build import Named, Words, definitions, exception, provision
from truceline.terms.context import Context, Entries, each_known, overlaid, source, unique
from truceline.terms.kinds import Entry
from truceline.terms.places import check_ranks
from truceline.terms.schema import CHANGES, CLAUSE_SECTIONS

SECTIONS: dict[str, str] = {
    "lines": "line",
    "zones": "zone",
    "definitions": "definition",
    "exceptions": "exception",
    "provisions": "provision",
    **{section: word.replace("_", " ") for section, (word, _) in CLAUSE_SECTIONS.items()},
    "ladder": "step",
}
"""Sections that readings can change: name and word."""

_OWN = ("held_by", "said")
"""Keys of a change that tell of the change itself."""


@dataclass(frozen=True)
class Built:
    """The parts of an agreement that a reading may change."""

    lines: tuple[ReferenceLine, ...]
    """Named lines."""

    zones: tuple[Zone, ...]
    """Zones."""

    definitions: tuple[Definition, ...]
    """Definitions."""

    exceptions: tuple[RuleException, ...]
    """Named exceptions."""

    provisions: tuple[Provision, ...]
    """Provisions."""

    clauses: tuple[Clause, ...]
    """Other clauses."""

    steps: tuple[Step, ...]
    """The response ladder."""

    named: Named
    """All of it by id."""


def build(sections: Mapping[str, Entries], context: Context, more: Iterable[str] = ()) -> Built:
    """Return the parts made of their entries; ``more``: ids of clauses that are left out, and may yet be named.

    Raises:
        InputError: with the line: something is not known, or does not fit.
    """
    lines = build_places.lines(sections["lines"], context)
    words = Words(context, definitions(sections["definitions"], context))
    zones = build_places.zones(sections["zones"], lines, words)
    check_ranks(tuple(zones.values()), lambda name: sections["zones"][name]["id"].line, context.made)
    if "unknown" not in zones and any(p["zone"].text == "unknown" for p in sections["provisions"].values()):
        zones["unknown"] = Zone("unknown", "unknown")
    ids = {*more, *(name for section in ("provisions", "ladder", *CLAUSE_SECTIONS) for name in sections[section])}
    bare = Named(words, zones, lines, {}, tuple(sections["notifications"]), ids)
    exceptions = {name: exception(entry, bare, context) for name, entry in sections["exceptions"].items()}
    named = replace(bare, exceptions=exceptions)
    return Built(
        lines=tuple(lines.values()),
        zones=tuple(zones.values()),
        definitions=tuple(words.definitions.values()),
        exceptions=tuple(exceptions.values()),
        provisions=tuple(provision(entry, named, context) for entry in sections["provisions"].values()),
        clauses=build_clauses.clauses(sections, named, context),
        steps=build_clauses.steps(sections["ladder"], named, context),
        named=named,
    )


def reading(entry: Entry, base: Mapping[str, Entries], built: Built, context: Context) -> Reading:
    """Return a reading: the text with its own changes laid over it.

    Raises:
        InputError: it changes or omits what is not there, or what it makes of the text does not fit.
    """
    at = f"reading {entry['id'].text!r}"
    sections = {name: dict(entries) for name, entries in base.items()}
    omits = each_known(entry.get("omits", []), sections["provisions"], "provision", at)
    for name in omits:
        del sections["provisions"][name]
    changes = _changed(entry, sections, context, at)
    for name, added in unique(entry.get("adds", []), "provision").items():
        if name in base["provisions"]:
            raise Malformed(f"{at}: the provision {name!r} already exists", line=added["id"].line)
        sections["provisions"][name] = added
    if not sections["provisions"]:
        raise Malformed(f"{at}: omits every provision", line=entry.line("omits"))
    if omits or changes or "adds" in entry:
        built = build(sections, context, omits)
    said = source(entry["source"], context, at)
    assert said is not None  # the form needs it
    return Reading(
        id=entry["id"].text,
        name=entry["name"],
        summary=entry["summary"],
        held_by=each_known(entry["held_by"], context.people(), "party", at),
        provisions=built.provisions,
        source=said,
        zones=built.zones,
        definitions=built.definitions,
        lines=built.lines,
        steps=built.steps,
        clauses=built.clauses,
        changes=changes,
        omits=omits,
    )


def _changed(entry: Entry, sections: dict[str, dict[str, Entry]], context: Context, at: str) -> tuple[Change, ...]:
    """Lay a reading's changes over the sections; return what was changed."""
    found: dict[tuple[str, str], Change] = {}
    for change in entry.get("changes", []):
        word = change.kind
        section = CHANGES[word][0]
        name = each_known([change[word]], sections[section], word.replace("_", " "), at)[0]
        if (word, name) in found:
            raise Malformed(f"{at}: the {word} {name!r} appears twice", line=change[word].line)
        keys = tuple(key for key in change.values if key not in (word, *_OWN))
        if not keys:
            raise Malformed(f"{at}: the change of {name!r} changes nothing", line=change.node.line)
        sections[section][name] = overlaid(sections[section][name], change, (word, *_OWN))
        holders = each_known(change.get("held_by", []), context.people(), "party", at)
        found[word, name] = Change(word, name, keys, holders, source(change.get("said"), context, at))
    return tuple(found.values())
