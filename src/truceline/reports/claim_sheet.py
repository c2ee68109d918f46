# SPDX-License-Identifier: Apache-2.0
"""One page on one claim, to share: HTML without scripts, or PDF, in the answer's language.

Everything in it comes from the answer's JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

import typst

from truceline.assessment.claims import counted
from truceline.base.clock import utc
from truceline.base.text import clean
from truceline.lang import Catalogue, catalogue
from truceline.reports.formats import point
from truceline.reports.pdf_fonts import without_missing

MOST_PASSES = 14
"""Passes listed on the sheet; the data has all."""

MOST_SEEN = 8
"""Fires listed on the sheet."""

HEADINGS = ("understood", "why", "sensors", "passes", "seen")
"""Headings of its parts."""


def sheet(checked: Mapping[str, Any], *, title: str, made: datetime, ledger: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page says, as text in the answer's language: for HTML, PDF, terminal and browser alike.

    Args:
        checked: a checked claim as JSON.
        title: of the watch.
        made: the date the sheet states.
        ledger: ``origin``, ``size`` and ``root`` of the ledger it can be checked against.
    """
    words = catalogue(checked["language"])
    claim, passes, sensors = checked["claim"], checked["passes"], checked["sensors"]
    more = len(passes) - MOST_PASSES
    record = {"origin": ledger.get("origin") or "", "n": int(ledger.get("size") or 0), "root": ledger.get("root") or ""}
    chances = any(row["chance"] is not None for row in (*passes, *sensors))
    content = {
        "language": words.code,
        "title": words.say("sheet.title", watch=title),
        "kicker": words.say("sheet.kicker", watch=title, day=made.date()),
        "verdict": words.say(f"claim.{checked['verdict'].replace(' ', '_')}"),
        "claim": _claim(words, claim),
        "where": f"{checked['where']} {_when(words, claim)}",
        "understood": [_understood(words, part) for part in checked["understood"]],
        "reasons": [[heading, text] for heading, text in checked["reasons"]],
        "compatible": _compatible(words, checked),
        "coverage": _coverage(words, checked),
        "sensors": _sensors(words, sensors),
        "passes": _passes(words, passes[:MOST_PASSES]),
        "alone": words.say("sheet.chances_withheld") if sensors and not chances else "",
        "more": words.say("sheet.more", n=more) if more > 0 else "",
        "seen": _seen(words, checked["seen"]) if passes else words.say("sheet.not_looked"),
        "heads": {key: words.say(f"sheet.h_{key}") for key in HEADINGS},
        "foot": words.say("sheet.foot"),
        "ledger": words.say("sheet.ledger", **record),
    }
    return {key: _clean(value) for key, value in content.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return clean(value) if isinstance(value, str) else value


def _claim(words: Catalogue, claim: Mapping[str, Any]) -> str:
    count = claim["count"]
    if count is None:
        said = words.say("sheet.no_number_of", what=claim["what"]) if claim["what"] else words.say("sheet.no_number")
    else:
        said = " ".join(part for part in (counted(words, count, claim["qualifier"]), claim["what"]) if part)
    key = f"{'says' if claim['who'] else 'somebody'}{'_accused' if claim['accused'] else ''}"
    return words.say(f"sheet.{key}", who=claim["who"], said=said, accused=claim["accused"])


def _when(words: Catalogue, claim: Mapping[str, Any]) -> str:
    if not claim["from"] and not claim["to"]:
        return words.say("sheet.no_when")
    start, end = (
        words.moment(utc(claim[key])) if claim[key] else words.say("sheet.not_stated") for key in ("from", "to")
    )
    return words.say("sheet.when" if claim["from"] and claim["to"] else "sheet.when_open", start=start, end=end)


def _understood(words: Catalogue, part: Mapping[str, Any]) -> str:
    value, field = part["value"], part["field"]
    if value is None:
        shown = words.say("sheet.not_read")
    elif field in ("from", "to"):
        shown = words.moment(utc(value))
    elif field == "where" and value == "line":
        shown = words.say("sheet.line")
    else:
        shown = words.value(value)
    said = f", {words.say('sheet.from_words', words=words.quote(part['words']))}" if part["words"] else ""
    note = f" ({part['note']})" if part["note"] else ""
    return words.say("sheet.pair", name=words.say(f"sheet.field_{field}"), value=f"{shown}{said}{note}")


def _share(words: Catalogue, share: float | None) -> str:
    return "–" if share is None else words.percent(share)


def _read(words: Catalogue, row: Mapping[str, Any]) -> str:
    """Whether a pass was read; why not, as the data has it, only where the answer's language is the data's."""
    if row["read"] is None:
        return words.say("sheet.withheld")
    if row["read"]:
        return words.say("sheet.read_yes") if row["chance"] is None else words.percent(row["chance"])
    why = row["why"] if words.code == "en" else ""
    return words.say("sheet.not_observed_why", why=why) if why else words.say("sheet.not_observed")


def _sensors(words: Catalogue, rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Heads and rows: what is known of each sensor; a column that holds nothing is left out."""
    heads = ["sensor", "passes", "read", "chance"]
    table = [
        [
            row["sensor"],
            words.number(row["passes"]),
            words.say("sheet.withheld") if row["read"] is None else words.number(row["read"]),
            _share(words, row["chance"]),
        ]
        for row in rows
    ]
    return _table(words, heads, table)


def _passes(words: Catalogue, rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    told = any(row["chance"] is not None for row in rows)
    heads = ["sensor", "time", "clear", "cloud", "pass_chance" if told else "read"]
    table = [
        [
            row["sensor"],
            words.say(f"sheet.{'day' if row['day'] else 'night'}", at=words.moment(utc(row["time"]).replace(second=0))),
            _share(words, row["clear"]),
            _share(words, row["hidden"]),
            _read(words, row),
        ]
        for row in rows
    ]
    return _table(words, heads, table)


def _table(words: Catalogue, heads: Sequence[str], table: Sequence[Sequence[str]]) -> list[list[str]]:
    """The table with its heads first, without columns of dashes; empty where there is no row."""
    if not table:
        return []
    kept = [k for k in range(len(heads)) if any(row[k] != "–" for row in table)]
    return [[words.say(f"sheet.{heads[k]}") for k in kept], *([row[k] for k in kept] for row in table)]


def _compatible(words: Catalogue, checked: Mapping[str, Any]) -> str:
    ends = checked["compatible"]
    if ends is None:
        return ""
    of, act = checked["coverage_of"], checked["reference_act"]
    return words.say("sheet.compatible", low=ends[0], high=ends[2], where=of, act=act)


def _coverage(words: Catalogue, checked: Mapping[str, Any]) -> str:
    if checked["withheld"]:
        return str(checked["withheld"])
    if checked["coverage"] is None:
        return ""
    text = coverage_text(words, checked["coverage"], checked["coverage_of"], checked["reference_act"])
    return "" if any(text in said for _, said in checked["reasons"]) else text


def coverage_text(words: Catalogue, share: float, where: str, act: str) -> str:
    """Say how many of a hundred such fires would have been detected, and where and when that is."""
    hundred = max(float(f"{100 * share:.2g}"), 0.0001) if share else 0.0
    return words.say("claim.coverage", n=hundred, where=where, act=act)


def _seen(words: Catalogue, seen: Mapping[str, Any]) -> str:
    if not seen["events"]:
        return words.say("sheet.seen_none")
    rows = [
        words.say("sheet.seen_at", at=words.moment(utc(row["time"])), place=point(words, row["lon"], row["lat"], 2))
        for row in seen["list"][:MOST_SEEN]
    ]
    told = words.say("sheet.seen", n=seen["events"], rows="; ".join(rows).rstrip("."))
    return f"{told[:-1]}; …" if seen["events"] > len(rows) else told


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


def html(content: Mapping[str, Any]) -> bytes:
    """Return the page: no script, nothing from elsewhere; reads and prints on one page."""
    heads = content["heads"]

    def rows(table: Sequence[Sequence[str]]) -> str:
        if not table:
            return ""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table[0])
        lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table[1:])
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
        block(heads["understood"], f"<ul>{understood}</ul>" if understood else ""),
        block(heads["why"], reasons, said(content["compatible"])),
        block(heads["sensors"], said(content["coverage"]), rows(content["sensors"])),
        block(heads["passes"], rows(content["passes"]), said(content["more"], "q"), said(content["alone"], "q")),
        block(heads["seen"], said(content["seen"])),
        said(content["foot"], "q"),
        said(content["ledger"], "q"),
    ]
    head = (
        f'<!DOCTYPE html><html lang="{content["language"]}"><head><meta charset="utf-8">'
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
#set text(font: "Libertinus Serif", size: 8.8pt, lang: c.language)
#set par(leading: 0.5em, spacing: 0.6em)
#show heading.where(level: 1): it => block(above: 0.4em, below: 0.6em, text(17pt, weight: 600, it.body))
#show heading.where(level: 2): it => block(
  above: 0.9em, below: 0.45em, width: 100%, inset: (top: 3pt), stroke: (top: 1pt), text(10.5pt, weight: 600, it.body)
)
#let rows(all) = block(above: 0.5em, below: 0.5em, {
  set text(7.8pt)
  table(
    columns: all.first().len(), stroke: (x, y) => (bottom: 0.4pt + rgb("#C9D0CC")), inset: (x: 0pt, y: 2pt),
    column-gutter: 9pt, align: left + top,
    table.header(..all.first().map(h => text(fill: quiet, weight: 600, h))),
    ..all.slice(1).flatten().map(cell => [#cell])
  )
})
#text(8pt, quiet, c.kicker)
= #c.verdict
#text(11pt, c.claim)

#c.where
#if c.understood.len() > 0 [
== #c.heads.understood
#list(..c.understood.map(t => [#t]))
]
== #c.heads.why
#for r in c.reasons [
#strong(r.at(0) + ".") #r.at(1)

]
#c.compatible
#if c.coverage != "" or c.sensors.len() > 0 [
== #c.heads.sensors
#c.coverage
#if c.sensors.len() > 0 { rows(c.sensors) }
]
#if c.passes.len() > 0 [
== #c.heads.passes
#rows(c.passes)
#text(8pt, quiet, c.more + " " + c.alone)
]
== #c.heads.seen
#c.seen

#text(8pt, quiet, c.foot)

#text(7pt, quiet, c.ledger)
"""


def pdf(content: Mapping[str, Any], made: datetime) -> bytes:
    """Return the page as PDF/UA-1; ``made`` and the content decide every byte."""
    whole = json.dumps(dict(content), ensure_ascii=False, sort_keys=True)
    result = typst.compile(
        _TEMPLATE.encode(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"content": without_missing(whole), "day": made.strftime("%Y-%m-%d")},
        pdf_standards=["ua-1"],
        timestamp=int(made.timestamp()),
    )
    return bytes(result)
