# SPDX-License-Identifier: Apache-2.0
"""A comparison of two texts as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from truceline.base.text import clean
from truceline.lang import Catalogue, catalogue
from truceline.model.agreement import Agreement
from truceline.scrutiny.compare import ClauseChange, Comparison, FieldChange, ReadingChange
from truceline.scrutiny.tell import Teller

_WIDTH = 100


def comparison_text(comparison: Comparison) -> str:
    """Return what changed, clause by clause, wrapped, with nothing in it that could drive a terminal."""
    words = catalogue(comparison.language)
    lines = [*_wrap(title_of(comparison)), *_wrap(counts_of(comparison))]
    section = ""
    for each in comparison.clauses:
        if each.section != section:
            section = each.section
            head = words.texts[f"sections.{section}"]
            lines += ["", head, "=" * len(head)]
        lines += ["", *_clause(each, words)]
    for reading in comparison.readings:
        head = reading_of(reading, words)
        lines += ["", head, "=" * len(head)]
        for each in reading.clauses:
            lines += ["", *_clause(each, words, words.texts[f"sections.{each.section}"])]
    if comparison.standings:
        head = words.texts["diff.standings"]
        lines += ["", head, "=" * len(head), ""]
        for one in comparison.standings:
            before, after = standing_of(one.before, words), standing_of(one.after, words)
            change = before if before == after else f"{before} → {after}"
            lines += _wrap(f"{' '.join(filter(None, (one.id, one.title)))}: {change}", "", "  ")
    return "\n".join(map(clean, lines))


def title_of(comparison: Comparison) -> str:
    """Return the heading: which text is compared with which."""
    words = catalogue(comparison.language)
    return words.say("diff.title", a=_version(comparison.before, words), b=_version(comparison.after, words))


def counts_of(comparison: Comparison) -> str:
    """Return how much changed, in one sentence."""
    words = catalogue(comparison.language)
    if not (comparison.clauses or comparison.readings):
        return words.texts["diff.identical"]
    counts = {change: comparison.count(change) for change in ("added", "removed", "changed", "moved")}
    return words.say("diff.counts", same=comparison.same, **counts)


def reading_of(reading: ReadingChange, words: Catalogue) -> str:
    """Return the heading over what differs under a reading, or over what a new or gone one reads."""
    key = {None: "diff.reading", "a": "diff.reading_gone", "b": "diff.reading_new"}[reading.only_in]
    return words.say(key, name=words.quote(reading.name))


def notes_of(change: ClauseChange, words: Catalogue) -> Iterator[str]:
    """Yield the sentences that go with a change: where it stood, what it replaces, what it resembles."""
    if change.reused:
        yield words.texts["diff.reused"]
    if change.was_in is not None:
        yield words.say("diff.was_in", section=words.texts[f"sections.{change.was_in}"])
    if change.version_of is not None:
        yield words.say("diff.version_of", id=change.version_of)
    if change.perhaps is not None:
        yield words.say("diff.perhaps", id=change.perhaps)


def details_of(field: FieldChange, words: Catalogue) -> Iterator[str]:
    """Yield what came and went of a list, and the areas of an outline."""
    if field.gone:
        yield words.say("diff.went", items="; ".join(field.gone))
    if field.come:
        yield words.say("diff.came", items="; ".join(field.come))
    if field.outline:
        yield words.say("diff.area", gained=field.outline.gained_km2, lost=field.outline.lost_km2)


def standing_of(status: str | None, words: Catalogue) -> str:
    """Return a draft clause's status in words."""
    return words.texts["words.not_said"] if status is None else words.texts[f"words.{status}"]


def _version(agreement: Agreement, words: Catalogue) -> str:
    status = Teller(agreement, words).word(agreement.status)
    return words.say("diff.version", title=words.quote(agreement.title), version=agreement.version, status=status)


def _clause(change: ClauseChange, words: Catalogue, section: str = "") -> Iterator[str]:
    mark = {"added": "+", "removed": "−", "changed": "~", "moved": ">"}[change.change]
    where = f"{section}, " if section else ""
    yield from _wrap(f"{mark} {where}{change.id}: {words.texts[f'diff.{change.change}']}")
    for note in notes_of(change, words):
        yield from _wrap(note, "    ", "    ")
    for field in change.fields:
        alone = field.before_text or field.after_text
        if not (field.before_text and field.after_text):
            yield from _wrap(f"{field.label}: {alone}", "    ", "      ")
            continue
        yield from _wrap(f"{field.label}:", "    ", "    ")
        if not (field.gone or field.come):
            yield from _wrap(f"− {field.before_text}", "      ", "        ")
            yield from _wrap(f"+ {field.after_text}", "      ", "        ")
        for detail in details_of(field, words):
            yield from _wrap(detail, "      ", "        ")


def _wrap(text: str, first: str = "", later: str = "  ") -> list[str]:
    return textwrap.wrap(
        clean(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
