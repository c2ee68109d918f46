# SPDX-License-Identifier: Apache-2.0
"""Whom does a name in a claim mean?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from truceline.model.agreement import Agreement

_SHORTEST = 3
"""Shortest word looked for inside a longer name; one letter would be found everywhere."""


def party_of(agreement: Agreement, name: str) -> str | None:
    """Return the id of the party a name means, or None.

    The name is a party's own, or holds exactly one party's name or alias as whole words; a name that holds
    those of two parties means neither.
    """
    exact = agreement.party(name)
    if exact is not None:
        return exact.id
    found = {p.id for p in agreement.parties if any(holds_word(name, w) for w in (p.name, *p.aliases))}
    return found.pop() if len(found) == 1 else None


def holds_word(name: str, word: str) -> bool:
    """Return whether ``word`` stands inside ``name`` as whole words, case ignored."""
    wanted = word.strip().casefold()
    return len(wanted) >= _SHORTEST and bool(re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", name.casefold()))


def akin(name: str, country: str) -> bool:
    """Return whether a word of ``name`` is ``country`` or an adjective made of it.

    ``Ukrainian`` and ``Ukraine`` share all but two letters, ``Russian`` and ``Russia`` all: the shared beginning
    must have four letters and at most two of the country's may be missing.
    """
    stem = country.strip().casefold()
    if holds_word(name, stem):
        return True
    if " " in stem or len(stem) < 4:
        return False
    least = max(4, len(stem) - 2)
    return any(word[:least] == stem[:least] for word in _words(name))


def _words(name: str) -> Iterable[str]:
    return re.findall(r"\w+", name.casefold())
