# SPDX-License-Identifier: Apache-2.0
"""The page with readings side by side: what it says, what it holds back, how it is bounded, and that parties mirror."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from test_agreement_cases import plain, swapped

from truceline.base.clock import Interval
from truceline.cli import main
from truceline.flow.terms_files import read_terms_file
from truceline.lang import catalogue, languages
from truceline.reports.picture_windows import Bar, Mark, bars, span, windows_svg

EXAMPLE = Path(__file__).parents[2] / "examples" / "energy-truce-2026"
TERMS = EXAMPLE / "terms" / "agreement-energy-truce-2026.yaml"
EVENTS = EXAMPLE / "data" / "events.geojson"
NIGHT = (
    "The strike on a protected object of about 2 February 2026, 23:30 UTC is a breach as Kyiv reads the agreement "
    "(94 %); no breach as Washington reads the agreement, for the window ended on 1 February 2026, 22:00 UTC; and "
    "no breach as Moscow reads the agreement, for the window ended on 1 February 2026, 21:00 UTC."
)


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\N{NO-BREAK SPACE}", " ").split())


def made(folder, *more, terms=TERMS, events=EVENTS, code=0):
    out = folder / "page.html"
    words = ["assess", "--terms", str(terms), "--events", str(events), "--page", str(out), *more]
    assert main(words) == code
    return out.read_text("utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return made(tmp_path_factory.mktemp("page"))


def write(folder, *features):
    path = folder / "events.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def feature(name, time="2026-02-03T01:33:00+02:00", lon=36.25475, lat=49.98177, **properties):
    given = {"time": time, "family": "acoustic", "p_actor": {"B": 1}, **properties}
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"p_act": {"protected_object_strike": 1}, **given},
    }


def test_the_strike_night_is_a_breach_in_one_reading_and_none_in_the_others(page):
    said = words_of(page)
    assert said.count(NIGHT) == 3  # three places were struck that night
    assert "is a breach as Washington and Kyiv read the agreement (98 % to 100 %); and cannot be told as Moscow" in said


def test_each_verdict_stands_with_what_decides_it_who_holds_that_and_where_it_was_said(page):
    start = page.index('id="event-4"')
    night = words_of(page[start : page.index('id="event-5"')])
    assert "no breach almost no chance (0 %)" in night
    assert "a breach very likely (94 %)" in night
    assert "held by Washington; “Hromadske quoting President Trump”" in night
    assert "held by Moscow; “The Telegraph (India) on what Dmitry Peskov left open” , 2026-01-30" in night
    assert "Under the reading “Kyiv's seven days”, that this breaches energy-facilities (version 1)" in night
    assert night.count("Under the reading") == 3 + 3 + 2  # three clauses, one of which Kyiv's reading leaves out
    assert "there is no such clause" in night


def test_nothing_is_finer_than_the_accused_may_have_it_and_nobody_is_named(page, tmp_path):
    said = words_of(page)
    assert "36.254" not in said
    assert "49.981" not in said
    assert "Places are shown no finer than 1 km, times no finer than 10 minutes either way" in said
    fine = words_of(made(tmp_path, events=write(tmp_path, feature("e", sigma_major_m=80.0))))
    assert "01:33" not in fine
    assert "23:33" not in fine
    assert "23:30 UTC" in fine
    assert "longitude 36.26, latitude 49.98 ± 1 km" in fine
    assert "97 % B" not in said
    assert "B:" not in said
    coarse = TERMS.read_text("utf-8") + "\npublication: {impact_km: 20, impact_minutes: 60}\n"
    (tmp_path / "agreement.yaml").write_text(coarse, encoding="utf-8")
    rough = words_of(made(tmp_path, terms=tmp_path / "agreement.yaml", events=write(tmp_path, feature("e"))))
    assert "2 February 2026, 23:00 UTC is a breach" in rough
    assert "± 20 km" in rough


@pytest.mark.parametrize("act", ["muzzle_flash", "weapon_in_wrong_belt", "reinforcement", "projectile_in_flight"])
def test_the_place_of_forces_and_of_firing_is_not_on_the_page(tmp_path, act):
    said = words_of(made(tmp_path, events=write(tmp_path, feature("e", p_act={act: 1}))))
    assert "place: not shown" in said
    assert "longitude" not in said


def test_who_did_it_counts_only_where_it_is_sure_enough_to_be_shown(tmp_path):
    given = {"time": "2026-01-30T12:00:00+02:00", "lon": 30.55, "lat": 50.45, "p_act": {"drone_strike": 1}}
    doubtful = feature("doubtful", **given, p_actor={"B": 0.6, "A": 0.2, "unknown": 0.2})
    silent, sure = feature("silent", **given, p_actor={}), feature("sure", **given, p_actor={"B": 0.9, "unknown": 0.1})
    pages = {
        each["id"]: words_of(made(tmp_path, events=write(tmp_path, each))).replace(each["id"], "e")
        for each in (doubtful, silent, sure)
    }
    held = " Left out because it is less sure: who did it, of 1 event."
    assert held in pages["doubtful"]
    assert pages["doubtful"].replace(held, "") == pages["silent"]
    assert "60 %" not in pages["doubtful"]
    assert "nothing says who did it" in pages["silent"]
    assert "is a breach as Washington and Moscow read the agreement (90 %)" in pages["sure"]
    assert "told with 80 % or more" in pages["sure"]


def test_with_the_parties_exchanged_the_page_is_the_same(tmp_path, page):
    terms = tmp_path / "agreement.yaml"
    terms.write_text(json.dumps(swapped(plain(TERMS)), ensure_ascii=False), encoding="utf-8")
    events = tmp_path / "events.geojson"
    events.write_text(json.dumps(swapped(json.loads(EVENTS.read_text("utf-8")))), encoding="utf-8")
    assert made(tmp_path, terms=terms, events=events) == page


def test_the_same_input_gives_the_same_bytes_in_each_language(tmp_path, page):
    assert made(tmp_path) == page
    for code in languages():
        text = made(tmp_path, "--lang", code)
        assert f'<html lang="{code}">' in text
        assert catalogue(code).texts["beside.people"].split(".")[0] in text
        assert (text == page) == (code == "en")


def test_a_page_fetches_nothing_runs_nothing_and_escapes_what_others_wrote(tmp_path):
    bad = '<script>alert(1)</script>"&'
    terms = tmp_path / "agreement.yaml"
    text = TERMS.read_text("utf-8").replace("name: Kyiv's seven days", f"name: '{bad}'")
    terms.write_text(text, encoding="utf-8")
    page = made(tmp_path, terms=terms, events=write(tmp_path, feature(bad)))
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert unescape(page).count(bad) > 3
    assert set(re.findall(r'(?:src|href)="([^"]{0,8})', page)) <= {"#content", "https://"}


def test_only_the_first_events_by_time_are_shown_and_the_others_counted(tmp_path, capsys):
    start = datetime(2026, 1, 20, tzinfo=UTC)
    late = [feature(f"e{n}", time=(start + timedelta(hours=12 * (n % 40))).isoformat()) for n in range(39, -1, -1)]
    page = made(tmp_path, "--json", events=write(tmp_path, *late))
    assert json.loads(capsys.readouterr().out)["n_events"] == 40
    assert "Not shown on this page: 16 later events of the file." in words_of(page)
    shown = re.findall(r"Id (e\d+);", page)
    assert shown == [f"e{n}" for n in range(24)]


@pytest.mark.parametrize(("most", "shown"), [(23, 2), (24, 3), (1, 1)])
def test_an_agreement_of_many_clauses_shows_fewer_events(tmp_path, monkeypatch, most, shown):
    monkeypatch.setattr("truceline.cli._assess_file.MOST_PARAGRAPHS", most)  # eight clauses, over three readings
    page = made(tmp_path, events=write(tmp_path, *[feature(f"e{n}") for n in range(4)]))
    assert len(re.findall(r'<h3 id="event-', page)) == shown
    assert f"{4 - shown} later event" in words_of(page)


def test_no_events_and_bad_rows_still_make_a_page(tmp_path, capsys):
    empty = words_of(made(tmp_path, events=write(tmp_path)))
    assert "0 events under 3 readings" in empty
    assert "Kyiv's seven days" in empty
    kept = words_of(made(tmp_path, events=write(tmp_path, feature("bad", lat=99.0), feature("e")), code=4))
    assert "1 event under 3 readings" in kept
    assert "rejected record bad" in capsys.readouterr().err


def test_a_page_is_of_one_agreement_and_of_a_file_of_events(tmp_path, capsys):
    out = str(tmp_path / "x.html")
    assert main(["assess", "--terms", str(EXAMPLE / "terms"), "--events", str(EVENTS), "--page", out]) == 2
    assert "name one of agreement-energy-moratorium-2025.yaml" in capsys.readouterr().err
    assert main(["assess", str(tmp_path), "--page", out]) == 2
    assert main(["assess", "--terms", str(TERMS), "--events", str(EVENTS), "--page", str(tmp_path)]) == 2
    assert "cannot write the page" in capsys.readouterr().err


AGREEMENT = read_terms_file(TERMS).agreement
WORDS = catalogue("en")
T0 = datetime(2026, 2, 1, tzinfo=UTC)


def drawn(rows, marks):
    return windows_svg(rows, marks, WORDS, "title", "description")


def test_a_bar_is_a_window_and_what_an_exception_leaves_open_is_part_of_it():
    found = bars(AGREEMENT.readings)
    assert [bar.reading.id for bar in found] == ["washington", "moscow", "kyiv"]
    assert found[0].open == (Interval(datetime(2026, 1, 31, 22, tzinfo=UTC), found[0].window.end),)
    assert len(found[1].open) == 2
    assert found[2].open == ()
    assert all(bar.provisions == () for bar in found)


def test_the_picture_says_what_it_shows_to_those_who_do_not_see_it():
    svg = drawn(bars(AGREEMENT.readings), [Mark(1, T0, {"kyiv": "breach"})])
    assert 'role="img"' in svg
    assert "<title" in svg
    assert "<desc" in svg
    for kind in ("breach", "doubtful", "cannot_tell", "none", "open"):
        assert WORDS.texts[f"beside.{kind}"] in svg


def test_a_mark_is_full_half_asked_or_open_never_by_colour_alone():
    row = bars(AGREEMENT.readings)[2:]
    pictures = {
        kind: drawn(row, [Mark(1, T0, {"kyiv": kind})]) for kind in ("breach", "doubtful", "cannot_tell", "none")
    }
    assert len(set(pictures.values())) == 4
    assert pictures["cannot_tell"].count(">?<") == 2  # the mark and the legend
    assert pictures["none"].count(">?<") == 1


def test_windows_without_an_end_or_unknown_are_drawn_as_such_and_no_time_at_all_draws_nothing():
    reading = AGREEMENT.readings[0]
    unknown = Bar(reading, None, (), ())
    assert drawn([unknown], []) == ""
    assert WORDS.texts["beside.window_unknown"] in drawn([unknown], [Mark(1, T0, {})])
    endless = Bar(reading, Interval(T0, datetime(9999, 12, 31, tzinfo=UTC)), ("a-clause",), ())
    assert span([endless], []).hours < 24
    svg = drawn([endless], [Mark(1, T0 + timedelta(days=1000), {})])
    assert "stroke-dasharray" in svg
    assert "a-clause" in svg
    assert svg.count("<line") < 60  # days are thinned out


def test_numbers_of_events_at_one_moment_stand_above_each_other_and_end_somewhere():
    svg = drawn(bars(AGREEMENT.readings), [Mark(n, T0, {}) for n in range(1, 9)])
    heights = {re.search(rf'y="([\d.]+)"[^>]*>{n}</text>', svg)[1] for n in (1, 2, 3, 4)}
    assert len(heights) == 4
    assert ">5</text>" not in svg
