# SPDX-License-Identifier: Apache-2.0
"""The typst source of ``report.pdf``. What it shows comes in as data (``sys.inputs``), so no text is read as markup."""

from __future__ import annotations

TEMPLATE = """
#let c = json(bytes(sys.inputs.content))
#let day = sys.inputs.day.split("-").map(int)
#set document(title: c.title, date: datetime(year: day.at(0), month: day.at(1), day: day.at(2)))
#let ink = rgb("#14201E")
#let quiet = rgb("#43504C")
#let rule = 0.5pt + rgb("#C9D0CC")
#set page(
  paper: "a4",
  margin: (x: 20mm, top: 16mm, bottom: 18mm),
  footer: context text(8pt, quiet)[
    Truceline. Borders are drawn in a neutral style and express no position. #h(1fr)
    Page #counter(page).display() of #counter(page).final().first()
  ],
)
#set text(font: "Libertinus Serif", size: 9.5pt, fill: ink, lang: "en", region: "GB")
#set par(leading: 0.6em, spacing: 0.8em)
#show heading.where(level: 1): it => block(above: 0.4em, below: 0.7em, text(20pt, weight: 600, it.body))
#show heading.where(level: 2): it => block(
  above: 1.4em, below: 0.7em, width: 100%, inset: (top: 5pt), stroke: (top: 1.2pt + ink),
  text(13pt, weight: 600, it.body)
)
#let picture(name, alt, width: 100%, height: auto) = block(above: 0.9em, below: 0.9em, image(
  bytes(c.pictures.at(name)), format: "svg", width: width, height: height, fit: "contain", alt: alt
))
#let rows(heads, body, columns: auto) = {
  set text(8.5pt)
  set par(leading: 0.45em)
  block(above: 0.7em, below: 0.9em, table(
    columns: columns,
    stroke: (x, y) => (bottom: rule),
    inset: (x: 0pt, y: 3pt),
    column-gutter: 10pt,
    align: left + top,
    table.header(..heads.map(h => text(fill: quiet, weight: 600, h))),
    ..body.flatten().map(cell => [#cell])
  ))
}

#text(9pt, quiet, c.kicker)
= #c.headline
#text(12pt, quiet, c.lead)

== What could be seen
#c.gaps
#picture("truce", c.gaps)
#c.coverage
#picture("map", c.coverage, height: 118mm)
#picture("days", c.records)

== What was seen
#c.seen
#if c.events.rows.len() > 0 {
  rows(
    ("Place", "Seen", "From the line", "Act of war", "Ledger"),
    c.events.rows,
    columns: (1.3fr, 1.4fr, auto, 1fr, auto),
  )
}
#if c.events.more > 0 [And #c.events.more more, less probable; all are in events.csv.]

#c.estimate

#c.comparison

== What each side said
#c.order A claim is never evidence, and heat never confirms a count.
#if c.claims.len() > 0 {
  rows(
    ("Claimant", "Claims", "Covers", "Compared with what was seen"),
    c.claims,
    columns: (auto, 1.4fr, 1.2fr, 1fr),
  )
  let alt = "The hours each figure covers, and the satellite passes inside them; figures are in the table."
  picture("hours", alt, width: 84%)
  picture("numbers", c.estimate + " The claims count in another unit and are not comparable.", width: 84%)
} else [No claim is in this watch.]
#if c.why.len() > 0 { list(..c.why.map(w => [#w])) }

== Under each reading
A machine assesses; people find. Heat alone goes no further than “recorded” and names no party.
#rows(
  ("Reading", "By status", "Attributed", "Breaches among all seen, expected number"),
  c.readings,
  columns: (1.2fr, 1fr, auto, 1.3fr),
)

== Whose line
#rows(
  ("Line", "Length", "Coverage", "Events near", "Compatible, 90 %", "Change"),
  c.lines,
  columns: (1.4fr, auto, 1.2fr, auto, 1fr, 1fr),
)
#if c.one_sided.len() > 0 [
  == What shows or binds only one side
  #list(..c.one_sided.map(w => [#w]))
]

== Data, and how to check it
#c.records #c.credits. #c.fonts

Every record has an index in a signed ledger. Before this report was entered it held #c.size records under the root
below; the checkpoint that covers the report is in summary.json. Check it: #raw("truceline verify DIR --key VKEY")

#text(8pt, font: "DejaVu Sans Mono", "root before this report " + c.root)
"""
"""One document, A4, headings in order, every picture with words for those who do not see it."""
