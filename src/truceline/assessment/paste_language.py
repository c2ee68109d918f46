# SPDX-License-Identifier: Apache-2.0
"""Which of the languages that claims are read in a text is written in."""

from __future__ import annotations

import re

_LETTERS = (("uk", re.compile(r"[іїєґ]", re.IGNORECASE)), ("ru", re.compile(r"[ыэъё]", re.IGNORECASE)))
"""Letters that only one of the two has."""

_CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
_LATIN = re.compile(r"[a-zà-ÿœ]", re.IGNORECASE)
_UKRAINIAN = re.compile(
    r"(?<!\w)(?:та|що|від|за даними|протягом|пожеж\w*|квітня|понад|близько|було)(?!\w)", re.IGNORECASE
)
_FRENCH = re.compile(
    r"(?<!\w)(?:le|la|les|des|du|une?|et|est|sont|ont|près|selon|plus|moins|pendant|dans|sur|aucun\w*|incendies?|feux|"
    r"trêve|avril|a|à|au|aux|de|d'|l')(?!\w)|[àâçèéêëîïôùûœ]",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?<!\w)(?:the|of|and|or|in|on|at|by|were|was|are|is|said|says|near|there|more|than|over|no|fires?|from|to|"
    r"during|that|april)(?!\w)",
    re.IGNORECASE,
)


def language_of(text: str) -> str:
    """Return ``uk``, ``ru``, ``fr`` or ``en``: English too where nothing tells."""
    if len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text)):
        counts = {code: len(letters.findall(text)) for code, letters in _LETTERS}
        if counts["uk"] != counts["ru"]:
            return max(counts, key=lambda code: counts[code])
        return "uk" if _UKRAINIAN.search(text) else "ru"
    return "fr" if len(_FRENCH.findall(text.replace("’", "'"))) > len(_ENGLISH.findall(text)) else "en"
