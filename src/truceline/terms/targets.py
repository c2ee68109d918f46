# SPDX-License-Identifier: Apache-2.0
"""Which key of a terms file names what, and which names a file defines."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from truceline.base.yaml import Node, parse
from truceline.errors import InputError
from truceline.model.taxonomy import Layer
from truceline.terms.kinds_more import UNKNOWN
from truceline.terms.schema import CHANGES, CLAUSE_SECTIONS
from truceline.terms.vocabulary import shipped

Target = Mapping[str, frozenset[str]]
"""Names by what they are names of."""

_TARGETS: Mapping[str, str] = {
    **dict.fromkeys(("acts", "act"), "acts"),
    **dict.fromkeys(("weapons", "weapon", "what"), "weapons"),
    **dict.fromkeys(("actors", "on", "accused", "party"), "parties"),
    **dict.fromkeys(("declared_by", "acts_by", "to", "held_by", "of"), "people"),
    **dict.fromkeys(("standard", "rests_on"), "standards"),
    **dict.fromkeys(("source", "said"), "sources"),
    **dict.fromkeys(("provisions", "expressed_by"), "clauses"),
    "zone": "zones",
    "line": "lines",
    "side": "sides",
    "classes": "classes",
    "class": "classes",
    "exceptions": "exceptions",
    "notice": "notifications",
    "after": "ladder",
    "uses": "definitions",
    "omits": "provisions",
}
"""What a key names, whatever holds it."""

_NOT: frozenset[tuple[str, str]] = frozenset({("standard", "of"), ("weapon", "class"), ("retired", "id")})
"""Keys of that name which name nothing in the file: a word of their own, or one the loader looks up."""


def target_of(shape: str, key: str) -> str:
    """Return what a key of a shape names, or nothing."""
    word = shape.removeprefix("change_")
    if shape != word and key == word:
        return CHANGES[word][0]
    if key == "replaces":
        return {"zone": "zones", "line": "lines"}.get(word, "")
    return "" if (word, key) in _NOT else _TARGETS.get(key, "")


def ids_of(root: Node, attachments: Mapping[str, str]) -> Target:
    """Return the names that a file defines, its faulty entries too, by what they are names of."""
    sections = root.value if isinstance(root.value, dict) else {}
    own = {section: _ids(node) for section, node in sections.items()}
    more = _vocabulary(sections, attachments)
    words, definitions = shipped(), own.get("definitions", frozenset())
    parties, others = own.get("parties", frozenset()), own.get("others", frozenset())
    clauses = ("provisions", "ladder", *CLAUSE_SECTIONS)
    named = ("lines", "zones", "definitions", "exceptions", "standards", *clauses)
    return {
        **{name: own.get(name, frozenset()) for name in named},
        "zones": own.get("zones", frozenset()) | {UNKNOWN},
        "acts": words.incidents() | more["acts"] | definitions,
        "weapons": frozenset({*words.weapons, *words.classes, "personnel"}) | more["weapons"] | definitions,
        "classes": frozenset(words.objects) | more["classes"] | definitions,
        "parties": parties,
        "sides": parties | {"both"},
        "people": parties | others | {"mediator", "commission", "monitors"},
        "sources": frozenset(_keys(sections.get("sources"))),
        "clauses": frozenset().union(*(own.get(name, frozenset()) for name in clauses)),
    }


def _keys(node: Node | None) -> frozenset[str]:
    return frozenset(node.value) if node is not None and isinstance(node.value, dict) else frozenset()


def _ids(node: Node | None) -> frozenset[str]:
    items = node.value if node is not None and isinstance(node.value, list) else ()
    maps = [item.value for item in items if isinstance(item, Node) and isinstance(item.value, dict)]
    return frozenset(each["id"].value for each in maps if "id" in each and isinstance(each["id"].value, str))


def _vocabulary(sections: Mapping[str, Node], attachments: Mapping[str, str]) -> Target:
    """Words that the file, or the vocabulary file it names, adds; of acts those of layer B."""
    added = [sections["vocabulary"].value] if "vocabulary" in sections else []
    name = sections["vocabulary_file"].value if "vocabulary_file" in sections else ""
    if isinstance(name, str) and name in attachments:
        # The loader says what is wrong with one that cannot be read.
        with suppress(InputError):
            added.append(parse(attachments[name], file=name).value)
    found = {"acts": frozenset[str](), "weapons": frozenset[str](), "classes": frozenset[str]()}
    for words in [each for each in added if isinstance(each, dict)]:
        acts = words.get("acts")
        items = acts.value if acts is not None and isinstance(acts.value, list) else []
        prohibitable = [i for i in items if isinstance(i.value, dict) and _says(i.value.get("layer"), Layer.INCIDENT)]
        found["acts"] |= _ids(Node(prohibitable, 1))
        found["weapons"] |= _ids(words.get("weapons")) | _ids(words.get("weapon_classes"))
        found["classes"] |= _ids(words.get("object_classes"))
    return found


def _says(node: Node | None, layer: Layer) -> bool:
    return node is not None and node.value == layer.value
