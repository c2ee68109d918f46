# SPDX-License-Identifier: Apache-2.0
"""Vocabulary files: acts, weapons and protected objects by their words (``vocabulary.yaml`` ships)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from truceline.base.yaml import Node, parse
from truceline.errors import Malformed
from truceline.model.proof import FACTS
from truceline.model.taxonomy import ACTS, Act, Layer
from truceline.model.vocabulary import CORE, Vocabulary, Weapon
from truceline.terms.kinds import Choice, Entry, Field, Id, ListOf, Name, Number, Shape, Text, suggest
from truceline.terms.kinds_more import Word

_LANGUAGES = {lang: Field(Text(200), f"The words in {lang}", needed=False) for lang in ("uk", "ru", "fr")}

_ACT = Shape(
    {
        "id": Field(Id(), "Word of the act"),
        "layer": Field(Choice(tuple(layer.value for layer in Layer), "a layer"), "A, B, C, or - for no act of war"),
        "text": Field(Text(200), "The word as people read it"),
        "seen_by": Field(ListOf(Word(tuple(FACTS))), "Kinds of sensor that can show it; [] if none", needed=False),
        **_LANGUAGES,
    },
    "act",
)
_CLASS = Shape(
    {"id": Field(Id(), "Word of the class"), "text": Field(Text(200), "As people read it"), **_LANGUAGES}, "word"
)
_WEAPON = Shape(
    {
        "id": Field(Id(), "Word of the weapon"),
        "class": Field(Word(), "Word of its class"),
        "text": Field(Text(200), "As people read it"),
        "calibre_mm": Field(Number(0, 2000, "mm"), "Calibre, the least of the kind, millimetres", needed=False),
        "range_km": Field(Number(0, 20000, "km"), "Greatest range, kilometres", needed=False),
        **_LANGUAGES,
    },
    "weapon",
)
VOCABULARY = Shape(
    {
        "acts": Field(ListOf(_ACT), "Acts to add", needed=False),
        "weapon_classes": Field(ListOf(_CLASS), "Weapon classes to add", needed=False),
        "weapons": Field(ListOf(_WEAPON), "Weapons to add", needed=False),
        "object_classes": Field(ListOf(_CLASS), "Classes of protected objects to add", needed=False),
        "evidence": Field(ListOf(_CLASS), "Words for standards of proof to add", needed=False),
    },
    "vocabulary",
)
"""A vocabulary file, or ``vocabulary:`` in a terms file."""


@cache
def shipped() -> Vocabulary:
    """Return the vocabulary that ships: the taxonomy with weapons, objects, and what sensors can see."""
    file = "vocabulary.yaml"
    text = (files("truceline.terms") / file).read_text("utf-8")
    entry: Entry = VOCABULARY.read(parse(text, file=file), "", file)
    known = {act["id"].text: act for act in entry["acts"]}
    if set(known) != set(ACTS):
        raise Malformed("the acts of vocabulary.yaml are not those of the taxonomy", file=file)
    rest = replace(entry, values={key: value for key, value in entry.values.items() if key != "acts"})
    seen = {name: _seen_by(act, FACTS) for name, act in known.items()}
    texts = {name: _texts(act) for name, act in known.items()}
    return extend(replace(CORE, seen_by=seen, texts=texts), rest)


def read_vocabulary(node: Node, at: str, file: str, base: Vocabulary) -> Vocabulary:
    """Return ``base`` with what a vocabulary adds.

    Raises:
        Malformed: with file and line: not its form, a word that exists already, or a class nobody defines.
    """
    entry: Entry = VOCABULARY.read(node, at, file)
    try:
        return extend(base, entry)
    except Malformed as error:
        error.file = error.file or file
        raise


def extend(base: Vocabulary, entry: Entry) -> Vocabulary:
    """Return ``base`` with the entry's words added.

    Raises:
        Malformed: with the line: a word exists already, or a class or sensor is not known.
    """
    acts, weapons, classes = dict(base.acts), dict(base.weapons), dict(base.classes)
    objects, evidence, texts, seen = dict(base.objects), dict(base.evidence), dict(base.texts), dict(base.seen_by)
    taken = {*acts, *weapons, *classes, *objects}
    for key, into in (("weapon_classes", classes), ("object_classes", objects), ("evidence", evidence)):
        for item in entry.get(key, []):
            name = _new(item["id"], taken if key != "evidence" else set(evidence))
            into[name], texts[name] = item["text"], _texts(item)
    for item in entry.get("acts", []):
        name = _new(item["id"], taken)
        acts[name], texts[name] = Act(name, Layer(item["layer"]), item["text"]), _texts(item)
        seen[name] = _seen_by(item, evidence)
    for item in entry.get("weapons", []):
        name = _new(item["id"], taken)
        _check(item["class"], classes, "weapon class")
        weapons[name] = Weapon(name, item["class"].text, item["text"], item.get("calibre_mm"), item.get("range_km"))
        texts[name] = _texts(item)
    return Vocabulary(acts, weapons, classes, seen, evidence, objects, texts)


def _new(name: Name, taken: set[str]) -> str:
    if name.text in taken:
        raise Malformed(f"vocabulary: the word {name.text!r} exists already", line=name.line)
    taken.add(name.text)
    return name.text


def _check(name: Name, known: Iterable[str], what: str) -> None:
    words = list(known)
    if name.text not in words:
        raise Malformed(f"{name.at}: unknown {what} {name.text!r}{suggest(name.text, words)}", line=name.line)


def _seen_by(item: Entry, evidence: Iterable[str]) -> tuple[str, ...]:
    words = list(evidence)
    for name in item.get("seen_by", []):
        _check(name, words, "kind of sensor or record")
    return tuple(name.text for name in item.get("seen_by", []))


def _texts(item: Entry) -> dict[str, Any]:
    return {"en": item["text"], **{key: item[key] for key in _LANGUAGES if key in item}}
