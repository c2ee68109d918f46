# SPDX-License-Identifier: Apache-2.0
"""Each fault is found where it is written, however it is written; the text without it is clean."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from truceline.flow.terms_files import read_terms_draft
from truceline.scrutiny.finding import SENSORS
from truceline.scrutiny.lint import lint
from truceline.terms.mend import read_draft

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "terms"
CLEAN = (VECTORS / "clean.yaml").read_text("utf-8")
QUIET = "    acts: [fire]\n    actors: [A, B]\n    zone: strip\n    window: {from: entry_into_force, to: open}\n"
CHANGE = "      - {provision: quiet, exceptions: [drill]}\n"
ADDS = "    adds:\n      - {id: more, text: More., acts: [shelling], actors: [A, B], zone: everywhere, window: {from: day 1, to: open}}\n"


def found(text, sensors=None, **more):
    return lint(read_draft(text, file="t.yaml", **more), sensors).findings


def edited(*pairs):
    text = CLEAN
    for old, new in pairs:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


def line_of(text, marker):
    assert marker in text, marker
    return text.count("\n", 0, text.index(marker)) + 1


def test_a_text_without_faults_is_clean():
    assert found(CLEAN) == ()
    assert found(CLEAN, SENSORS) == ()


def change(new):
    return (CHANGE, f"      - {new}\n")


FAULTS = [
    # A position on a draft's clause that nobody can check.
    *(
        (
            "position-without-source",
            "schedules/talks",
            None,
            [
                (
                    "text: Talks are held.,",
                    f"text: Talks are held., positions: [{{held_by: [A, B], text: No., {said}}}],",
                )
            ],
            "positions: [",
        )
        for said in ("date: 2026-04", "source: {outlet: Paper}")
    ),
    # An act that nobody defines.
    ("undefined-act", "provisions/quiet", None, [("acts: [fire]\n    actors", "acts: [fyre]\n    actors")], "[fyre]"),
    (
        "undefined-act",
        "provisions/quiet",
        None,
        [("acts: [fire]\n    actors", "acts: unknown\n    actors")],
        "acts: unknown",
    ),
    (
        "undefined-act",
        "provisions/quiet",
        None,
        [("acts: [fire]\n    actors", "acts: [explosion]\n    actors")],
        "[explosion]",
    ),
    (
        *("undefined-act", "provisions/quiet", None),
        [("acts: [fire]\n    actors", "acts: [heavy]\n    actors")],
        "acts: [heavy]",
    ),
    (
        "undefined-act",
        "definitions/fire",
        None,
        [("acts: [shelling, missile_strike]", "acts: [shelling, rockets]")],
        "{id: fire",
    ),
    (
        "undefined-act",
        "exceptions/drill",
        None,
        [("acts: [fire]\n    window", "acts: [manoeuvre]\n    window")],
        "[manoeuvre]",
    ),
    (
        "undefined-act",
        "exceptions/drill",
        None,
        [("acts: [fire]\n    window", "acts: [heavy]\n    window")],
        "acts: [heavy]",
    ),
    ("undefined-act", "access/hands-off", None, [("acts: [jamming]", "acts: [jaming]")], "[jaming]"),
    ("undefined-act", "access/hands-off", None, [(", acts: [jamming]", "")], "{id: hands-off"),
    ("undefined-act", "provisions/quiet", "south", [change("{provision: quiet, acts: [fyre]}")], "[fyre]"),
    ("undefined-act", "provisions/quiet", "south", [change("{provision: quiet, acts: unknown}")], "acts: unknown"),
    ("undefined-act", "provisions/more", "south", [(CHANGE, CHANGE + ADDS.replace("shelling", "fyre"))], "[fyre]"),
    ("undefined-act", "standards/provisional", None, [("of: step,", "of: step, acts: [fyre],")], "[fyre]"),
    (
        "undefined-weapon",
        "provisions/back-A",
        None,
        [("weapons: [heavy]\n    actors: [A]", "weapons: [hefty]\n    actors: [A]")],
        "[hefty]",
    ),
    ("undefined-weapon", "stages/out-A", None, [("[A], weapons: [heavy]", "[A], weapons: [fire]")], "weapons: [fire]"),
    (
        "undefined-weapon",
        "force_limits/troops-A",
        None,
        [("party: A, what: personnel", "party: A, what: elephants")],
        "elephants",
    ),
    ("undefined-class", "zones/energy", None, [("class: power_station", "class: castle")], "class: castle"),
    # A time that names no zone.
    *(
        ("window-without-time-zone", where, reading, [pair], marker)
        for where, reading, pair, marker in (
            (
                "provisions/dams",
                None,
                ("{from: day 0, to: day 90}", "{from: 2026-05-01T00:00:00, to: open}"),
                "01T00:00:00, to",
            ),
            ("provisions/dams", None, ("{from: day 0, to: day 90}", "{from: day 0, to: 2026-07-01}"), "to: 2026-07-01"),
            ("provisions/dams", None, ("to: day 90", 'to: "2026-07-01 16:00"'), "07-01 16:00"),
            ("provisions/dams", None, ("to: day 90", "to: 1 July 2026, 16:00 Kyiv"), "16:00 Kyiv"),
            (
                "exceptions/drill",
                None,
                ("window: {from: entry_into_force", "window: {from: 2026-05-01"),
                "from: 2026-05-01,",
            ),
            (
                "entry_into_force",
                None,
                ("at: 2026-05-01T00:00:00+02:00", "at: 2026-05-01T00:00:00"),
                "entry_into_force: {at",
            ),
            ("schedules/talks", None, ("done_by: day 10", "done_by: 2026-05-10T12:00"), "10T12:00"),
            (
                "stages/out-B",
                None,
                (
                    "zone: guns-B, text: Guns leave., start_by: day 2",
                    "zone: guns-B, text: Guns leave., start_by: 2026-05-02",
                ),
                "2026-05-02",
            ),
            (
                "force_limits/troops-A",
                None,
                ("most: 800, text: At most so many., done_by: day 60", "most: 800, text: T., done_by: 2026-07-01"),
                "2026-07-01",
            ),
            (
                "storage_sites/depot-A",
                None,
                ("lat: 48.6, done_by: day 14", "lat: 48.6, done_by: 2026-05-15"),
                "2026-05-15",
            ),
            ("zones/harbour", None, ("kind: polygon, ", "kind: polygon, since: 2026-05-01T08:00:00, "), "T08:00:00"),
            ("lines/front", None, ("as_of: 2026-04-28}", "as_of: 2026-04-28, until: 2027-01-01}"), "2027-01-01"),
            (
                "provisions/quiet",
                "south",
                change("{provision: quiet, window: {from: 2026-05-01T06:00:00, to: open}}"),
                "T06:00:00",
            ),
            ("schedules/talks", "south", change("{schedule: talks, done_by: 2026-05-10T12:00}"), "10T12:00"),
            ("provisions/more", "south", (CHANGE, CHANGE + ADDS.replace("day 1", "2026-05-02")), "from: 2026-05-02"),
        )
    ),
    ("unknown-window", "provisions/dams", None, [("{from: day 0, to: day 90}", "unknown")], "window: unknown"),
    (
        "unknown-window",
        "provisions/dams",
        None,
        [("{from: day 0, to: day 90}", "{from: day 0, to: unknown}")],
        "to: unknown",
    ),
    (
        "unknown-window",
        "provisions/quiet",
        None,
        [("entry_into_force: {at: 2026-05-01T00:00:00+02:00", "entry_into_force: {at: unknown")],
        QUIET.splitlines()[3] + "\n    exceptions",
    ),
    # A belt measured from no line.
    ("belt-without-reference-line", "zones/guns-A", None, [("line: front, side: A, ", "side: A, ")], "{id: guns-A"),
    (
        "belt-without-reference-line",
        "zones/guns-A",
        None,
        [("line: front, side: A", "line: frnt, side: A")],
        "line: frnt",
    ),
    (
        "belt-without-reference-line",
        "zones/strip",
        None,
        [("kind: buffer, line: front, ", "kind: buffer, ")],
        "{id: strip",
    ),
    (
        "belt-without-reference-line",
        "zones/strip",
        None,
        [("kind: buffer, line: front, ", "kind: near_line, ")],
        "{id: strip",
    ),
    ("belt-without-reference-line", "zones/sky", None, [("kind: no_fly, line: front, ", "kind: no_fly, ")], "{id: sky"),
    (
        "belt-without-reference-line",
        "zones/strip",
        None,
        [("geometry: coordinates, coordinates: [[[34.0, 48.0], [36.0, 48.0]]]", "geometry: unknown")],
        "{id: strip",
    ),
    ("belt-without-reference-line", "zones/strip", "south", [change("{zone: strip, line: nowhere}")], "line: nowhere"),
    # A zone that lies nowhere.
    (
        "zone-without-geometry",
        "zones/harbour",
        None,
        [("kind: polygon, rings: [[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.9]]]", "kind: unknown")],
        "{id: harbour",
    ),
    (
        "zone-without-geometry",
        "zones/harbour",
        None,
        [("kind: polygon, rings: [[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.9]]]", "kind: polygon")],
        "{id: harbour",
    ),
    (
        "zone-without-geometry",
        "zones/harbour",
        None,
        [("rings: [[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.9]]]", "path: harbour.geojson")],
        "harbour.geojson",
    ),
    (
        "zone-without-geometry",
        "zones/harbour",
        None,
        [
            (
                "[[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.9]]]",
                "[[[35.0, 47.8], [35.4, 47.9], [35.4, 47.8], [35.0, 47.9]]]",
            )
        ],
        "{id: harbour",
    ),
    (
        "zone-without-geometry",
        "zones/harbour",
        None,
        [("[[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.9]]]", "[]")],
        "{id: harbour",
    ),
    ("zone-without-geometry", "zones/guns-A", None, [("side: A, to_km: 25", "side: A, to_km: unknown")], "{id: guns-A"),
    (
        "zone-without-geometry",
        "zones/guns-A",
        None,
        [("holds: [{place: Upper Town, lon: 35.10, lat: 48.30}]", "holds: []")],
        "side: A",
    ),
    (
        "zone-without-geometry",
        "zones/sky",
        None,
        [("kind: no_fly, line: front, to_km: 30", "kind: no_fly")],
        "{id: sky",
    ),
    (
        "zone-without-geometry",
        "zones/energy",
        None,
        [("lon: 35.15, lat: 48.05, ", "lon: unknown, lat: unknown, ")],
        "  - id: energy",
    ),
    ("zone-without-geometry", "provisions/quiet", None, [("zone: strip", "zone: unknown")], "zone: unknown"),
    ("zone-without-geometry", "provisions/quiet", None, [("zone: strip", "zone: stripe")], "zone: stripe"),
    ("zone-without-geometry", "storage_sites/depot-A", None, [("lon: 35.0, lat: 48.6, ", "")], "{id: depot-A"),
    (
        "zone-without-geometry",
        "zones/strip",
        "south",
        [change("{zone: strip, kind: unknown, within_km: 1}")],
        "{zone: strip",
    ),
    # What nothing sees.
    ("unobservable-prohibition", "provisions/dams", None, [("seen_by: [imagery]", "seen_by: []")], "{id: dams"),
    (
        "unobservable-prohibition",
        "provisions/dams",
        None,
        [("seen_by: [imagery]", "seen_by: [party_report]")],
        "{id: dams",
    ),
    (
        "unobservable-prohibition",
        "access/hands-off",
        None,
        [("seen_by: [imagery]", "seen_by: []"), ("acts: [jamming]", "acts: [dam_opening]")],
        "{id: hands-off",
    ),
    (
        "unobservable-prohibition",
        "provisions/quiet",
        "south",
        [("seen_by: [imagery]", "seen_by: []"), change("{provision: quiet, acts: [dam_opening]}")],
        "{provision: quiet",
    ),
    # Times that do not fit each other.
    (
        "reply-longer-than-deadline",
        "ladder/warn",
        None,
        [("reply_hours: 24", "reply_hours: 48")],
        "hours: 24\n    declared",
    ),
    (
        "reply-longer-than-deadline",
        "ladder/warn",
        None,
        [("reply_hours: 24", "reply_hours: unknown")],
        "hours: 24\n    declared",
    ),
    ("reply-longer-than-deadline", "ladder/warn", None, [("  reply_hours: 24\n", "")], "hours: 24\n    declared"),
    (
        "reply-longer-than-deadline",
        "ladder/warn",
        None,
        [("      hours: 24\n", "      hours: 12\n")],
        "hours: 12\n    declared",
    ),
    (
        "reply-longer-than-deadline",
        "ladder/warn",
        "south",
        [change("{step: warn, clock: {from: detection, hours: 6}}")],
        "hours: 6}",
    ),
    (
        "rectification-longer-than-deadline",
        "ladder/warn",
        None,
        [("rectification_hours: 12", "rectification_hours: 36")],
        "hours: 24\n    declared",
    ),
    # Readings that cannot both hold.
    (
        "contradicting-readings",
        "provisions/quiet",
        "south",
        [change("{provision: quiet, window: {from: day 30, to: day 40}}")],
        "{provision: quiet",
    ),
    (
        "contradicting-readings",
        "provisions/quiet",
        "south",
        [change("{provision: quiet, rule: permitted}")],
        "{provision: quiet",
    ),
    (
        "contradicting-readings",
        "provisions/quiet",
        "south",
        [change("{provision: quiet, actors: [A]}")],
        "{provision: quiet",
    ),
    ("contradicting-readings", "provisions/dams", "south", [(CHANGE, CHANGE + "    omits: [dams]\n")], "omits: [dams]"),
    ("contradicting-readings", "provisions/more", "south", [(CHANGE, CHANGE + ADDS)], "{id: more"),
    (
        "contradicting-readings",
        "definitions/fire",
        "south",
        [change("{definition: fire, acts: [shelling]}")],
        "{definition: fire",
    ),
    ("contradicting-readings", "zones/strip", "south", [change("{zone: strip, within_km: 5}")], "{zone: strip"),
    (
        "contradicting-readings",
        "ladder/warn",
        "south",
        [change("{step: warn, trigger: a grave breach}")],
        "{step: warn",
    ),
    (
        "contradicting-readings",
        "schedules/talks",
        "south",
        [change("{schedule: talks, done_by: day 20}")],
        "{schedule: talks",
    ),
    # Nobody who does it, no day by when.
    ("no-actor", "ladder/warn", None, [("    acts_by: [G]\n", "")], "- id: warn"),
    ("no-actor", "ladder/warn", None, [("acts_by: [G]", "acts_by: unknown")], "acts_by: unknown"),
    ("no-actor", "ladder/warn", None, [("acts_by: [G]", "acts_by: []")], "acts_by: []"),
    ("no-actor", "ladder/warn", None, [("    declared_by: [commission]\n", "")], "- id: warn"),
    ("no-actor", "ladder/warn", "south", [change("{step: warn, acts_by: unknown}")], "acts_by: unknown"),
    (
        "no-actor",
        "provisions/quiet",
        None,
        [("actors: [A, B]\n    zone: strip", "actors: unknown\n    zone: strip")],
        "actors: unknown",
    ),
    (
        "no-actor",
        "schedules/talks",
        None,
        [("text: Talks are held., actors: [A, B]", "text: Talks are held.")],
        "{id: talks",
    ),
    ("no-actor", "notifications/tell", None, [(", to: [G]}", "}")], "{id: tell"),
    ("no-deadline", "ladder/warn", None, [("      hours: 24\n", "      hours: unknown\n")], "hours: unknown"),
    ("no-deadline", "ladder/warn", None, [("    clock:\n      from: detection\n      hours: 24\n", "")], "- id: warn"),
    ("no-deadline", "ladder/warn", None, [("      from: detection\n", "      from: unknown\n")], "from: unknown"),
    (
        "no-deadline",
        "ladder/warn",
        "south",
        [change("{step: warn, clock: {from: detection, hours: unknown}}")],
        "hours: unknown",
    ),
    ("no-deadline", "schedules/talks", None, [(", done_by: day 10", "")], "{id: talks"),
    ("no-deadline", "schedules/talks", None, [("done_by: day 10", "done_by: open")], "done_by: open"),
    (
        "no-deadline",
        "stages/out-A",
        None,
        [
            (
                "zone: guns-A, text: Guns leave., start_by: day 2, done_by: day 14",
                "zone: guns-A, text: Guns leave., start_by: day 2, done_by: unknown",
            )
        ],
        "done_by: unknown",
    ),
    (
        "no-deadline",
        "force_limits/troops-A",
        None,
        [
            (
                "A, what: personnel, most: 800, text: At most so many., done_by: day 60",
                "A, what: personnel, most: 800, text: T., done_by: unknown",
            )
        ],
        "done_by: unknown",
    ),
    ("no-deadline", "notifications/tell", None, [("lead_hours: 48", "lead_hours: unknown")], "lead_hours: unknown"),
    ("no-deadline", "access/reach", None, [(", within_hours: 24", "")], "{id: reach"),
    (
        "no-deadline",
        "schedules/talks",
        None,
        [("entry_into_force: {at: 2026-05-01T00:00:00+02:00", "entry_into_force: {at: unknown")],
        "{id: talks",
    ),
    # What one side has alone.
    (
        "one-sided-duty",
        "provisions/quiet",
        None,
        [("actors: [A, B]\n    zone: strip", "actors: [A]\n    zone: strip")],
        "actors: [A]\n    zone: strip",
    ),
    (
        "one-sided-duty",
        "provisions/back-A",
        None,
        [
            (
                "actors: [B]\n    zone: guns-B\n    window: {from: day 14",
                "actors: [B]\n    zone: guns-B\n    window: {from: day 30",
            )
        ],
        "actors: [A]\n    zone: guns-A",
    ),
    (
        "one-sided-duty",
        "exceptions/drill",
        None,
        [("    notice: tell\n", "    notice: tell\n    actors: [B]\n")],
        "actors: [B]\n    acts: [fire]",
    ),
    (
        "one-sided-duty",
        "ladder/warn",
        None,
        [("    trigger: any breach\n", "    trigger: any breach\n    accused: [B]\n")],
        "accused: [B]",
    ),
    (
        "one-sided-duty",
        "schedules/talks",
        None,
        [("Talks are held., actors: [A, B]", "Talks are held., actors: [B]")],
        "{id: talks",
    ),
    (
        "one-sided-duty",
        "notifications/tell",
        None,
        [("lead_hours: 48", "lead_hours: 48, actors: [A]")],
        "actors: [A], to",
    ),
    (
        "one-sided-duty",
        "access/reach",
        None,
        [("text: Monitors come in.", "text: Monitors come in., actors: [B]")],
        "{id: reach",
    ),
    ("one-sided-duty", "conditions/leave", None, [("kind: release, ", "kind: release, actors: [A], ")], "{id: leave"),
    (
        "one-sided-duty",
        "force_limits/troops-B",
        None,
        [("  - {id: troops-A, party: A, what: personnel, most: 800, text: At most so many., done_by: day 60}\n", "")],
        "{id: troops-B",
    ),
    (
        "one-sided-duty",
        "storage_sites/depot-A",
        None,
        [("  - {id: depot-B, party: B, text: Stay there., lon: 35.0, lat: 47.4, done_by: day 14}\n", "")],
        "{id: depot-A",
    ),
    (
        "one-sided-duty",
        "stages/out-B",
        None,
        [("[A], weapons: [heavy], zone: guns-A", "[A], weapons: [tank], zone: guns-A")],
        "{id: out-B",
    ),
    (
        "one-sided-duty",
        "responses/responses",
        None,
        [("B: {text: A warning.}", "B: {text: none published}")],
        "responses:",
    ),
    ("one-sided-duty", "provisions/quiet", "south", [change("{provision: quiet, actors: [A]}")], "{provision: quiet"),
    # Who does not recognise the mechanism.
    (
        "mechanism-not-recognised",
        "parties/A",
        None,
        [("recognises_mechanism: true", "recognises_mechanism: false")],
        "mechanism: false",
    ),
    (
        "mechanism-not-recognised",
        "parties/A",
        None,
        [("recognises_mechanism: true", "recognises_mechanism: unknown")],
        "mechanism: unknown",
    ),
    ("mechanism-not-recognised", "parties/A", None, [("    recognises_mechanism: true\n", "")], "- id: A"),
    # What a careful mediator looks for beside.
    (
        "never-used",
        "definitions/heavy-rain",
        None,
        [("definitions:\n", "definitions:\n  - {id: heavy-rain, text: Much of it.}\n")],
        "{id: heavy-rain",
    ),
    (
        "never-used",
        "exceptions/storm",
        None,
        [("exceptions:\n", "exceptions:\n  - {id: storm, text: S., excused_low: 0, excused_high: 0.1, why: W.}\n")],
        "{id: storm",
    ),
    (
        "swallowed-prohibition",
        "provisions/quiet",
        None,
        [
            ("    notice: tell\n", ""),
            ("excused_low: 0\n    excused_high: 0\n", "excused_low: 1\n    excused_high: 1\n"),
        ],
        "exceptions: [drill]\n",
    ),
    (
        "swallowed-prohibition",
        "provisions/dams",
        None,
        [
            (
                "provisions:\n",
                "provisions:\n  - {id: may, text: All may., rule: permitted, acts: [act_of_war], actors: [A, B], zone: everywhere, window: {from: day 0, to: open}}\n",
            )
        ],
        "{id: dams",
    ),
    ("quorum-out-of-reach", "commission/commission", None, [("quorum: 2", "quorum: 3")], "quorum: 3"),
    (
        "quorum-out-of-reach",
        "commission/commission",
        None,
        [("rule: majority\n  recused: accused", "rule: chair\n  recused: parties"), ("of: G}", "of: A}")],
        "rule: chair",
    ),
    (
        "accused-decides",
        "commission/commission",
        None,
        [("rule: majority\n  recused: accused", "rule: consensus\n  recused: none")],
        "rule: consensus",
    ),
    (
        "unknown-value",
        "force_limits/troops-A",
        None,
        [("party: A, what: personnel, most: 800", "party: A, what: personnel, most: unknown")],
        "most: unknown",
    ),
    ("unknown-value", "commission/commission", None, [("quorum: 2", "quorum: unknown")], "quorum: unknown"),
    ("undefined-name", "provisions/quiet", None, [("exceptions: [drill]\n", "exceptions: [dril]\n")], "[dril]"),
    ("undefined-name", "readings/south", "south", [("held_by: [B]", "held_by: [B, C]")], "[B, C]"),
    (
        "refused",
        "provisions/quiet",
        None,
        [("    text: No fire in the strip.\n", "    text: No fire in the strip.\n    colour: red\n")],
        "colour: red",
    ),
    (
        "refused",
        "definitions/fire",
        None,
        [("{id: fire, text: Fire of any kind., acts", "{id: fire, text: Fire of any kind., uses: [fire], acts")],
        "{id: fire",
    ),
]


@pytest.mark.parametrize(("rule", "where", "reading", "pairs", "marker"), FAULTS, ids=range(len(FAULTS)))
def test_each_fault_is_found_where_it_is_written(rule, where, reading, pairs, marker):
    text = edited(*pairs)
    section, _, clause = where.partition("/")
    hits = [f for f in found(text) if f.rule == rule and f.section == section and f.clause == (clause or section)]
    if rule != "one-sided-duty":
        hits = [f for f in hits if f.reading == reading]
    assert hits, [(f.rule, f.section, f.clause, f.reading) for f in found(text)]
    assert line_of(text, marker) in [f.line for f in hits]
    assert all(f.message.endswith(".") and f.mend for f in hits)


def exchanged(text):
    """The text with the parties' ids and names exchanged; "A warning" is no party."""
    table = {"A": "B", "B": "A", "North": "South", "South": "North"}
    return re.sub(
        r"(?<!layer )(?<!layer: )(?<![A-Za-z])([AB](?! [a-z])|North|South)(?![A-Za-z])",
        lambda m: table[m.group()],
        text,
    )


@pytest.mark.parametrize("pairs", [f[3] for f in FAULTS], ids=range(len(FAULTS)))
def test_exchanged_parties_give_exchanged_findings(pairs):
    text = edited(*pairs)
    assert told(found(exchanged(text)), exchanged) == told(found(text), str)


def told(findings, say):
    """Findings, said so that they compare: without the list of known words, which is sorted."""
    return sorted(
        (f.rule, f.severity, f.line, *map(say, (f.section, f.clause, f.message.split("; known")[0]))) for f in findings
    )


def test_all_faults_of_a_file_are_told_not_only_the_first():
    pairs = [f[3][0] for f in FAULTS if f[1] in ("zones/sky", "ladder/warn", "access/reach", "provisions/dams")]
    text, applied = CLEAN, 0
    for old, new in pairs:
        if text.count(old):
            text, applied = text.replace(old, new, 1), applied + 1
    rules = {
        f.rule
        for f in found(text.replace("[fire]\n    actors", "[fyre]\n    actors").replace("to_km: 25", "to_km: 0", 1))
    }
    assert applied >= 8
    assert {"undefined-act", "window-without-time-zone", "zone-without-geometry", "no-actor", "one-sided-duty"} <= rules


def test_what_a_watch_cannot_see_is_found_against_that_watch():
    rules = {(f.section, f.clause): f for f in found(CLEAN, ["thermal"]) if f.rule == "unobservable-prohibition"}
    assert rules["provisions", "dams"].severity == "unverifiable"
    assert "this watch (thermal)" in rules["provisions", "dams"].message
    assert ("provisions", "quiet") not in rules
    assert {
        ("access", "hands-off"),
        ("stages", "out-A"),
        ("storage_sites", "depot-B"),
        ("force_limits", "troops-A"),
    } <= set(rules)
    partly = found(edited(("acts: [dam_opening]", "acts: [dam_opening, shelling]")), ["thermal"])
    (one,) = [f for f in partly if f.clause == "dams" and f.rule == "unobservable-prohibition"]
    assert one.severity == "notice"
    assert "Of its 2 acts 1" in one.message
    assert [f.clause for f in found(CLEAN, ["thermal"]) if f.rule == "proof-out-of-reach"] == ["provisional"]
    assert [f for f in found(CLEAN, ["thermal", "imagery"]) if f.rule == "proof-out-of-reach"] == []


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ((), "dangerous"),
        ((("from: detection", "from: determination"),), "notice"),
        ((("acts_by: [G]", "acts_by: [G]\n    rests_on: provisional"),), "notice"),
    ],
)
def test_a_step_that_waits_or_calls_itself_provisional_is_less_grave(more, severity):
    (one,) = found(edited(("reply_hours: 24", "reply_hours: 48"), *more))
    assert (one.rule, one.severity) == ("reply-longer-than-deadline", severity)
    assert "48 h" in one.message
    assert "24 h" in one.message


def test_a_counterpart_measured_from_another_line_is_a_notice():
    two = "lines:\n  - {id: old, name: Old line, geometry: coordinates, coordinates: [[[34.0, 47.9], [36.0, 47.9]]]}\n"
    text = edited(("lines:\n", two), ("line: front, side: B", "line: old, side: B"))
    assert {(f.rule, f.severity) for f in found(text)} == {("one-sided-duty", "notice")}
    assert {f.clause for f in found(text)} == {"back-A", "back-B", "out-A", "out-B"}


def test_what_every_reading_replaces_is_a_notice_of_the_text():
    window = "window: {from: day 0, to: open}"
    text = edited(
        ("exceptions: [drill]}\n", f"{window}, exceptions: [drill]}}\n"),
        (QUIET, QUIET.replace("{from: entry_into_force, to: open}", "unknown")),
    )
    text = text.replace(
        "    summary: As signed.\n", f"    summary: As signed.\n    changes: [{{provision: quiet, {window}}}]\n"
    )
    (one,) = found(text)
    assert (one.rule, one.severity, one.reading) == ("unknown-window", "notice", None)


def test_what_was_dropped_from_a_draft_is_left_alone():
    line = "  - {id: old, text: O., status: %s, acts: unknown, actors: unknown, zone: unknown, window: unknown}\n"
    assert found(edited(("provisions:\n", "provisions:\n" + line % "dropped"))) == ()
    rules = {f.rule for f in found(edited(("provisions:\n", "provisions:\n" + line % "open")))}
    assert rules == {"undefined-act", "no-actor", "zone-without-geometry", "unknown-window"}


GOLDEN = json.loads((VECTORS / "lint-shipped.json").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_shipped_agreements_give_exactly_these_findings(repository, name):
    told = [f"{f.severity} {f.rule} {f.section}/{f.clause}" + (f" under {f.reading}" if f.reading else "")
            for f in lint(read_terms_draft(repository / name)).findings]  # fmt: skip
    assert told == GOLDEN[name]


def test_every_shipped_agreement_is_in_the_list(repository):
    shipped = {path.relative_to(repository).as_posix() for path in repository.glob("examples/**/terms/agreement*.yaml")}
    assert shipped == set(GOLDEN)


def test_the_reply_of_48_hours_against_the_step_of_24_is_found_in_the_ladder(repository):
    name = "examples/coalition/terms/agreement-ladder-2026.yaml"
    (one,) = [f for f in lint(read_terms_draft(repository / name)).findings if f.rule == "reply-longer-than-deadline"]
    assert (one.clause, one.severity) == ("warning", "dangerous")
    assert "48 h" in one.message
    assert "24 h" in one.message
    assert "clock: {from: unknown, hours: 24" in (repository / name).read_text("utf-8").splitlines()[one.line - 1]
