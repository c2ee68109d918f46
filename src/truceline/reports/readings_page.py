# SPDX-License-Identifier: Apache-2.0
"""The page with readings side by side: one HTML file that shows the same events under every reading of an agreement.

It may be handed on, so places and times are no finer than the agreement's rules of release let the accused have them,
places are shown of impacts only, and nobody is named as an author; who did it counts only where it is sure enough to be
shown (``flow.assess_file.released``). What is assessed is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truceline.access.release import coarse_place
from truceline.assessment.judge import FACTORS
from truceline.assessment.parting import Happened, Parting, Verdict, overall, verdict
from truceline.base.clock import Interval
from truceline.lang import catalogue
from truceline.model.agreement import Agreement
from truceline.reports.formats import xml
from truceline.reports.html_parts import document, folded, paragraphs, section, table_of
from truceline.reports.picture_windows import Bar, Mark, bars, windows_svg
from truceline.scrutiny.beside import Beside, beside, holders_of, source_of

IMPACTS = (
    *("shelling", "drone_strike", "air_strike", "missile_strike", "protected_object_strike", "explosion", "accident"),
    *("farm_burning", "industry", "act_of_war", "thermal_anomaly"),
)
"""Acts whose places are impacts, or no act of war at all; places of others may be those of forces and stay away."""

_STYLE = """
main{max-width:1056px}
h3,h4{overflow-wrap:anywhere}
td{overflow-wrap:break-word}
h3{padding-top:20px;border-top:1px solid var(--rule)}
h4{font-size:16px;line-height:24px;margin:24px 0 4px}
.says{font:20px/30px "Source Serif 4",Charter,Georgia,serif;max-width:820px}
td{min-width:170px}
tbody th{min-width:96px}
td b{display:block}
.soft{color:var(--text2)}
.wide svg{min-width:700px}
@media print{.wide svg{min-width:0}td,tbody th{min-width:0;padding-right:10px}
table{font-size:8.5pt;line-height:11pt}h3,h4,.says{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}}
"""


@dataclass(frozen=True)
class Assessed:
    """One event with its assessments."""

    event: Happened
    """What happened, and when."""

    place: tuple[float, float]
    """Longitude and latitude, degrees, as given; the page shows it coarsely or not at all."""

    sigma_m: float
    """One standard deviation of the place, metres."""

    rows: Sequence[Mapping[str, Any]]
    """Its assessments, provision by provision and reading by reading, as ``truceline assess --json`` gives them."""


def readings_page(
    agreement: Agreement, found: Sequence[Assessed], left_out: int, withheld: int, language: str = "en"
) -> str:
    """Return the page.

    Args:
        agreement: the terms.
        found: events by time.
        left_out: how many later events of the file are not on the page.
        withheld: of how many events it is left out who did it, being less sure than may be shown.
        language: code of the language.

    Raises:
        ConfigError: there is no such language.
    """
    writer = _Writer(agreement, language)
    words = writer.words
    title = words.say("beside.title", title=agreement.title)
    lead = words.say("beside.lead", n=len(found), m=len(agreement.readings), version=agreement.version)
    more = words.say("beside.more", n=left_out) if left_out else ""
    rules = agreement.publication
    share = words.percent(rules.name_party_from)
    coarse = words.say("beside.coarse", km=rules.impact_km, minutes=rules.impact_minutes, share=share)
    held = words.say("beside.withheld", n=withheld) if withheld else ""
    body = "".join(
        (
            f'<header><h1>{xml(title)}</h1><p class="lead">{xml(lead)}</p>',
            f"{paragraphs(more, words.texts['beside.people'], coarse, held)}</header>",
            writer.windows(found),
            section(words.texts["beside.events"], *(writer.event(n, one) for n, one in enumerate(found, 1))),
            writer.clauses(),
        )
    )
    return document(title, body, language=language, skip=words.texts["page.skip"], style=_STYLE)


class _Writer:
    """Writes the parts of one page."""

    def __init__(self, agreement: Agreement, language: str) -> None:
        self.agreement, self.words = agreement, catalogue(language)
        self.parting = Parting(agreement, self.words)
        self.teller = self.parting.teller
        self.names = [reading.name for reading in agreement.readings]
        self.differ = beside(agreement, self.teller)

    def verdicts(self, one: Assessed) -> dict[str, list[Verdict]]:
        """What each reading makes of an event, by provision."""
        rows = {(row["provision"], row["reading"]): row for row in one.rows}
        provisions = dict.fromkeys(row["provision"] for row in one.rows)
        return {
            name: [verdict(reading, name, rows.get((name, reading.id))) for reading in self.agreement.readings]
            for name in provisions
        }

    def windows(self, found: Sequence[Assessed]) -> str:
        """The picture of the windows, and the same as a table."""
        drawn = bars(self.agreement.readings)
        marks = [Mark(n, one.event.shown, self._kinds(one)) for n, one in enumerate(found, 1)]
        rows = [self._window(bar) for bar in drawn]
        title = self.words.texts["beside.windows"]
        told = "; ".join(f"{row[0]}: {row[1]}" for row in rows)
        picture = windows_svg(drawn, marks, self.words, title, told)
        shown = f'<figure class="scroll wide" role="region" tabindex="0" aria-label="{xml(title)}">{picture}</figure>'
        heads = [self.words.texts[f"beside.{key}"] for key in ("reading", "window", "held", "said")]
        return section(title, shown if picture else "", table_of(self.words.texts["beside.window"], heads, rows))

    def _kinds(self, one: Assessed) -> dict[str, str]:
        verdicts = self.verdicts(one)
        return {each.reading.id: each.kind for each in overall(verdicts)} if verdicts else {}

    def _window(self, bar: Bar) -> list[str]:
        reading = bar.reading
        first = next((p for p in reading.provisions if not bar.provisions or p.id in bar.provisions), None)
        name = xml(reading.name) + (
            f' <span class="soft">{xml(", ".join(bar.provisions))}</span>' if bar.provisions else ""
        )
        if first is None:
            return [name, "", xml(self.teller.who(reading.held_by)), ""]
        holders = holders_of(reading, "provisions", first.id)
        source = source_of(reading, "provisions", first.id, first)
        said = (self.words.quote(source.outlet), source.url or "", source.date or "") if source else ("", "", "")
        return [name, xml(self._when(bar.window)), xml(self.teller.who(holders)), _linked(*said)]

    def _when(self, window: Interval | None) -> str:
        return self.words.texts["beside.window_unknown"] if window is None else self.teller.stretch(window)

    def event(self, number: int, one: Assessed) -> str:
        """One event: where the readings part, then provision by provision."""
        verdicts = self.verdicts(one)
        head = f'<h3 id="event-{number}">{number}. {xml(self.parting.event(one.event))}</h3>'
        if not verdicts:
            return head + paragraphs(self.words.texts["beside.no_provision"])
        said = self.parting.sentence(one.event, overall(verdicts))
        facts = self._facts(one)
        clauses = "".join(self._provision(number, name, each, one.event, said) for name, each in verdicts.items())
        return f'{head}<p class="says">{xml(said)}</p><p class="soft">{xml(facts)}</p>{clauses}'

    def _facts(self, one: Assessed) -> str:
        """Its id, local time, and the place where it may be shown."""
        local = self.words.moment(one.event.shown, self.agreement.local_offset_hours)
        place = None
        if one.event.act in IMPACTS:
            place = coarse_place(*one.place, self.agreement.publication.impact_km)
        if place is None:
            return self.words.say(
                "beside.facts", id=one.event.id, time=local, place=self.words.texts["beside.no_place"]
            )
        lon, lat = (self.words.number(round(value, 2)) for value in place)
        km = max(self.agreement.publication.impact_km, float(f"{one.sigma_m / 1000:.2g}"))
        where = f"{self.words.say('explain.point', lon=lon, lat=lat)} ± {self.words.count(km, 'km')}"
        return self.words.say("beside.facts", id=one.event.id, time=local, place=where)

    def _provision(self, number: int, name: str, verdicts: Sequence[Verdict], event: Happened, known: str) -> str:
        """A provision under all readings, folded where they agree; the sentence that is known is not repeated."""
        text = next((one.provision.text for one in verdicts if one.provision is not None), name)
        title = f"{self.words.quote(text.strip())} ({name})"
        rows = [
            (self.words.texts["beside.chance"], [self._result(one) for one in verdicts]),
            (self.words.texts["beside.decides"], [self._decides(one, event) for one in verdicts]),
            (self.words.texts["beside.reasons"], [xml(_reasons(one)) for one in verdicts]),
        ]
        caption = self.words.say("beside.caption", n=number, provision=name)
        told = self._side_by_side(caption, rows)
        said = self.parting.sentence(event, verdicts)
        kinds = {"none" if one.kind == "absent" else one.kind for one in verdicts}
        if len(kinds) == 1:
            same = self.words.say("beside.same", provision=title, kind=self.words.texts[f"beside.{kinds.pop()}"])
            return folded(same, told)
        return f"<h4>{xml(title)}</h4>{paragraphs(said if said != known else '')}{told}"

    def _result(self, one: Verdict) -> str:
        kind = f"<b>{xml(self.words.texts[f'beside.{one.kind}'])}</b>"
        return kind + xml(self.parting.chance(one))

    def _decides(self, one: Verdict, event: Happened) -> str:
        """What makes it so: the factor, what the reading has for it, who holds that and where it was said."""
        if one.provision is None or one.kind == "absent":
            return xml(self.words.texts["beside.why_absent"])
        factor = one.decides or "time"
        field = _FIELD[factor]
        label = self.teller.label(one.provision, field)
        value = self.words.texts["words.unknown"]
        if factor == "exceptions":
            value = self.parting.why(one, event)
        elif field not in one.provision.unknown:
            value = self.teller.value(one.provision, field, getattr(one.provision, field))
        told = xml(self.words.say("explain.field", label=label, value=value))
        holders = self.teller.who(holders_of(one.reading, "provisions", one.provision.id))
        source = source_of(one.reading, "provisions", one.provision.id, one.provision)
        said = _linked(self.words.quote(source.outlet), source.url or "", source.date or "") if source else ""
        held = self.words.say("beside.held_by", who=holders)
        return f'{told}<br><span class="soft">{xml(held)}{"; " if said else ""}{said}</span>'

    def clauses(self) -> str:
        """Every clause, list, distance or definition in which the readings differ."""
        if not self.differ:
            return section(self.words.texts["beside.differ"], paragraphs(self.words.texts["beside.alike"]))
        return section(self.words.texts["beside.differ"], *(self._clause(each) for each in self.differ))

    def _clause(self, each: Beside) -> str:
        title = f"{self.words.texts[f'sections.{each.section}']}: {each.id}"
        rows = [(label, [xml(text) for text in texts]) for label, texts in each.rows]
        rows.append((self.words.texts["beside.held"], [xml(text) for text in each.held]))
        said = [_linked(text, link) for text, link in zip(each.said, each.links, strict=True)]
        rows.append((self.words.texts["beside.said"], said))
        return f"<h3>{xml(title)}</h3>{self._side_by_side(title, rows)}"

    def _side_by_side(self, caption: str, rows: Sequence[tuple[str, Sequence[str]]]) -> str:
        """A table with a column for each reading; cells are HTML."""
        heads = [self.words.texts["diff.field"], *self.names]
        return table_of(caption, heads, [(xml(label), *cells) for label, cells in rows])


_FIELD = dict(zip(FACTORS, ("acts", "weapons", "actors", "zone", "window", "exceptions"), strict=True))
"""Which field of a provision a factor is about."""


def _reasons(one: Verdict) -> str:
    return "" if one.row is None else str(one.row["reasons"])


def _linked(text: str, url: str, date: str = "") -> str:
    """A source as HTML: its name leads to its page, whose address terms check."""
    told = xml(text)
    if url:
        told = f'<a href="{xml(url)}" rel="noreferrer">{told}</a>'
    return told + (f", {xml(date)}" if date and text else "")
