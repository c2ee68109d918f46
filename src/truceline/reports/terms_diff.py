# SPDX-License-Identifier: Apache-2.0
"""The page of a comparison: one HTML file that shows, clause by clause, what changed between two texts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from truceline.lang import Catalogue, catalogue
from truceline.reports.formats import xml
from truceline.reports.html_parts import document, paragraphs, section, table, table_of
from truceline.scrutiny.compare import ClauseChange, Comparison, FieldChange
from truceline.scrutiny.compared import counts_of, details_of, notes_of, reading_of, standing_of, title_of

_STYLE = """
main{max-width:1056px}
del{text-decoration:line-through;text-decoration-thickness:2px;background:var(--fog)}
ins{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:3px;background:var(--fog)}
.change{color:var(--text2);font:14px/20px "Source Sans 3",system-ui,sans-serif;margin-left:8px}
h3{overflow-wrap:anywhere}
td{min-width:160px;overflow-wrap:anywhere}
.none{color:var(--text2)}
"""
_WORD = re.compile(r"\s+|[^\s]+")
_LONGEST = 4000
"""Longest text, characters, compared word by word; longer ones stand whole."""


def comparison_page(comparison: Comparison) -> str:
    """Return the page: counts, where the clauses stand, each change with before beside after, readings."""
    words = catalogue(comparison.language)
    title = title_of(comparison)
    body = "".join(
        (
            f"<header><h1>{xml(title)}</h1>",
            f'<p class="lead">{xml(counts_of(comparison))}</p>',
            f"{paragraphs(words.texts['diff.lead'])}</header>",
            _standings(comparison, words),
            *_sections(comparison, words),
            *_readings(comparison, words),
        )
    )
    skip = words.texts["page.skip"]
    return document(title, body, language=comparison.language, skip=skip, style=_STYLE)


def _standings(comparison: Comparison, words: Catalogue) -> str:
    """Each clause of a draft: its status in both texts, what moved first."""
    if not comparison.standings:
        return ""
    ordered = sorted(comparison.standings, key=lambda each: each.before == each.after)
    rows = [
        (
            " ".join(filter(None, (each.id, each.title))),
            *(standing_of(status, words) for status in (each.before, each.after)),
        )
        for each in ordered
    ]
    heads = [words.texts[f"diff.{name}"] for name in ("clause", "before", "after")]
    head = words.texts["diff.standings"]
    return section(head, table(head, heads, rows))


def _sections(comparison: Comparison, words: Catalogue) -> list[str]:
    found = []
    for name in dict.fromkeys(each.section for each in comparison.clauses):
        changes = [each for each in comparison.clauses if each.section == name]
        found.append(section(words.texts[f"sections.{name}"], *(_clause(each, words) for each in changes)))
    return found


def _readings(comparison: Comparison, words: Catalogue) -> list[str]:
    return [
        section(
            reading_of(each, words),
            *(_clause(clause, words, words.texts[f"sections.{clause.section}"]) for clause in each.clauses),
        )
        for each in comparison.readings
    ]


def _clause(change: ClauseChange, words: Catalogue, where: str = "") -> str:
    """One clause: what became of it, and its fields before and after."""
    name = f"{where}: {change.id}" if where else change.id
    told = words.texts[f"diff.{change.change}"]
    rows = [_row(each, words) for each in change.fields]
    heads = [words.texts[f"diff.{key}"] for key in ("field", "before", "after")]
    fields = table_of(f"{name}, {told}", heads, rows) if rows else ""
    return f'<h3>{xml(name)} <span class="change">{xml(told)}</span></h3>{paragraphs(*notes_of(change, words))}{fields}'


def _row(field: FieldChange, words: Catalogue) -> Sequence[str]:
    """A field: its label, and its words before and after with what differs marked."""
    details = "".join(f"<br>{xml(each)}" for each in details_of(field, words))
    none = f'<span class="none">{xml(words.texts["diff.absent"])}</span>'
    if not field.before_text:
        return xml(field.label), none, f"<ins>{xml(field.after_text)}</ins>{details}"
    if not field.after_text:
        return xml(field.label), f"<del>{xml(field.before_text)}</del>", none + details
    before, after = _marked(field.before_text, field.after_text)
    return xml(field.label), before, after + details


def _marked(before: str, after: str) -> tuple[str, str]:
    """Both texts as HTML, words that went in ``del``, words that came in ``ins``."""
    if max(len(before), len(after)) > _LONGEST:
        return f"<del>{xml(before)}</del>", f"<ins>{xml(after)}</ins>"
    old, new = _WORD.findall(before), _WORD.findall(after)
    left, right = [], []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = xml("".join(old[a:b])), xml("".join(new[c:d]))
        left.append(gone if what == "equal" or not gone else f"<del>{gone}</del>")
        right.append(come if what == "equal" or not come else f"<ins>{come}</ins>")
    return "".join(left), "".join(right)
