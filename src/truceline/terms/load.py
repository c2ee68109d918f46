# SPDX-License-Identifier: Apache-2.0
"""A terms file to an agreement: form by the schema, meaning checked here, every fault with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from truceline.base.yaml import Node, parse
from truceline.errors import InputError, Malformed, NoTime
from truceline.model.agreement import Agreement
from truceline.model.clauses import Source, When
from truceline.model.vocabulary import Vocabulary
from truceline.terms import build_clauses, build_places
from truceline.terms.build_places import RESERVED
from truceline.terms.context import Context, source, unique
from truceline.terms.kinds import Entry, Name, suggest
from truceline.terms.places import check_controls
from truceline.terms.readings import SECTIONS, Built, build, reading
from truceline.terms.schema import AGREEMENT, CLAUSE_SECTIONS
from truceline.terms.vocabulary import extend, read_vocabulary, shipped

__all__ = ["RESERVED", "attachments_of", "load", "load_tree", "tree"]


def load(text: str, *, file: str, attachments: Mapping[str, str] | None = None) -> Agreement:
    """Return the agreement written in ``text`` (docs/reference/terms.md).

    Args:
        text: the whole file.
        file: its name, for messages.
        attachments: texts of the files it names (:func:`attachments_of`), by the names it uses.

    Raises:
        InputError: one of its kinds, with file, line and what was expected.
    """
    return load_tree(tree(text, file), file=file, attachments=attachments)


def load_tree(root: Node, *, file: str, attachments: Mapping[str, str] | None = None) -> Agreement:
    """Return the agreement in a parsed file; see :func:`load`."""
    entry: Entry = AGREEMENT.read(root, "", file)
    try:
        return _agreement(entry, root, file, attachments or {})
    except InputError as error:
        error.file = error.file or file
        raise


def attachments_of(text: str, *, file: str) -> tuple[str, ...]:
    """Return the names of the files that a terms file names: lines, zones, a vocabulary.

    Raises:
        InputError: it cannot be read at all; faults of its meaning are left to :func:`load`.
    """
    if "path" not in text and "vocabulary_file" not in text:
        return ()
    root = tree(text, file)
    readings = _children(root, "readings")
    changes = [change for one in readings for change in _children(one, "changes")]
    items = [*_children(root, "lines"), *_children(root, "zones"), *changes]
    told = [*(_child(item, "path") for item in items), _child(root, "vocabulary_file")]
    names = [node.value for node in told if node is not None]
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name.strip()))


def _child(node: Node, key: str) -> Node | None:
    return node.value.get(key) if isinstance(node.value, dict) else None


def _children(node: Node, key: str) -> list[Node]:
    child = _child(node, key)
    return child.value if child is not None and isinstance(child.value, list) else []


@lru_cache(maxsize=1)
def tree(text: str, file: str) -> Node:
    """Return the text's tree; kept, as who looks for the files it names reads it next.

    Raises:
        InputError: it is no YAML of the plain core, or too large.
    """
    return parse(text, file=file)


def _agreement(entry: Entry, root: Node, file: str, attachments: Mapping[str, str]) -> Agreement:
    parties = build_places.parties(entry["parties"])
    ids = [party.id for party in parties]
    others = build_places.others(unique(entry.get("others", []), "other"), ids)
    sources = {k: Source(v["outlet"], v.get("url"), v.get("date")) for k, v in entry.get("sources", {}).items()}
    starts, ends = _entry(entry)
    context = Context(
        parties=ids,
        others=[other.id for other in others],
        vocabulary=_vocabulary(entry, attachments),
        sources=sources,
        attachments=attachments,
        entry=starts.at,
        ends=ends.counted(starts.at).at,
        held=_theatre(entry),
        standards=[item["id"].text for item in entry.get("standards", [])],
    )
    sections = {name: unique(entry.get(name, []), word) for name, word in SECTIONS.items()}
    _ids(entry, sections)
    built = build(sections, context)
    readings = unique(entry["readings"], "reading")
    whole = tuple(build_places.party(p, e, context) for p, e in zip(parties, entry["parties"], strict=True))
    check_controls(whole, lambda name: entry["parties"][ids.index(name)].line("controls"))
    return Agreement(
        id=entry["id"].text,
        title=entry["title"],
        version=entry["version"],
        local_offset_hours=entry["local_offset_hours"],
        parties=whole,
        zones=built.zones,
        readings=tuple(reading(item, sections, built, context) for item in readings.values()),
        responses=_responses(entry, ids, context),
        coverage_floor=entry["coverage_floor"],
        document=root.to_json(),
        file=file,
        vocabulary=context.vocabulary,
        status=entry.get("status", "in_force"),
        entry=starts,
        ends=ends.counted(starts.at),
        others=others,
        places=build_places.places(unique(entry.get("places", []), "place")),
        lines=built.lines,
        definitions=built.definitions,
        exceptions=built.exceptions,
        provisions=built.provisions,
        clauses=built.clauses,
        steps=built.steps,
        sources=tuple(sources.values()),
        where=_where(entry, sections),
        **_rules(entry, built, context),
    )


def _theatre(entry: Entry) -> list[tuple[float, float]]:
    """Places that tell where the agreement plays, so that swapped numbers are noticed: held ones, and others named.

    Where there are none, a corner of each polygon that a party controls.
    """
    held = [(p["lon"], p["lat"]) for party in entry["parties"] for p in party.get("holds", [])]
    named = [(p.get("lon"), p.get("lat")) for p in entry.get("places", [])]
    told = [*held, *((lon, lat) for lon, lat in named if lon is not None and lat is not None)]
    corners = (ring[0] for party in entry["parties"] for ring in party.get("controls", []))
    return told or [(lon, lat) for lon, lat in corners]


def _rules(entry: Entry, built: Built, context: Context) -> dict[str, Any]:
    """Proof, commission, publication and retired ids."""
    standards = unique(entry.get("standards", []), "standard")
    return {
        "standards": build_clauses.standards(standards, built.named, context),
        "attribution": build_clauses.attribution(entry.get("attribution"), context),
        "commission": build_clauses.commission(entry.get("commission"), context),
        "publication": build_clauses.publication(entry.get("publication"), context),
        "retired": tuple(_retired(entry)),
    }


def _vocabulary(entry: Entry, attachments: Mapping[str, str]) -> Vocabulary:
    """The words that ship, those of the file's vocabulary file, and its own."""
    words = shipped()
    if "vocabulary_file" in entry:
        name = entry["vocabulary_file"]
        if name not in attachments:
            reason = f"vocabulary_file: the file {name!r:.100} was not found beside the terms"
            raise InputError(reason, line=entry.line("vocabulary_file"))
        words = read_vocabulary(parse(attachments[name], file=name), "", name, words)
    return extend(words, entry["vocabulary"]) if "vocabulary" in entry else words


def _entry(entry: Entry) -> tuple[When, When]:
    """When it enters into force, and when it ends."""
    item: Entry | None = entry.get("entry_into_force")
    if item is None:
        return When(), When()
    starts, ends = item.get("at", When()), item.get("ends", When())
    if starts.after_hours is not None or starts.is_open:
        raise NoTime("entry_into_force.at: must be a date or unknown", line=item.line("at"))
    if starts.at is not None and ends.counted(starts.at).at is not None and ends.counted(starts.at).at <= starts.at:
        raise NoTime("entry_into_force: it ends before it enters into force", line=item.line("ends"))
    return starts, ends


def _retired(entry: Entry) -> dict[str, int]:
    """Retired ids and their lines."""
    names: list[Name] = [item["id"] if isinstance(item, Entry) else item for item in entry.get("retired", [])]
    return {name.text: name.line for name in names}


def _ids(entry: Entry, sections: Mapping[str, Mapping[str, Entry]]) -> None:
    """Refuse two clauses with one id, and an id that is retired.

    Raises:
        Malformed: with the line of the later one.
    """
    retired = _retired(entry)
    everything = {**sections, **{n: unique(entry.get(n, []), n[:-1]) for n in ("standards", "readings", "places")}}
    everything["adds"] = {p["id"].text: p for one in entry["readings"] for p in one.get("adds", [])}
    clauses: dict[str, tuple[str, int]] = {}
    for section, entries in everything.items():
        for name, item in entries.items():
            line = item["id"].line
            if name in retired:
                raise Malformed(f"the id {name!r} is retired (line {retired[name]}) and never used again", line=line)
            if section not in ("provisions", "ladder", "standards", *CLAUSE_SECTIONS):
                continue
            if name in clauses:
                other, first = clauses[name]
                reason = f"two clauses are called {name!r}: one of {other} on line {first}, one of {section}"
                raise Malformed(reason, line=line)
            clauses[name] = section, line


def _where(entry: Entry, sections: Mapping[str, Mapping[str, Entry]]) -> dict[str, int]:
    """Line of everything that has an id, and of every key at the top."""
    lines = {f"{section}/{n}": item["id"].line for section, items in sections.items() for n, item in items.items()}
    for section in ("parties", "others", "places", "standards", "readings"):
        lines |= {f"{section}/{item['id'].text}": item["id"].line for item in entry.get(section, [])}
    for one in entry["readings"]:
        name = one["id"].text
        lines |= {f"readings/{name}/adds/{p['id'].text}": p["id"].line for p in one.get("adds", [])}
        for change in one.get("changes", []):
            lines[f"readings/{name}/{change.kind}/{change[change.kind].text}"] = change.node.line
    return {**dict(entry.node.key_lines), **lines}


def _responses(entry: Entry, parties: list[str], context: Context) -> dict[str, str]:
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
        said = source(response.get("source"), context, f"responses: {party}")
        if said is not None:
            found[party] += f" ({', '.join(part for part in (said.outlet, said.date, said.url) if part)})"
    return found
