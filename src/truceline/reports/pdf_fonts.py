# SPDX-License-Identifier: Apache-2.0
"""Which letters the fonts inside typst lack, so that a name in any script gives a PDF, not an error."""

from __future__ import annotations

from functools import lru_cache

import typst

MISSING = "□"
"""Stands in the PDF for a letter that no font inside typst has; the other reports show it."""

_PROBE = b'#set document(title: "probe")\n#set text(font: "Libertinus Serif")\n#sys.inputs.text'
_WIDE = 0x2E80
"""From here on (the ideographs and what lies beyond them) blocks of 4,096 letters stand or fall together."""


def without_missing(text: str) -> str:
    """Return the text with every letter that no font inside typst has replaced by ``□``."""
    groups: dict[int, set[str]] = {}
    for letter in set(text):
        if not letter.isascii():
            groups.setdefault(ord(letter) if ord(letter) < _WIDE else -(ord(letter) >> 12), set()).add(letter)
    lost = _missing(tuple("".join(sorted(groups[key])) for key in sorted(groups)))
    return text.translate({ord(letter): MISSING for group in lost for letter in group})


def _missing(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Those groups of letters of which the fonts lack any, found by halving."""
    if not groups or _shown("".join(groups)):
        return ()
    if len(groups) == 1:
        return groups
    middle = len(groups) // 2
    return _missing(groups[:middle]) + _missing(groups[middle:])


@lru_cache(maxsize=4096)
def _shown(letters: str) -> bool:
    """Whether typst, which refuses a PDF/UA-1 that holds an empty box for a letter, accepts these."""
    apart = " ".join(letters)  # parted, so that no letter is judged by what it is joined to
    try:
        typst.compile(
            _PROBE,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"text": apart},
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError:
        return False
    return True
