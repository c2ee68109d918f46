# SPDX-License-Identifier: Apache-2.0
"""The page of meetings: who was expected and who came, what came of it, and what no source says."""

from __future__ import annotations

from truceline.model.meeting import Meeting, Outcome
from truceline.register.view import View
from truceline.reports.formats import xml
from truceline.reports.html_parts import document, listed, paragraphs, section, table_of
from truceline.reports.register_page import STYLE, UNKNOWN, as_of, clock, source_html


def meetings_page(view: View) -> str:
    """Return the page of the meetings that had begun, in their order."""
    title = f"Meetings and statements, {as_of(view)}"
    meetings = sorted(view.meetings.values(), key=lambda each: (each.starts, each.id))
    body = f"<header><h1>{xml(title)}</h1></header>" + "".join(_meeting(view, each) for each in meetings)
    return document(title, body if meetings else body + paragraphs("No meeting is in the register."), style=STYLE)


def _meeting(view: View, meeting: Meeting) -> str:
    when = f"{clock(meeting.starts)}, {meeting.place or 'place unknown'}."
    return section(
        meeting.name,
        f"<p>{xml(when)} {source_html(meeting.source)}</p>",
        _counts(view, meeting),
        _present(view, meeting),
        f"<h3>Agenda: {xml(meeting.name)}</h3>" + (listed(meeting.agenda) or paragraphs("Unknown.")),
        _outcomes(view, meeting),
        f"<h3>What no source says: {xml(meeting.name)}</h3>{listed(meeting.unknown)}" if meeting.unknown else "",
    )


def _counts(view: View, meeting: Meeting) -> str:
    rows = []
    for count in meeting.counts:
        left = view.unnamed(meeting, count)
        told = (count.what, *map(_count, (count.expected, count.came, left)))
        rows.append([*map(xml, told), source_html(count.source)])
    heads = ["Counted", "Expected", "Came", "Of them not named", "Source"]
    return table_of(f"How many: {meeting.name}", heads, rows) if rows else ""


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)


def _present(view: View, meeting: Meeting) -> str:
    words = {True: "yes", False: "no", None: UNKNOWN}
    rows = [
        [
            *map(xml, (view.states[each.state].name, each.rank.replace("_", " "), each.person or UNKNOWN)),
            *(words[each.expected], words[each.came], source_html(each.source)),
        ]
        for each in meeting.present
    ]
    heads = ["State or body", "Rank", "Who", "Expected", "Came", "Source"]
    return table_of(f"Who a source names: {meeting.name}", heads, rows) if rows else ""


def _outcomes(view: View, meeting: Meeting) -> str:
    heads = ["What", "Kind", "By", "Not by", "Commitments", "Clauses", "Source"]
    rows = [[*map(xml, _outcome(view, each)), source_html(each.source)] for each in meeting.outcomes]
    return table_of(f"What came of it: {meeting.name}", heads, rows) if rows else ""


def _outcome(view: View, outcome: Outcome) -> tuple[str, ...]:
    by, not_by = (", ".join(view.states[name].name for name in names) for names in (outcome.by, outcome.not_by))
    links = (", ".join(names) or "none" for names in (outcome.commitments, outcome.clauses))
    return (outcome.text, outcome.kind, by or UNKNOWN, not_by or "nobody named", *links)
