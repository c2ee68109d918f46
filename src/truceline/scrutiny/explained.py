# SPDX-License-Identifier: Apache-2.0
"""An explanation: what is said, thing by thing, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from truceline.base.text import clean

_WIDTH = 100


@dataclass(frozen=True)
class Item:
    """What is said of one thing."""

    id: str
    """Its id; empty where it has none."""

    head: str
    """What it is called."""

    sentences: tuple[str, ...]
    """What it says."""

    inner: tuple[Item, ...] = ()
    """Things inside it, such as provisions that a reading adds."""


@dataclass(frozen=True)
class Section:
    """One kind of thing."""

    name: str
    """Section of the file."""

    title: str
    """As people read it."""

    items: tuple[Item, ...]
    """In the order of the file."""


@dataclass(frozen=True)
class Explanation:
    """A whole agreement in one language."""

    language: str
    """Code of the language."""

    title: str
    """Heading."""

    lead: str
    """What this text is."""

    sections: tuple[Section, ...]
    """Sections that hold something."""

    nothing: str
    """Which sections hold nothing, in a sentence; empty if all do."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON: ``language title lead sections nothing``, each section with its items."""
        sections = [
            {"section": each.name, "title": each.title, "items": [_json(item) for item in each.items]}
            for each in self.sections
        ]
        head = {"language": self.language, "title": self.title, "lead": self.lead}
        return {**head, "sections": sections, "nothing": self.nothing}

    def text(self) -> str:
        """Return it as lines for a terminal, wrapped, with nothing in it that could drive one."""
        lines = [self.title, "", *textwrap.wrap(clean(self.lead), _WIDTH)]
        for section in self.sections:
            lines += ["", section.title, "=" * len(section.title)]
            for item in section.items:
                told = list(_lines(item, ""))
                lines += ["", *(told[1:] if item.head == section.title else told)]
        lines += ["", *textwrap.wrap(clean(self.nothing), _WIDTH)] if self.nothing else []
        return "\n".join(map(clean, lines))


def _json(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {"id": item.id, "head": item.head, "sentences": list(item.sentences)}
    return {**found, "items": [_json(each) for each in item.inner]} if item.inner else found


def _lines(item: Item, indent: str) -> Iterator[str]:
    """The lines of an item: its heading, its sentences, what is inside it."""
    known = not item.id or item.id in item.head
    yield from _wrapped(item.head if known else f"{item.head} [{item.id}]", indent, indent)
    for sentence in item.sentences:
        yield from _wrapped(sentence, f"{indent}  ", f"{indent}    ")
    for each in item.inner:
        yield from _lines(each, f"{indent}  ")


def _wrapped(text: str, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        clean(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
