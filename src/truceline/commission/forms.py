# SPDX-License-Identifier: Apache-2.0
"""Which words the data of each kind of act may hold, and of which form; a word misspelt is told, never passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from truceline.errors import Malformed
from truceline.model.case import LEVELS

_FORMS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "text": ((str, int, float, datetime), "a text"),
    "flag": ((bool,), "true or false"),
    "number": ((int, float), "a number"),
    "list": ((list, tuple), "a list"),
    "map": ((Mapping,), "a map"),
}
"""Forms of a word's value: its types, and how they are called."""

_SAID = {
    "open": "title text, origin text, events list, provisions list, complainant text, accused list, split_from text, "
    "evidence list",
    "evidence": "modality text, family text, owner text, grade text, level text, record number, readers list, "
    "blobs list, held_by text, counters text",
    "custody": "evidence text, to text, blobs list",
    "grade": "evidence text, grade text",
    "withdraw_evidence": "evidence text",
    "assess": "readings map, probability number, events list",
    "attribute": "hypotheses map, basis list",
    "test_exceptions": "exceptions list, notices_matched flag",
    "notice": "",
    "acknowledge": "party text",
    "order": "party text",
    "silence": "party text",
    "allege": "party text, text text",
    "reply": "party text, text text, admits flag",
    "request": "what text, finding text",
    "outcome": "request text, outcome text",
    "outage": "from text, to text",
    "conflict": "",
    "boycott": "",
    "return": "",
    "note": "audience list, text text, level text",
    "propose": "status text, attribution text, party text, severity text, intent text, provisions list, reading text, "
    "basis list, coverage map, deadline text, provisional flag, corrects text",
    "vote": "proposal text, choice text",
    "determine": "proposal text",
    "remedy": "finding text, kind text, party text, due_hours number",
    "report_remedy": "remedy text, party text",
    "verify_remedy": "remedy text, result text",
    "release": "item text, audience list",
    "redact": "evidence text, fields list, basis text",
    "approve": "of text",
    "merge": "into text",
    "absorb": "from text",
    "split": "events list",
    "reopen": "evidence text",
    "close": "exit text",
}

WORDS: Mapping[str, Mapping[str, str]] = {
    kind: dict(word.split() for word in said.split(", ") if word) for kind, said in _SAID.items()
}
"""Per kind of act: the words its data may hold, each with its form."""


def check_form(kind: str, data: Any, *, file: str | None = None, line: int | None = None) -> None:
    """Return if the data of an act hold only words of its kind, each of its form; which are needed, the act says.

    Raises:
        Malformed: they do not; ``file`` and ``line`` say where, for what was read from a file.
    """
    if not isinstance(data, Mapping):
        raise Malformed(f"{kind}: data: expected a map of words", file=file, line=line)
    known = WORDS[kind]
    for word, value in data.items():
        if word not in known:
            raise Malformed(f"{kind}: unknown {word!r:.80}; known: {', '.join(known) or 'none'}", file=file, line=line)
        types, called = _FORMS[known[word]]
        if value is not None and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
            raise Malformed(f"{kind}: {word}: expected {called}, not {value!r:.80}", file=file, line=line)
    level = data.get("level")
    if level is not None and level not in LEVELS:
        raise Malformed(f"{kind}: level {level!r:.80}: one of {', '.join(LEVELS)}", file=file, line=line)
