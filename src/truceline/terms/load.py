# SPDX-License-Identifier: Apache-2.0
"""A terms file to an agreement: form by the schema, meaning checked here, every fault with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from truceline.base.clock import Interval, iso
from truceline.base.yaml import parse
from truceline.errors import InputError, Malformed, NoTime
from truceline.model.agreement import Agreement, Party, Provision, Reading, RuleException, Source, Zone
from truceline.terms.kinds import Entry, Name, suggest
from truceline.terms.places import check_held, polygon
from truceline.terms.schema import AGREEMENT

RESERVED = ("mediator", "neither", "proxy", "unknown")
"""Words that name hypotheses or roles and so cannot be a party's id."""


def load(text: str, *, file: str) -> Agreement:
    """Return the agreement written in ``text`` (docs/reference/terms.md), ``file`` being its name for messages.

    Raises:
        InputError: one of its kinds, with file, line and what was expected.
    """
    root = parse(text, file=file)
    entry: Entry = AGREEMENT.read(root, "", file)
    try:
        return _agreement(entry, root.to_json(), file)
    except InputError as error:
        error.file = error.file or file
        raise


def _agreement(entry: Entry, document: Mapping[str, Any], file: str) -> Agreement:
    parties = _parties(entry["parties"])
    ids = [party.id for party in parties]
    zones = _zones(entry["zones"], parties)
    exceptions = {e["id"].text: _exception(e) for e in _unique(entry.get("exceptions", []), "exception")}
    known = _Known(ids, [zone.id for zone in zones], exceptions)
    base = tuple(_provision(p, known) for p in _unique(entry["provisions"], "provision"))
    readings = tuple(_reading(r, base, known) for r in _unique(entry["readings"], "reading"))
    return Agreement(
        id=entry["id"].text,
        title=entry["title"],
        version=entry["version"],
        local_offset_hours=entry["local_offset_hours"],
        parties=parties,
        zones=zones,
        readings=readings,
        responses=_responses(entry, ids),
        coverage_floor=entry["coverage_floor"],
        document=document,
        file=file,
    )


class _Known:
    """Ids that later parts of the file may name."""

    def __init__(self, parties: list[str], zones: list[str], exceptions: dict[str, RuleException]) -> None:
        self.parties = parties
        self.zones = zones
        self.exceptions = exceptions


def _unique(entries: list[Entry], what: str) -> list[Entry]:
    """Return the entries, having refused an id that stands twice."""
    seen: dict[str, int] = {}
    for entry in entries:
        name: Name = entry["id"]
        if name.text in seen:
            raise Malformed(f"the {what} {name.text!r} appears twice; first on line {seen[name.text]}", line=name.line)
        seen[name.text] = name.line
    return entries


def _each_known(names: Iterable[Name], known: Iterable[str], what: str, at: str) -> tuple[str, ...]:
    """Return the words, having refused unknown and repeated ones."""
    words, found = list(known), []
    for name in names:
        if name.text not in words:
            raise Malformed(f"{at}: unknown {what} {name.text!r}{suggest(name.text, words)}", line=name.line)
        if name.text in found:
            raise Malformed(f"{at}: the {what} {name.text!r} appears twice", line=name.line)
        found.append(name.text)
    return tuple(found)


def _parties(entries: list[Entry]) -> tuple[Party, ...]:
    owner: dict[str, str] = {}
    parties = []
    for entry in _unique(entries, "party"):
        name: Name = entry["id"]
        if name.text in RESERVED:
            raise Malformed(f"a party cannot be called {name.text!r}: the word is reserved", line=name.line)
        aliases = tuple(entry.get("aliases", []))
        for word in dict.fromkeys(w.casefold() for w in (name.text, entry["name"], *aliases)):
            if word in owner:
                line = name.line if word == name.text.casefold() else entry.line("name")
                raise Malformed(f"a party twice: {owner[word]!r} and {name.text!r} are both called {word!r}", line=line)
            owner[word] = name.text
        holds = tuple((p["place"], p["lon"], p["lat"]) for p in entry.get("holds", []))
        parties.append(Party(name.text, entry["name"], entry["forces"], aliases, holds))
    check_held(entries)
    return tuple(parties)


def _zones(entries: list[Entry], parties: tuple[Party, ...]) -> tuple[Zone, ...]:
    held = [(lon, lat) for party in parties for _, lon, lat in party.holds]
    found = []
    for entry in _unique(entries, "zone"):
        kind = entry["kind"]
        for key, owner in (("within_km", "near_line"), ("rings", "polygon")):
            if kind == owner and key not in entry:
                raise Malformed(
                    f"zone {entry['id'].text!r} is {kind}: the key {key!r} is missing", line=entry.node.line
                )
            if kind != owner and key in entry:
                reason = f"zone {entry['id'].text!r} is {kind}: {key!r} belongs to {owner} only"
                raise Malformed(reason, line=entry.line(key))
        coordinates = polygon(entry, held) if kind == "polygon" else ()
        found.append(Zone(entry["id"].text, kind, entry.get("within_km"), coordinates))
    return tuple(found)


def _exception(entry: Entry) -> RuleException:
    low, high = entry["excused_low"], entry["excused_high"]
    if high < low:
        reason = f"exception {entry['id'].text!r}: excused_high ({high:g}) is below excused_low ({low:g})"
        raise Malformed(reason, line=entry.line("excused_high"))
    return RuleException(entry["id"].text, entry["text"], low, high, entry["why"])


def _window(entry: Entry, at: str) -> Interval:
    start, end = entry["from"], entry["to"]
    if end <= start:
        fault = "before it starts" if end < start else "when it starts"
        raise NoTime(f"{at}: the window ends {fault}: {iso(start)} to {iso(end)}", line=entry.line("to"))
    return Interval(start, end)


def _exceptions(items: list[Name | Entry], known: _Known, at: str) -> tuple[RuleException, ...]:
    """Return the exceptions that a provision names or writes in place."""
    found: dict[str, RuleException] = {}
    for item in items:
        name: Name = item["id"] if isinstance(item, Entry) else item
        if name.text in found:
            raise Malformed(f"{at}: the exception {name.text!r} appears twice", line=name.line)
        if isinstance(item, Entry):
            if name.text in known.exceptions:
                raise Malformed(f"{at}: the exception {name.text!r} is already named above", line=name.line)
            found[name.text] = _exception(item)
        else:
            _each_known([name], known.exceptions, "exception", at)
            found[name.text] = known.exceptions[name.text]
    return tuple(found.values())


def _parts(entry: Entry, known: _Known, at: str) -> dict[str, Any]:
    """Return those parts of a provision that the entry holds, checked."""
    found: dict[str, Any] = {"text": entry["text"]} if "text" in entry else {}
    if "acts" in entry:
        acts = entry["acts"]
        twice = next((act for i, act in enumerate(acts) if act in acts[:i]), None)
        if twice is not None:
            raise Malformed(f"{at}: the act {twice!r} appears twice", line=entry.line("acts"))
        found["acts"] = tuple(acts)
    if "actors" in entry:
        found["actors"] = _each_known(entry["actors"], known.parties, "party", at)
    if "zone" in entry:
        found["zone"] = _each_known([entry["zone"]], known.zones, "zone", at)[0]
    if "window" in entry:
        found["window"] = _window(entry["window"], at)
    if "exceptions" in entry:
        found["exceptions"] = _exceptions(entry["exceptions"], known, at)
    return found


def _provision(entry: Entry, known: _Known) -> Provision:
    name = entry["id"].text
    return Provision(id=name, **_parts(entry, known, f"provision {name!r}"))


def _reading(entry: Entry, base: tuple[Provision, ...], known: _Known) -> Reading:
    at = f"reading {entry['id'].text!r}"
    provisions = {provision.id: provision for provision in base}
    for name in _each_known(entry.get("omits", []), provisions, "provision", at):
        del provisions[name]
    _each_known([c["provision"] for c in entry.get("changes", [])], provisions, "provision", at)
    for change in entry.get("changes", []):
        name = change["provision"].text
        parts = _parts(change, known, f"{at}, provision {name!r}")
        if not parts:
            raise Malformed(f"{at}: the change of {name!r} changes nothing", line=change.node.line)
        provisions[name] = replace(provisions[name], **parts)
    for added in _unique(entry.get("adds", []), "provision"):
        if any(added["id"].text == provision.id for provision in base):
            raise Malformed(f"{at}: the provision {added['id'].text!r} already exists", line=added["id"].line)
        provisions[added["id"].text] = _provision(added, known)
    if not provisions:
        raise Malformed(f"{at}: omits every provision", line=entry.line("omits"))
    return Reading(
        id=entry["id"].text,
        name=entry["name"],
        summary=entry["summary"],
        held_by=_each_known(entry["held_by"], [*known.parties, "mediator"], "party", at),
        provisions=tuple(provisions.values()),
        source=_source(entry["source"]),
    )


def _source(entry: Entry) -> Source:
    return Source(entry["outlet"], entry.get("url"), entry.get("date"))


def _responses(entry: Entry, parties: list[str]) -> dict[str, str]:
    """Return the response per party, its source in words at the end."""
    node = entry.node.value
    assert isinstance(node, dict)  # the schema has read it as a map
    place = node["responses"]
    for key in entry["responses"]:
        if key not in parties:
            raise Malformed(f"responses: unknown party {key!r}{suggest(key, parties)}", line=place.line_of(key))
    found = {}
    for party in parties:
        if party not in entry["responses"]:
            raise Malformed(
                f"responses: party {party!r} is missing; write 'none published' if so", line=entry.line("responses")
            )
        response: Entry = entry["responses"][party]
        found[party] = response["text"]
        if "source" in response:
            source = _source(response["source"])
            said = ", ".join(part for part in (source.outlet, source.date, source.url) if part)
            found[party] += f" ({said})"
    return found
