# SPDX-License-Identifier: Apache-2.0
"""Lines of the watch log: what a person keys is understood, or the word is named that was not."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.geo import WGS84
from truceline.errors import Malformed
from truceline.logbook import Known, echo, read_line
from truceline.logbook.line import MAX_CHARS, read_spot
from truceline.logbook.places import COMPASS
from truceline.model.logbook import Count, Line
from truceline.terms.vocabulary import shipped

NOW = datetime(2026, 4, 11, 21, 41, tzinfo=UTC)
KNOWN = Known(
    shipped(),
    {"A10": (37.80, 48.0), "A12": (38.0, 48.1), "array-3": None},
    {"horlivka": [(38.05, 48.3)], "ivanivka": [(37.0, 48.0), (39.0, 47.0), (38.1, 48.2)]},
    2,
)


def read(text, known=KNOWN):
    return read_line(text, known, NOW)


def test_the_line_of_the_manual():
    line = read("2140 A10 3x shelling 122mm 48.01,37.80 ±500 from W")
    (part,) = line.parts
    assert line.at == datetime(2026, 4, 11, 21, 40, tzinfo=UTC)
    assert (part.act, part.layer, part.count) == ("shelling", "B", Count(3, 3))
    assert (part.calibre_mm, part.weapon, part.from_deg, part.to_deg) == (122.0, None, 270.0, None)
    assert (line.spot.lat, line.spot.lon, line.spot.sigma_m) == (48.01, 37.80, 500.0)
    assert echo(line, KNOWN) == (
        "2026-04-11 21:40:00Z, A10; 3 × shelling (B) 122 mm from 270°; 48.0100° N 37.8000° E ± 500 m"
    )


def test_a_native_sequence_keeps_its_order():
    line = read("2140 a10 seen 1x projectile W-E, then undetermined explosion, then 2 bursts")
    assert [(p.act, p.layer, p.kind, p.count.low) for p in line.parts] == [
        ("projectile_in_flight", "A", None, 1),
        ("explosion", "A", "undetermined", 1),
        ("burst", "A", None, 2),
    ]
    assert (line.parts[0].from_deg, line.parts[0].to_deg) == (270.0, 90.0)
    assert line.post == "A10"
    assert line.sense == "seen"


def test_not_known_is_a_value_and_not_an_absence():
    line = read("2140 A10 N/Kx burst N/Kmm @N/K from N/K")
    (part,) = line.parts
    assert part.count == Count(None, None)
    assert part.weapon == "N/K"
    assert part.direction_nk
    assert line.spot is not None
    assert line.spot.lon is None
    bare = read("2140 A10 burst")
    assert bare.parts[0].count == Count(1, 1)
    assert (bare.parts[0].weapon, bare.parts[0].direction_nk, bare.spot) == (None, False, None)
    assert "N/K × burst" in echo(line, KNOWN)
    assert "place N/K" in echo(line, KNOWN)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("3x", Count(3, 3)),
        ("3", Count(3, 3)),
        ("3×", Count(3, 3)),
        ("3-5x", Count(3, 5)),
        ("~12rd", Count(12, 12, "rd", about=True)),
        (">20x", Count(21, None)),
        ("≥20x", Count(20, None)),
        ("<4x", Count(0, 3)),
        ("≤4x", Count(0, 4)),
        ("2salvos", Count(2, 2, "salvo")),
        ("20min", Count(20, 20, "min")),
        ("nkrd", Count(None, None, "rd")),
    ],
)
def test_counts_with_their_units(word, count):
    assert read(f"2140 A10 {word} shelling").parts[0].count == count


@pytest.mark.parametrize(
    ("word", "at"),
    [
        ("2140", "2026-04-11T21:40:00"),
        ("21:40:05", "2026-04-11T21:40:05"),
        ("214005", "2026-04-11T21:40:05"),
        ("2142", "2026-04-11T21:42:00"),
        ("2350", "2026-04-10T23:50:00"),
        ("10/2140", "2026-04-10T21:40:00"),
        ("31/0100", "2026-03-31T01:00:00"),
        ("2140L", "2026-04-11T19:40:00"),
        ("0010L", "2026-04-10T22:10:00"),
    ],
)
def test_times_are_the_last_such_moment_and_utc_unless_said(word, at):
    line = read(f"{word} A10 burst")
    assert line.at.isoformat()[:19] == at
    assert line.at.utcoffset() == timedelta(0)


def test_a_stretch_runs_on_past_midnight():
    line = read("2350-0010 A10 20min burst")
    assert line.until - line.at == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("place", "km", "bearing", "sigma"),
    [
        ("SE/3km", 3, 135, None),
        ("090/800m", 0.8, 90, None),
        ("A12:180/2-4km", 3, 180, 1000),
        ("@A12:N/1km", 1, 0, None),
    ],
)
def test_bearing_and_distance_from_a_post(place, km, bearing, sigma):
    line = read(f"2140 A10 burst {place}")
    start = KNOWN.posts["A12" if "A12" in place else "A10"]
    azimuth, _, metres = WGS84.inv(*start, line.spot.lon, line.spot.lat)
    assert metres == pytest.approx(km * 1000, rel=1e-3)
    assert azimuth % 360 == pytest.approx(bearing, abs=0.05)
    assert line.spot.sigma_m == sigma


def test_places_by_name_take_the_nearest_and_say_so():
    assert (read("2140 A10 burst @Horlivka").spot.lon, read("2140 A10 burst @a12").spot.lon) == (38.05, 38.0)
    line = read("2140 A12 burst @Ivanivka ±2km")
    assert (line.spot.lon, line.spot.sigma_m) == (38.1, 2000.0)
    assert "nearest of 3 of that name" in echo(line, KNOWN)
    assert read_spot("48.01N,37.8E ±20", KNOWN).sigma_m == 20
    assert read_spot("A10:E/1km", KNOWN).lat == pytest.approx(48.0, abs=1e-3)


@pytest.mark.parametrize(
    ("said", "act", "weapon", "kind"),
    [
        ("impact", "explosion", None, "impact"),
        ("shelling howitzer_152mm", "shelling", "howitzer_152mm", None),
        ("shelling 152mm", "shelling", "howitzer_152mm", None),
        ("drone fpv", "drone_strike", "fpv_drone", None),
        ("small-arms", "small_arms_fire", None, None),
        ("access denied", "access", None, "denied"),
        ("site miss", "site_visit", None, "missing"),
        ("und", "explosion", None, "undetermined"),
        ("expl air", "explosion", None, "airburst"),
        ("site_visit serials_blocked", "site_visit", None, "serials_blocked"),
        ("черга", "burst", None, None),
        ("выстрел", "shot", None, None),
    ],
)
def test_words_whole_begun_or_in_another_language(said, act, weapon, kind):
    (part,) = read(f"2140 A10 {said}").parts
    assert (part.act, part.weapon, part.kind) == (act, weapon, kind)
    assert part.layer == ("C" if act in ("access", "site_visit") else part.layer)


def test_an_agreement_s_own_words_count():
    from dataclasses import replace

    from truceline.model.taxonomy import Act, Layer

    own = shipped()
    known = replace(KNOWN, vocabulary=replace(own, acts={**own.acts, "laser": Act("laser", Layer.SIGNATURE, "laser")}))
    assert read("2140 A10 2x laser", known).parts[0].layer == "A"
    with pytest.raises(Malformed, match="'laser'"):
        read("2140 A10 2x laser")


WRONG = [
    ("2140 A10", "at least a time, a post and an act"),
    ("noon A10 burst", "word 1, 'noon': expected a time"),
    ("2560 A10 burst", "word 1, '2560': expected a time"),
    ("2140 B1 burst", "word 2, 'B1': expected a post or sensor: A10"),
    ("2140 A10 sheling", "word 3, 'sheling': expected an act.*did you mean shelling"),
    ("2140 A10 3x explosion burst", "word 5, 'burst': expected one act a part"),
    ("2140 A10 3x 4x burst", "word 4, '4x': expected one count"),
    ("2140 A10 mortar_1", "part 1 names no act|word 3"),
    ("2140 A10 burst howitz", "expected one of howitzer_122mm, howitzer_152mm"),
    ("2140 A10 burst from up", "word 5, 'up': expected a direction"),
    ("2140 A10 burst from", "expected a direction.* after it"),
    ("2140 A10 burst killed many", "word 5, 'many': expected how many people"),
    ("2140 A10 burst ±500", "needs a place beside it"),
    ("2140 A10 access", "access needs its state: free"),
    ("2140 A10 burst then access denied then", "part 3 names no act"),
    ("2140 A10 then burst", "word 3, 'then': expected an act before it"),
    ("2140 A10 air", "one of air_strike, airburst,"),
    ("2140 A10 shelling impact", "impact is said of an explosion"),
    ("2140 A10 burst 98.0,37", "word 4, '98.0,37': expected latitude,longitude"),
    ("2140 A10 burst @Nowhere", "word 4, '@Nowhere': expected a place that is known"),
    ("2140 A10 burst NEN/3km", "a bearing of 0 to 360"),
    ("2140 A10 burst N/900km", "at most 100 km"),
    ("2140 array-3 burst N/3km", "a place to measure from"),
    ("2140 array-3 burst @Ivanivka", "3 are called so"),
    ("2140 A10 burst 48,37 @Horlivka", "one place a line"),
    ("2140 A10 5-3x burst", "a range from least to most"),
    ("32/2140 A10 burst", "no day 32"),
    ("2140 A10 burst " + "x" * MAX_CHARS, f"at most {MAX_CHARS} characters"),
    ("2140 A10 " + "burst then " * 21 + "burst", "at most 20 parts"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_what_cannot_be_read_names_the_word_and_what_was_expected(text, said):
    with pytest.raises(Malformed, match=said):
        read(text)


@pytest.mark.parametrize("text", ["", "48.0 37.8", "@", "48.01,37.80 wide", "N/3km"])
def test_a_place_by_itself_is_refused_where_it_is_none(text):
    with pytest.raises(Malformed, match="expected a"):
        read_spot(text, KNOWN)


def test_harm_and_free_words():
    line = read("2140 A10 shelling killed 1 wounded 2 # two houses; #3 burns")
    assert (line.killed, line.wounded, line.note) == (1, 2, "two houses; #3 burns")
    assert "1 killed; 2 wounded" in echo(line, KNOWN)


def test_any_post_will_do_where_none_is_listed():
    assert read("2140 P-7 burst", Known(shipped())).post == "P-7"
    with pytest.raises(Malformed, match="a post"):
        read("2140 ?! burst", Known(shipped()))


@given(
    low=st.integers(0, 99999),
    layer=st.sampled_from(["explosion impact", "burst", "shelling", "access denied"]),
    lat=st.integers(-90_0000, 90_0000),
    lon=st.integers(-180_0000, 180_0000),
    sigma=st.integers(1, 99_999),
    way=st.sampled_from(sorted(COMPASS)),
    order=st.permutations(range(4)),
)
def test_the_order_of_words_after_the_post_does_not_matter(low, layer, lat, lon, sigma, way, order):
    words = [f"{low}x {layer}", f"{lat / 1e4:.4f},{lon / 1e4:.4f}", f"±{sigma}", f"to {way}"]
    line = read(" ".join(["2140 A10", *(words[n] for n in order)]))
    assert line.parts[0].count == Count(low, low)
    assert line.spot.lat == pytest.approx(lat / 1e4, abs=1e-9)
    assert line.spot.lon == pytest.approx(lon / 1e4, abs=1e-9)
    assert line.spot.sigma_m == sigma
    assert line.parts[0].to_deg == COMPASS[way]
    assert Line.from_json(line.to_json()) == line


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    try:
        line = read(f"2140 A10 {text}")
    except Malformed:
        return
    assert line.parts
    assert echo(line, KNOWN)


def test_a_day_of_889_lines_is_read_in_a_moment():
    start = time.process_time()
    for number in range(889):
        read(f"2140 A10 {number}x shelling 122mm 48.01,37.80 ±500 from W")
    assert time.process_time() - start < 5  # 0.04 s where nothing else runs
