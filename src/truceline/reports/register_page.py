# SPDX-License-Identifier: Apache-2.0
"""The register as pages for a cabinet table: all states by kinds, and one state with what is asked of it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from truceline.base.clock import iso
from truceline.model.clauses import Source
from truceline.model.commitment import KINDS, Amount, StateSeat
from truceline.register.standing import Standing
from truceline.register.view import NOT_ASKED, NOT_SAID, WITHHELD, View
from truceline.reports.formats import NBSP, number, xml
from truceline.reports.html_parts import document, listed, paragraphs, section, table, table_of

STYLE = """
main{max-width:1200px}
td,th{overflow-wrap:break-word;min-width:88px}
.quiet{color:var(--text2);font-style:italic}
@media print{@page{size:A4 landscape}td,th{min-width:0;font-size:8.5pt;line-height:11pt;padding:4px 8px 4px 0}}
"""
"""Rules of style of pages about the register."""

_SILENCE = (
    "Silence is not no. Has not said means that nothing is in this register: the state may have said it elsewhere, "
    "and nothing follows from it."
)

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Asked:
    """What the ladder asks of a state now; the response says so, the page shows it."""

    step: str
    """Id of the step."""

    text: str
    """What the step is."""

    due: str
    """By when, as the response tells it: earliest and latest, or that no deadline is set."""

    status: str
    """Where the state stands: asked, acknowledged, decided…"""


def register_page(view: View) -> str:
    """Return the page of all states: kinds by states with stage, who has not said, what to look at."""
    title = f"Register of commitments, {as_of(view)}"
    silent = view.silent()
    names = ", ".join(view.states[name].name for name in silent)
    body = "".join(
        (
            f"<header><h1>{xml(title)}</h1>",
            f'<p class="lead">{xml(_lead(view))}</p>',
            paragraphs(_SILENCE),
            "</header>",
            section("States and kinds", _matrix(view)),
            section("States and steps", _steps(view)) if _named_steps(view) else "",
            section("Who has not said anything", paragraphs(names or "Every state listed has said something.")),
            section("What to look at", listed(_flags(view)) or paragraphs("Nothing was found that does not fit.")),
            section("Every commitment", _commitments(view, list(view.standings.values()))),
        )
    )
    return document(title, body, style=STYLE)


def state_page(view: View, state: str, asked: Sequence[Asked] | None = None) -> str:
    """Return the page of one state: what it promised, what is asked of it, by when, who decides there.

    Args:
        view: the register.
        state: id of the state.
        asked: the ladder's answer for it; None: no ladder was asked.

    Raises:
        KeyError: there is no such state.
    """
    seat = view.states[state]
    title = f"{seat.name}: what it promised, {as_of(view)}"
    own = view.of(state)
    groups = [(view.states[name], view.of(name)) for name in seat.member_of if name in view.states]
    withheld = view.withheld.count(state)
    body = "".join(
        (
            f"<header><h1>{xml(title)}</h1></header>",
            section(
                "What did we promise",
                _commitments(view, own, f"of {seat.name}")
                if own
                else paragraphs(f"{seat.name} {NOT_SAID}. {_SILENCE}"),
                paragraphs(f"Withheld from this page: {withheld}." if withheld else ""),
                *(
                    f"<h3>As a member: {xml(group.name)}</h3>{_commitments(view, many, f'of {group.name}')}"
                    for group, many in groups
                ),
            ),
            section("What is asked of us now, by when", _asked(asked)),
            section("Who decides here", _decides(seat)),
            section("What changed, and since when it is known", _history(own)),
        )
    )
    return document(title, body, style=STYLE)


def as_of(view: View) -> str:
    """Return of which moment, and known when, a page shows."""
    known = "" if view.known is None else f", as known at {clock(view.known)}"
    return f"as of {clock(view.on)}{known}"


def clock(moment: datetime) -> str:
    """Return a moment to the minute, UTC; a day's first moment as the day."""
    text = iso(moment)
    return text[:10] if text.endswith("T00:00:00Z") else f"{text[:10]} {text[11:16]}{NBSP}UTC"


def source_text(source: Source | None) -> str:
    """Return a source in a line; *no source* where there is none."""
    return "no source" if source is None else ", ".join(filter(None, (source.outlet, source.date)))


def source_html(source: Source | None) -> str:
    """Return a source as HTML with a link where it has an address."""
    told = xml(source_text(source))
    return told if source is None or source.url is None else f'<a href="{xml(source.url)}">{told}</a>'


def amount_text(amount: Amount | None) -> str:
    """Return an amount with its unit and range; *unknown* where none was said."""
    if amount is None:
        return UNKNOWN
    span = number(amount.low) if amount.low == amount.high else f"{number(amount.low)} to {number(amount.high)}"
    return f"{span}{NBSP}{amount.unit}" + (f" a {amount.per}" if amount.per else "")


def period_text(standing: Standing) -> str:
    """Return a period; *unknown* where no end of it was said."""
    made = standing.commitment
    ends = ((word, each) for word, each in (("from", made.starts), ("to", made.ends)) if each is not None)
    return " ".join(f"{word} {clock(each)}" for word, each in ends) or UNKNOWN


def _lead(view: View) -> str:
    made = len(view.standings)
    states = len({each.commitment.state for each in view.standings.values()})
    withheld = f" Withheld from this page: {len(view.withheld)}." if view.withheld else ""
    return f"{made} commitments of {states} of the {len(view.states)} states and bodies listed.{withheld}"


def _matrix(view: View) -> str:
    rows = []
    for seat in view.states.values():
        cells = [", ".join(view.word(seat.id, kind)) for kind in KINDS]
        rows.append([xml(_name(seat)), *(_cell(each) for each in cells)])
    return table_of("Stage of what each state promised, kind by kind", ["State", *KINDS.values()], rows)


def _named_steps(view: View) -> list[str]:
    """Steps of the ladder that any commitment shown names, by id."""
    return sorted({each.commitment.step for each in view.standings.values() if each.commitment.step is not None})


def _steps(view: View) -> str:
    steps = _named_steps(view)
    rows = []
    for seat in view.states.values():
        cells = [", ".join(view.step_word(seat.id, step)) for step in steps]
        rows.append([xml(_name(seat)), *(_cell(each) for each in cells)])
    return table_of("Stage of what each state promised, step by step", ["State", *steps], rows)


def _cell(word: str) -> str:
    return f'<span class="quiet">{xml(word)}</span>' if word in (NOT_SAID, NOT_ASKED, WITHHELD) else xml(word)


def _name(seat: StateSeat) -> str:
    if seat.role == "group":
        return f"{seat.name} ({seat.members or UNKNOWN} states, as one)"
    return seat.name if seat.role == "guarantor" else f"{seat.name} ({seat.role})"


def _flags(view: View) -> list[str]:
    return [f"{flag.text} ({', '.join(flag.about)}). To mend: {flag.mend}" for flag in view.flags()]


def _commitments(view: View, many: Sequence[Standing], of: str = "") -> str:
    if not many:
        return paragraphs("None.")
    heads = ["State", "What", "Stage", "Step", "Conditions", "Amount", "Period", "Form", "Reserved, caveats", "Source"]
    return table_of(f"Commitments {of}".strip(), heads, [_row(view, each) for each in many])


def _row(view: View, standing: Standing) -> list[str]:
    made = standing.commitment
    what = f"{KINDS[made.kind] if made.kind else 'of every kind'}: {made.text}"
    stage = f"{standing.word(view.on)} since {clock(standing.withdrawn or standing.since)}"
    kept = "; ".join((*made.reservations, *made.caveats)) or "none said"
    told = (
        *(view.states[made.state].name, what, stage, made.step or "tied to none", made.conditions or UNKNOWN),
        *(amount_text(made.amount), period_text(standing), made.form or UNKNOWN, kept),
    )
    return [*map(xml, told), source_html(made.source)]


def _asked(asked: Sequence[Asked] | None) -> str:
    if asked is None:
        return paragraphs("The ladder was not asked for this page.")
    if not asked:
        return paragraphs("Nothing is asked. No step is declared; claims do not start clocks.")
    rows = [(each.step, each.text, each.due, each.status) for each in asked]
    return table("What the ladder asks", ["Step", "What", "Due", "Where we stand"], rows)


def _decides(seat: StateSeat) -> str:
    parliament = {True: "Its parliament must agree.", False: "Its parliament need not agree."}
    unknown = "Unknown: whether its parliament must agree."
    told = unknown if seat.parliament is None else parliament[seat.parliament]
    return paragraphs(seat.decides or "Unknown: no source says who decides.", told)


def _history(many: Sequence[Standing]) -> str:
    rows = [
        (
            clock(each.on),
            standing.commitment.id,
            str(each.data.get("stage") or each.kind),
            each.reason,
            f"{clock(each.at)} by {each.by.user}",
        )
        for standing in many
        for each in standing.postings
    ]
    heads = ["Since", "Commitment", "What", "On what ground", "Known since, entered by"]
    return table("Postings", heads, sorted(rows)) if rows else paragraphs("None.")
