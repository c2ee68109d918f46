# SPDX-License-Identifier: Apache-2.0
"""Words an agreement may use for acts and weapons: those that ship, and those a terms file adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from truceline.model.proof import FACTS
from truceline.model.taxonomy import ACTS, Act, Layer


@dataclass(frozen=True)
class Weapon:
    """One kind of weapon."""

    id: str
    """Its word in terms, columns and files."""

    of: str
    """Its class, such as ``artillery``; a term that names the class names every weapon of it."""

    text: str
    """As people read it."""

    calibre_mm: float | None = None
    """Calibre, millimetres; for a kind that spans calibres the least of them. None where it has none."""

    range_km: float | None = None
    """Greatest range, kilometres, where a term asks for it."""


@dataclass(frozen=True)
class Vocabulary:
    """Acts and weapons by id, and which sensors can see an act."""

    acts: Mapping[str, Act]
    """Every act, the taxonomy's own and those added."""

    weapons: Mapping[str, Weapon]
    """Every weapon."""

    classes: Mapping[str, str]
    """Weapon classes: id to words."""

    seen_by: Mapping[str, tuple[str, ...]]
    """Per act: kinds of sensor that can observe it (words of ``model.proof.FACTS``); empty: none can."""

    evidence: Mapping[str, str]
    """Words a policy may ask for."""

    objects: Mapping[str, str]
    """Classes of protected objects: id to words."""

    texts: Mapping[str, Mapping[str, str]]
    """Per id of an act, weapon or class: words by language (``en uk ru fr``)."""

    def incidents(self) -> frozenset[str]:
        """Return the acts of layer B, which an agreement can prohibit."""
        return self._incidents

    @cached_property
    def _incidents(self) -> frozenset[str]:
        return frozenset(act.name for act in self.acts.values() if act.layer is Layer.INCIDENT)

    def expand(self, acts: Iterable[str]) -> frozenset[str]:
        """Return the acts a term names; ``act_of_war`` stands for all of layer B, added ones included."""
        found = frozenset(acts)
        return found | self.incidents() if "act_of_war" in found else found

    def expand_weapons(self, words: Iterable[str]) -> frozenset[str]:
        """Return the weapons that ids and classes name; of a class, every weapon and the class itself."""
        found = set(words)
        return frozenset(found | {weapon.id for weapon in self.weapons.values() if weapon.of in found})

    def word(self, name: str, language: str = "en") -> str:
        """Return an id as people read it in a language, else in English, else the id itself."""
        said = self.texts.get(name, {})
        return said.get(language) or said.get("en") or name.replace("_", " ")


CORE = Vocabulary(ACTS, {}, {}, {}, FACTS, {}, {})
"""The taxonomy alone: no weapons, and nothing said of what sensors see."""
