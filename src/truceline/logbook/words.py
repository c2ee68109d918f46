# SPDX-License-Identifier: Apache-2.0
"""Words of the log: acts and weapons by what people key, whole or begun, in any language of the vocabulary."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from truceline.model.observed import OUTCOMES
from truceline.model.vocabulary import Vocabulary

EXPLOSIONS = ("outgoing", "impact", "airburst", "undetermined")
"""Kinds of an explosion (SMM practice)."""

_ZONE = ("withdrawn", "still_there")
STATES: Mapping[str, tuple[str, ...]] = {
    "access": ("free", "delayed", "conditional", "denied"),
    "site_visit": tuple(outcome for outcome in OUTCOMES if outcome not in _ZONE),
    "withdrawal": _ZONE,
    "force_level": (),
}
"""Layer C: what can be in a state, and the states that an entry may say."""


def plain(word: str) -> str:
    """Return a word as it is compared: small, one kind of joiner."""
    return word.casefold().replace("-", "_").replace(" ", "_").replace(",", "").strip("_")


def begun(word: str, among: Iterable[str]) -> tuple[str, ...]:
    """Return what a word means of a few: itself, else all that begin so; two letters begin nothing."""
    said, found = plain(word), tuple(among)
    if said in found:
        return (said,)
    return tuple(name for name in found if len(said) >= 3 and name.startswith(said))


@dataclass(frozen=True, eq=False)
class Words:
    """Everything that a word may mean, by its spellings."""

    acts: Mapping[str, frozenset[str]]
    """Spelling to acts."""

    weapons: Mapping[str, frozenset[str]]
    """Spelling to weapons and classes."""

    layers: Mapping[str, str]
    """Layer of each act."""

    def find(self, word: str, among: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
        """Return what a word means: the spelling itself, else its plural, else all that begin so."""
        said = plain(word)
        for spelt in (said, said.removesuffix("s"), said.removesuffix("es")):
            if spelt in among:
                return tuple(sorted(among[spelt]))
        if len(said) < 3:
            return ()
        return tuple(sorted({name for spelt, names in among.items() if spelt.startswith(said) for name in names}))

    def near(self, word: str) -> str:
        """Return what somebody may have meant, as an addition to a message; empty where nothing is near."""
        close = difflib.get_close_matches(plain(word), [*self.acts, *self.weapons, *EXPLOSIONS], n=3, cutoff=0.7)
        return f"; did you mean {' or '.join(close)}?" if close else ""


def words_of(vocabulary: Vocabulary) -> Words:
    """Return the words of a vocabulary; some hundred spellings, so whoever reads many lines keeps them."""
    acts: dict[str, set[str]] = {}
    for act in vocabulary.acts.values():
        if act.layer.value in ("A", "B"):
            _spell(acts, act.name, (act.text, *vocabulary.texts.get(act.name, {}).values()))
    for state in STATES:
        _spell(acts, state, ())
    weapons: dict[str, set[str]] = {}
    for name in (*vocabulary.weapons, *vocabulary.classes):
        _spell(weapons, name, vocabulary.texts.get(name, {}).values())
    layers = {act.name: act.layer.value for act in vocabulary.acts.values()} | dict.fromkeys(STATES, "C")
    return Words(_frozen(acts), _frozen(weapons), layers)


def _spell(into: dict[str, set[str]], name: str, texts: Iterable[str]) -> None:
    for spelt in (name, *texts):
        into.setdefault(plain(spelt), set()).add(name)


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {spelt: frozenset(names) for spelt, names in found.items()}
