# SPDX-License-Identifier: Apache-2.0
"""The page with the timeline of duties: due, done, late, unverifiable, what they rest on, and what is held back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from test_agreement_cases import plain, swapped

from truceline.cli import main
from truceline.flow.terms_files import read_terms_file
from truceline.lang import catalogue, languages
from truceline.model.clauses import DEFAULT_PUBLICATION
from truceline.model.observed import STATES, Inspection, Observed, Sighting, Spell, State
from truceline.reports.picture_states import Duty, period_of, states_svg
from truceline.reports.states_page import MOST_DUTIES, MOST_SPELLS, Told, releasable, states_page

MINSK = Path(__file__).parents[2] / "examples/minsk-2015/terms/agreement-minsk-package-2015.yaml"
AGREEMENT = read_terms_file(MINSK).agreement
NOW = "2015-03-12T00:00:00Z"
SEEN = {
    "inspections": [
        {"id": "v1", "of": "out-guns-A", "at": "2015-02-28T10:07:00Z", "outcome": "withdrawn", "inspectors": 2},
        {"id": "v2", "of": "out-guns-B", "at": "2015-02-28T10:07:00Z", "outcome": "withdrawn", "inspectors": 2},
        {"id": "v3", "of": "out-rockets-B", "at": "2015-03-04T10:00:00Z", "outcome": "still_there"},
        {"id": "v4", "of": "out-rockets-A", "at": "2015-03-05T10:00:00Z", "outcome": "denied", "inspectors": 2},
    ],
    "sightings": [
        {"id": "s1", "at": "2015-03-08T10:07:00Z", "lon": 37.91234, "lat": 48.05432, "sigma_m": 50,
         "weapon": "mlrs_smerch", "p_weapon": 0.98, "p_party": {"B": 0.95}},
        {"id": "s2", "at": "2015-03-09T10:07:00Z", "lon": 37.6, "lat": 48.2, "sigma_m": 50,
         "weapon": "howitzer_152mm", "p_weapon": 0.9, "p_party": {"A": 0.6}},
    ],
}  # fmt: skip


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\N{NO-BREAK SPACE}", " ").split())


def made(folder, *more, seen=SEEN, terms=MINSK, at=NOW):
    out, observed = folder / "page.html", folder / "seen.yaml"
    observed.write_text(json.dumps(seen), encoding="utf-8")
    words = ["terms", "states", str(terms), "--at", at, "--page", str(out), "--observed", str(observed), *more]
    assert main(words) == 0
    return out.read_text("utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return made(tmp_path_factory.mktemp("page"))


def rows(page, caption):
    """A table's rows as lists of texts."""
    table = page[page.index(f"<caption>{caption}</caption>") :]
    table = table[: table.index("</table>")]
    return [
        [words_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table)
    ]


def test_minsk_is_due_from_day_two_and_over_on_day_fourteen(page):
    found = {row[0].split()[0]: row for row in rows(page, "Each duty on this day")[1:]}
    assert found["out-guns-A"][3] == (
        "begun by 16 February 2015, 22:00 UTC (17 February 2015, 00:00 local time) (day 2); "
        "done by 28 February 2015, 22:00 UTC (1 March 2015, 00:00 local time) (day 14)"
    )
    told = [(row[0], *row[3:5], row[1]) for row in rows(page, "How each came to it")[1:] if row[0] == "out-rockets-A"]
    assert told == [
        ("out-rockets-A", "14 February 2015", "16 February 2015", "ahead"),
        ("out-rockets-A", "16 February 2015", "28 February 2015", "due"),
        ("out-rockets-A", "28 February 2015", "5 March 2015", "unverifiable"),
        ("out-rockets-A", "5 March 2015", "12 March 2015", "unverifiable"),
    ]


def test_each_state_stands_with_why_and_what_it_rests_on(page):
    found = {row[0].split()[0]: [row[1], *row[4:]] for row in rows(page, "Each duty on this day")[1:]}
    assert found["out-guns-B"] == [
        "done",
        "Inspection of 28 February 2015, signed by 2 inspectors: the zone is free of them.",
        "inspection v2 of 28 February 2015",
    ]
    assert found["out-rockets-A"][:2] == [
        "unverifiable",
        "Inspection of 5 March 2015, signed by 2 inspectors: access was denied.",
    ]
    assert found["out-rockets-B"][1].endswith("signed by 1 inspector: some are still in the zone.")
    assert found["out-long-range-B"] == [
        "late",
        "Such a weapon was seen in the zone after the last day.",
        "sighting s1 of 8 March 2015: rocket system Smerch, very likely (93 %)",
    ]
    assert found["out-long-range-A"][0] == "unverifiable"
    assert found["out-long-range-A"][2] == "nothing that was seen"
    assert "As of 12 March 2015: ahead 0, due 0, done 2, late 2, unverifiable 2." in words_of(page)


def test_neither_places_nor_hours_of_what_was_seen_are_on_the_page(page):
    said = words_of(page)
    for fine in ("37.9", "48.05", "10:07", "10:00"):
        assert fine not in said


def test_an_hour_earlier_or_a_kilometre_away_is_the_same_page(tmp_path, page):
    other = {**SEEN["sightings"][0], "at": "2015-03-08T21:53:00Z", "lon": 37.93}
    assert made(tmp_path, seen={**SEEN, "sightings": [other, SEEN["sightings"][1]]}) == page


def test_what_would_name_a_party_below_the_threshold_changes_nothing_and_is_counted(tmp_path, page, capsys):
    assert "Not shown: 1 sighting that would name a party below that." in words_of(page)
    without = made(tmp_path, seen={**SEEN, "sightings": SEEN["sightings"][:1]})
    held = "<p>Not shown: 1\N{NO-BREAK SPACE}sighting that would name a party below that.</p>"
    assert page.replace(held, "") == without
    capsys.readouterr()
    made(tmp_path, "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {s["clause"]: s["state"] for s in told["states"]}["out-guns-A"] == "unverifiable"  # monitors see s2


def test_a_sighting_is_kept_by_its_partys_share_or_its_serial():
    seen = Sighting("s", datetime(2015, 3, 1, tzinfo=UTC), 1.0, 2.0, 5.0, "mlrs", 1.0, (("A", 0.8),))
    doubtful, unknown = replace(seen, p_party=(("A", 0.79), ("B", 0.21))), replace(seen, p_party=())
    serial = replace(unknown, serial="N-1")
    kept, withheld = releasable(Observed(sightings=(seen, doubtful, unknown, serial)), DEFAULT_PUBLICATION)
    assert (kept.sightings, withheld) == ((seen, serial), 2)
    kept, withheld = releasable(Observed(sightings=(doubtful,)), replace(DEFAULT_PUBLICATION, name_party_from=0.7))
    assert withheld == 0


def test_with_the_parties_exchanged_the_page_is_the_same(tmp_path, page):
    for beside in MINSK.parent.glob("*.geojson"):
        (tmp_path / beside.name).write_bytes(beside.read_bytes())
    terms = tmp_path / "agreement.yaml"
    terms.write_text(json.dumps(swapped(plain(MINSK)), ensure_ascii=False), encoding="utf-8")
    assert made(tmp_path, seen=swapped(SEEN), terms=terms) == page


@pytest.mark.parametrize("code", languages())
def test_every_language_tells_it_and_the_reading_is_named(tmp_path, code):
    page = made(tmp_path, "--lang", code, "--reading", "formations")
    assert f'<html lang="{code}">' in page
    said = words_of(page)
    assert "The formations' reading of February 2015" in said
    for name in STATES:
        assert catalogue(code).texts[f"states.{name}"] in said
    assert "{" not in page.split("</style>")[1]
    assert code == "en" or "nothing that was seen" not in said


def test_a_state_tells_why_in_each_language():
    state = State(
        "c", "stages", "A", "done", "visited", {"date": datetime(2015, 3, 1).date(), "n": 3, "outcome": "denied"}
    )
    assert state.reason == state.told("en")
    assert "access was denied" in state.reason
    assert {code: "3" in state.told(code) for code in languages()} == dict.fromkeys(languages(), True)
    assert len({state.told(code) for code in languages()}) == 4
    assert state == replace(state, values=dict(state.values))
    assert hash(state) == hash(replace(state, values={}))


def test_before_anything_is_seen_and_without_any_duty(tmp_path, capsys):
    early = words_of(made(tmp_path, seen={}, at="2015-02-20T00:00:00Z"))
    assert "ahead 0, due 6, done 0, late 0, unverifiable 0" in early
    assert "Not shown" not in early
    easter = Path(__file__).parents[2] / "examples/easter-truce-2026/terms/agreement.yaml"
    none = made(tmp_path, seen={}, terms=easter)
    assert "The agreement has nothing that is to be done by a day." in words_of(none)
    assert "<svg" not in none
    assert main(["terms", "states", str(MINSK), "--at", NOW, "--page", str(tmp_path)]) == 2
    assert "cannot write the page" in capsys.readouterr().err


def test_many_duties_and_changes_are_bounded_and_counted():
    at = datetime(2015, 3, 1, tzinfo=UTC)
    stage = AGREEMENT.stages[0]
    clauses = tuple(replace(stage, id=f"out-{n}") for n in range(MOST_DUTIES + 5))
    agreement = replace(AGREEMENT, clauses=clauses)
    states = [
        State(c.id, "stages", "A", "done", "visited", {"date": at.date(), "n": 1, "outcome": "withdrawn"}, ("v",))
        for c in clauses
    ]
    spells = [Spell(at + timedelta(days=n), at + timedelta(days=n + 1), states[n % 5]) for n in range(MOST_SPELLS + 7)]
    seen = Observed((Inspection("v", "out-0", at, "withdrawn"),))
    page = states_page(Told(agreement, None, seen, states, spells, at + timedelta(days=300)))
    said = words_of(page)
    assert "Not shown on this page: 5 duties more." in said
    assert "Not shown on this page: 7 earlier changes." in said
    assert len(rows(page, "Each duty on this day")) == MOST_DUTIES + 1
    assert len(rows(page, "How each came to it")) == MOST_SPELLS + 1


AT = datetime(2015, 3, 1, tzinfo=UTC)


def duty(*states, **more):
    spells = tuple(
        Spell(AT + timedelta(days=10 * n), AT + timedelta(days=10 * n + 10), State("c", "stages", "A", s, "runs"))
        for n, s in enumerate(states)
    )
    given = {"start_by": AT, "done_by": AT + timedelta(days=14), "seen": (("inspection", AT),)} | more
    return Duty("c", "Party", spells, **given)


def test_each_state_has_a_pattern_and_a_word_and_each_mark_a_shape():
    words = catalogue("en")
    pictures = {s: states_svg([duty(s, s)], AT + timedelta(days=20), AT, words, "t", "d") for s in STATES}
    assert len(set(pictures.values())) == len(STATES)
    for name, svg in pictures.items():
        assert svg.count(f">{name}</text>") == 3, "in both bars and in the legend"
    marks = {
        kind: states_svg([duty("due", seen=((kind, AT),))], AT, AT, words, "t", "d")
        for kind in ("inspection", "sighting", "strength")
    }
    assert len(set(marks.values())) == 3
    assert "<title" in marks["sighting"]
    assert "<desc" in marks["sighting"]


def test_the_axis_reaches_to_days_to_come_and_counts_days_only_where_entry_is_known():
    words = catalogue("en")
    ahead = duty("ahead", start_by=None, done_by=AT + timedelta(days=400), seen=())
    assert period_of([ahead], AT).end > AT + timedelta(days=400)
    without = states_svg([ahead], AT, None, words, "t", "d")
    assert words.texts["states.axis"] not in without
    assert words.texts["states.axis"] in states_svg([ahead], AT, AT, words, "t", "d")
    assert "2015–2016" in without
