# SPDX-License-Identifier: Apache-2.0
"""One page on one claim, to share: HTML without scripts, or PDF. Everything in it comes from the answer's JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

import typst

from truceline.base.clock import utc
from truceline.base.text import clean
from truceline.reports.formats import NBSP, number, percent, plural
from truceline.reports.pdf_fonts import without_missing

MOST_PASSES = 14
"""Passes listed on the sheet; the data has all."""

VERDICTS = {
    "consistent": "Consistent with what was seen. That does not confirm it.",
    "inconsistent": "Inconsistent with what was seen.",
    "cannot be judged": "Cannot be judged by these sensors.",
}
"""The headline of each verdict."""

FOOT = (
    "The same rule for every claim, whoever makes it. Heat never confirms a count and never shows who lit it. "
    "A claim is no evidence and starts no clock."
)


def sheet(checked: Mapping[str, Any], *, title: str, made: datetime, ledger: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page says, as text: for HTML and PDF alike.

    Args:
        checked: a checked claim as JSON.
        title: of the watch.
        made: the date the sheet states.
        ledger: ``origin``, ``size`` and ``root`` of the ledger it can be checked against.
    """
    claim = checked["claim"]
    passes = checked["passes"]
    more = len(passes) - MOST_PASSES
    content = {
        "title": f"A claim, checked: {title}",
        "kicker": f"{title} · claim check of {made:%d %B %Y}",
        "verdict": VERDICTS[checked["verdict"]],
        "claim": _claim(claim),
        "where": f"{checked['where']} {_when(claim)}",
        "understood": [_understood(part) for part in checked["understood"]],
        "reasons": [[heading, text] for heading, text in checked["reasons"]],
        "compatible": _compatible(checked),
        "coverage": _coverage(checked),
        "sensors": [
            [row["sensor"], str(row["passes"]), "–" if row["read"] is None else str(row["read"]), _share(row["chance"])]
            for row in checked["sensors"]
        ],
        "passes": [_pass(row) for row in passes[:MOST_PASSES]],
        "more": f"and {plural(more, 'more pass', 'more passes')}, in the data" if more > 0 else "",
        "seen": _seen(checked["seen"]),
        "foot": FOOT,
        "ledger": f"Ledger {ledger.get('origin') or ''}, {plural(int(ledger.get('size') or 0), 'record')}, root "
        f"{ledger.get('root') or ''}.",
    }
    return {key: _clean(value) for key, value in content.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return clean(value) if isinstance(value, str) else value


def _claim(claim: Mapping[str, Any]) -> str:
    count = "no number" if claim["count"] is None else number(claim["count"])
    said = " ".join(part for part in (claim["qualifier"], count, claim["what"]) if part)
    who = f"{claim['who']} says" if claim["who"] else "Somebody says"
    return f"{who}: {said}{', by ' + claim['accused'] if claim['accused'] else ''}."


def _when(claim: Mapping[str, Any]) -> str:
    ends = [utc(claim[key]).strftime("%d %B %Y %H:%M") if claim[key] else "not stated" for key in ("from", "to")]
    return f"From {ends[0]} to {ends[1]} UTC."


def _understood(part: Mapping[str, Any]) -> str:
    value = "not read" if part["value"] is None else str(part["value"])
    words = f", from “{part['words']}”" if part["words"] else ""
    note = f" ({part['note']})" if part["note"] else ""
    return f"{part['field']}: {value}{words}{note}"


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _pass(row: Mapping[str, Any]) -> list[str]:
    time = f"{utc(row['time']):%d %b %H:%M} UTC, {'day' if row['day'] else 'night'}"
    hidden = "–" if row["hidden"] is None else percent(row["hidden"])
    chance = _share(row["chance"]) if row["read"] else f"not observed: {row['why']}"
    chance = "withheld" if row["read"] is None else chance
    return [row["sensor"], time, _share(row["clear"]), hidden, chance]


def _compatible(checked: Mapping[str, Any]) -> str:
    ends = checked["compatible"]
    if ends is None:
        return ""
    return (
        f"Compatible with what was seen: {number(ends[0])} to {number(ends[2])} fires (90{NBSP}%), each counted as "
        f"{checked['reference_act']}."
    )


def _coverage(checked: Mapping[str, Any]) -> str:
    if checked["withheld"]:
        return str(checked["withheld"])
    if checked["coverage"] is None:
        return ""
    return (
        f"Of 100 such acts ({checked['reference_act']}) about {100 * checked['coverage']:.2g} would have been detected "
        f"({checked['coverage_of']})."
    )


def _seen(seen: Mapping[str, Any]) -> str:
    if not seen["events"]:
        return "None seen there then. Under low coverage that is not quiet."
    rows = [f"{utc(row['time']):%d %b %H:%M} at {row['lat']:.2f}, {row['lon']:.2f}" for row in seen["list"][:8]]
    many = "One fire" if seen["events"] == 1 else f"{number(seen['events'])} fires"
    rest = "; …" if seen["events"] > len(rows) else ""
    return f"{many} seen there then: {'; '.join(rows)}{rest}."


_STYLE = """
body{font:16px/1.45 Georgia,serif;color:#14201e;background:#fff;max-width:46rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.9rem;line-height:1.15;margin:.2rem 0 .6rem}
h2{font-size:1.05rem;margin:1.2rem 0 .3rem;border-top:2px solid}
p{margin:.35rem 0}table{border-collapse:collapse;width:100%;font-size:.85rem}
th,td{text-align:left;padding:.15rem .5rem .15rem 0;border-bottom:1px solid #c9d0cc;vertical-align:top}
.q{color:#43504c;font-size:.85rem}.v{font-size:1.15rem}ul{margin:.3rem 0;padding-left:1.1rem}
@media print{body{margin:0;font-size:10.5pt}}
@media (prefers-color-scheme:dark){body{background:#101614;color:#e6ece9}.q{color:#a9b5b0}th,td{border-color:#37423e}}
""".strip()

_HEADS = (
    ("Sensor", "Passes", "Read", "Would have detected such an act"),
    ("Sensor", "Time", "Clear sky", "Cloud that day", "Chance"),
)


def html(content: Mapping[str, Any]) -> bytes:
    """Return the page: no script, nothing from elsewhere; reads and prints on one page."""

    def rows(heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
        if not body:
            return ""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
        lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"

    def block(title: str, *parts: str) -> str:
        inner = "".join(part for part in parts if part)
        return f"<h2>{escape(title)}</h2>{inner}" if inner else ""

    def said(text: str, kind: str = "") -> str:
        mark = f' class="{kind}"' if kind else ""
        return f"<p{mark}>{escape(text)}</p>" if text else ""

    understood = "".join(f"<li>{escape(text)}</li>" for text in content["understood"])
    reasons = "".join(f"<p><b>{escape(heading)}.</b> {escape(text)}</p>" for heading, text in content["reasons"])
    body = [
        said(content["kicker"], "q"),
        f"<h1>{escape(content['verdict'])}</h1>",
        said(content["claim"], "v"),
        said(content["where"]),
        block("How the text was understood", f"<ul>{understood}</ul>" if understood else ""),
        block("Why", reasons, said(content["compatible"])),
        block("Who could have seen it", said(content["coverage"]), rows(_HEADS[0], content["sensors"])),
        block("When", rows(_HEADS[1], content["passes"]), said(content["more"], "q")),
        block("What was seen", said(content["seen"])),
        said(content["foot"], "q"),
        said(content["ledger"], "q"),
    ]
    head = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(content['title'])}</title><style>{_STYLE}</style></head>"
    )
    return f"{head}<body><main>{''.join(body)}</main></body></html>\n".encode()


_TEMPLATE = """
#let c = json(bytes(sys.inputs.content))
#let day = sys.inputs.day.split("-").map(int)
#set document(title: c.title, date: datetime(year: day.at(0), month: day.at(1), day: day.at(2)))
#let quiet = rgb("#43504C")
#set page(paper: "a4", margin: (x: 18mm, top: 13mm, bottom: 13mm))
#set text(font: "Libertinus Serif", size: 8.8pt, lang: "en", region: "GB")
#set par(leading: 0.5em, spacing: 0.6em)
#show heading.where(level: 1): it => block(above: 0.4em, below: 0.6em, text(17pt, weight: 600, it.body))
#show heading.where(level: 2): it => block(
  above: 0.9em, below: 0.45em, width: 100%, inset: (top: 3pt), stroke: (top: 1pt), text(10.5pt, weight: 600, it.body)
)
#let rows(heads, body) = block(above: 0.5em, below: 0.5em, {
  set text(7.8pt)
  table(
    columns: heads.len(), stroke: (x, y) => (bottom: 0.4pt + rgb("#C9D0CC")), inset: (x: 0pt, y: 2pt),
    column-gutter: 9pt, align: left + top,
    table.header(..heads.map(h => text(fill: quiet, weight: 600, h))), ..body.flatten().map(cell => [#cell])
  )
})
#text(8pt, quiet, c.kicker)
= #c.verdict
#text(11pt, c.claim)

#c.where
#if c.understood.len() > 0 [
== How the text was understood
#list(..c.understood.map(t => [#t]))
]
== Why
#for r in c.reasons [
#strong(r.at(0) + ".") #r.at(1)

]
#c.compatible
#if c.coverage != "" or c.sensors.len() > 0 [
== Who could have seen it
#c.coverage
#if c.sensors.len() > 0 { rows(c.heads.at(0), c.sensors) }
]
#if c.passes.len() > 0 [
== When
#rows(c.heads.at(1), c.passes)
#text(8pt, quiet, c.more)
]
== What was seen
#c.seen

#text(8pt, quiet, c.foot)

#text(7pt, quiet, c.ledger)
"""


def pdf(content: Mapping[str, Any], made: datetime) -> bytes:
    """Return the page as PDF/UA-1; ``made`` and the content decide every byte."""
    whole = json.dumps({**content, "heads": _HEADS}, ensure_ascii=False, sort_keys=True)
    result = typst.compile(
        _TEMPLATE.encode(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"content": without_missing(whole), "day": made.strftime("%Y-%m-%d")},
        pdf_standards=["ua-1"],
        timestamp=int(made.timestamp()),
    )
    return bytes(result)
