# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong with a terms file: a clear error with file, line and reason, within a second."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline import terms
from truceline.errors import InputError, LimitExceeded, Malformed, NoPlace, NoTime, Truncated
from truceline.model.agreement import Agreement

MINIMAL = (Path(__file__).parents[1] / "vectors/terms/minimal.yaml").read_text("utf-8")
BOX = "[[[30, 47], [31, 47], [31, 48], [30, 48]]]"
HELD = (
    "  - {id: A, name: North, forces: N, holds: [{place: p, lon: 30.5, lat: 47.5}, {place: q, lon: 31, lat: 48},"
    " {place: r, lon: 32, lat: 47}]}\n"
)
NORTH = "  - {id: A, name: North, forces: North's forces}\n"

CASES = {
    "unknown act": ("acts: [act_of_war]", "acts: [act_of_wars]", Malformed, 26, "did you mean 'act_of_war'"),
    "a signature is no act": ("acts: [act_of_war]", "acts: [explosion]", Malformed, 26, "layer B"),
    "a benign act": ("acts: [act_of_war]", "acts: [farm_burning]", Malformed, 26, "layer B"),
    "an act twice": ("acts: [act_of_war]", "acts: [shelling, shelling]", Malformed, 26, "appears twice"),
    "no act": ("acts: [act_of_war]", "acts: []", Malformed, 26, "expected 1 to"),
    "unknown zone": ("zone: box", "zone: bocks", Malformed, 28, "unknown zone 'bocks'"),
    "unknown party": ("actors: [A]", "actors: [C]", Malformed, 27, "unknown party 'C'"),
    "a bound party twice": ("actors: [A]", "actors: [A, A]", Malformed, 27, "appears twice"),
    "unknown holder": ("held_by: [A]", "held_by: [Z]", Malformed, 35, "unknown party 'Z'"),
    "unknown exception": ("exceptions: [drill]", "exceptions: [dril]", Malformed, 23, "did you mean 'drill'"),
    "exception twice": ("exceptions: [drill]", "exceptions: [drill, drill]", Malformed, 23, "appears twice"),
    "unknown provision": ("provision: heavy", "provision: heavi", Malformed, 39, "did you mean 'heavy'"),
    "omits the unknown": ("omits: [quiet]", "omits: [quite]", Malformed, 37, "unknown provision"),
    "changes what it omits": ("omits: [quiet]", "omits: [heavy]", Malformed, 39, "unknown provision 'heavy'"),
    "adds what exists": ("- id: sea", "- id: quiet", Malformed, 46, "already exists"),
    "window backwards": ("to: 2026-01-31T00:00:00Z", "to: 2026-01-02T00:00:00Z", NoTime, 42, "ends before it starts"),
    "window without length": ("to: 2026-01-31T00:00:00Z", "to: 2026-01-03T00:00:00Z", NoTime, 42, "ends when it"),
    "time without zone": ("to: 2026-01-31T00:00:00Z", "to: 2026-01-31T00:00:00", NoTime, 42, "names no time zone"),
    "date alone": ("to: 2026-01-31T00:00:00Z", "to: 2026-01-31", NoTime, 42, "names no time zone"),
    "no time": ("to: 2026-01-31T00:00:00Z", "to: tomorrow", NoTime, 42, "not an ISO 8601"),
    "31 February": ("to: 2026-01-31T00:00:00Z", "to: 2026-02-31T00:00:00Z", NoTime, 42, "not an ISO 8601"),
    "before time began": ("from: 2026-01-03T02:00:00+02:00", "from: 0001-01-01T00:00:00+02:00", NoTime, 42, "outside the calendar"),
    "a year as time": ("to: 2026-01-31T00:00:00Z", "to: 2026", Malformed, 42, "expected a time"),
    "duplicate provision": ("- id: quiet", "- id: heavy", Malformed, 24, "first on line 17"),
    "duplicate zone": ("id: strip, kind", "id: everywhere, kind", Malformed, 11, "appears twice"),
    "duplicate reading": ("- id: narrow", "- id: plain", Malformed, 32, "appears twice"),
    "a party twice by id": ("id: B, name: South", "id: A, name: South", Malformed, 8, "appears twice"),
    "a party twice by name": ("name: South,", "name: north,", Malformed, 8, "both called 'north'"),
    "a reserved party": ("id: B, name: South", "id: neither, name: South", Malformed, 8, "reserved"),
    "one party": ("  - {id: B, name: South, forces: South's forces}\n", "", Malformed, 7, "found 1"),
    "duplicate key": ("title: T\n", "title: T\ntitle: U\n", Malformed, 3, "first on line 2"),
    "missing key": ("title: T\n", "", Malformed, 1, "'title' is missing"),
    "missing inner key": ("    zone: box\n", "", Malformed, 24, "'zone' is missing"),
    "unknown key": ("coverage_floor: 0.1", "coverage_flor: 0.1", Malformed, 5, "did you mean 'coverage_floor'"),
    "unknown inner key": ("    zone: box", "    zoon: box", Malformed, 28, "did you mean 'zone'"),
    "wrong type": ("local_offset_hours: 0", "local_offset_hours: zero", Malformed, 4, "expected a number -14 to 14"),
    "quoted number": ("local_offset_hours: 0", 'local_offset_hours: "0"', Malformed, 4, "expected a number"),
    "list for a map": ("responses:\n", "responses: []\nrest:\n", Malformed, 53, "unknown key 'rest'"),
    "map for a list": ("acts: [act_of_war]", "acts: {a: b}", Malformed, 26, "expected a list, found a map"),
    "null text": ("title: T\n", "title:\n", Malformed, 2, "expected text, found nothing"),
    "bad id": ("- id: quiet", "- id: 'not quiet'", Malformed, 24, "expected an id"),
    "probability above one": ("excused_high: 0.5", "excused_high: 1.5", Malformed, 15, "expected a number 0 to 1"),
    "probability below zero": ("excused_low: 0,", "excused_low: -0.1,", Malformed, 15, "expected a number 0 to 1"),
    "probabilities crossed": ("excused_low: 0,", "excused_low: 0.6,", Malformed, 15, "below excused_low"),
    "NaN": ("excused_high: 0.5", "excused_high: .nan", Malformed, 15, "expected a number"),
    "infinite": ("within_km: 15", "within_km: 1e999", Malformed, 11, "expected a number 0 to 1000"),
    "negative distance": ("within_km: 15", "within_km: -1", Malformed, 11, "expected a number 0 to 1000"),
    "near_line without distance": (", within_km: 15", "", Malformed, 11, "'within_km' is missing"),
    "polygon without rings": (", rings: " + BOX, "", Malformed, 12, "'rings' is missing"),
    "rings for everywhere": ("kind: everywhere", "kind: everywhere, rings: " + BOX, Malformed, 10, "belongs to polygon"),
    "unknown zone kind": ("kind: unknown", "kind: sea", Malformed, 13, "not a kind of zone"),
    "bow tie": (BOX, "[[[30, 47], [31, 48], [31, 47], [30, 48]]]", Malformed, 12, "crosses itself"),
    "no area": (BOX, "[[[30, 47], [31, 48], [32, 49]]]", Malformed, 12, "zone 'box'"),
    "two vertices": (BOX, "[[[30, 47], [31, 48], [30, 47]]]", Malformed, 12, "three different vertices"),
    "one vertex": (BOX, "[[[30, 47]]]", Malformed, 12, "expected 3 to"),
    "latitude out of range": (BOX, "[[[30, 47], [31, 47], [31, 98]]]", NoPlace, 12, "outside ±90"),
    "longitude out of range": (BOX, "[[[230, 47], [31, 47], [31, 48]]]", NoPlace, 12, "-180 to 180"),
    "a vertex of three": (BOX, "[[[30, 47, 1], [31, 47], [31, 48]]]", Malformed, 12, "expected 2 to 2"),
    "across the antimeridian": (BOX, "[[[-179, 47], [179, 47], [179, 48]]]", NoPlace, 12, "antimeridian"),
    "no reading": (MINIMAL[MINIMAL.index("readings:") : MINIMAL.index("responses:")], "readings: []\n", Malformed, 30, "1 to"),
    "a response missing": ("  A: {text: none published}\n", "", Malformed, 52, "party 'A' is missing"),
    "a response for a stranger": ("  A: {text", "  C: {text: x}\n  A: {text", Malformed, 53, "unknown party 'C'"),
    "not an address": ("https://example.org/a", "javascript:alert(1)", Malformed, 36, "expected an address"),
    "an empty change": ("changes:\n", "changes:\n      - {provision: quiet}\n", Malformed, 39, "unknown provision 'quiet'"),
    "everything omitted": ("held_by: [mediator],", "held_by: [mediator], omits: [heavy, quiet],", Malformed, 31, "every provision"),
}  # fmt: skip


def refused(text: str) -> InputError:
    started = time.process_time()
    with pytest.raises(InputError) as caught:
        terms.load(text, file="bad.yaml")
    assert time.process_time() - started < 3
    assert caught.value.file == "bad.yaml"
    assert caught.value.line is not None
    return caught.value


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_with_its_line(name):
    old, new, kind, line, said = CASES[name]
    assert MINIMAL.count(old) >= 1
    error = refused(MINIMAL.replace(old, new, 1) if name != "time without zone" else MINIMAL.replace(old, new))
    assert (type(error), error.line) == (kind, line), str(error)
    assert said in error.reason


@pytest.mark.parametrize(
    ("text", "kind", "line", "said"),
    [
        ("", Truncated, 1, "empty"),
        (" \n\t\n", Truncated, 1, "empty"),
        ("# nothing here\n", Truncated, 1, "comments"),
        ("just words", Malformed, 1, "expected a map"),
        ("[1, 2]", Malformed, 1, "expected a map"),
        ("a: \x00\x01", Malformed, 1, "not YAML text"),
        ("\x89PNG\r\n\x1a\n\x00\x00", Malformed, 1, "not YAML text"),
        ("id: t\ntitle:\n\tx: 1\n", Malformed, 3, "tab"),
        ("id: 'open", Malformed, 1, "not YAML"),
        ("a: b: c", Malformed, 1, "not YAML"),
        ("---\nid: a\n---\nid: b\n", Malformed, 3, "more than one YAML document"),
        ("id: !!python/object/apply:os.system ['true']", Malformed, 1, "tag"),
        ("id: &a t\ntitle: *a\n", Malformed, 1, "anchors"),
        ("? [a, b]\n: c\n", Malformed, 1, "a key must be a word"),
        ("[" * 5000, LimitExceeded, 1, "levels deep"),
        ("{a: " * 5000, LimitExceeded, 1, "levels deep"),
        ("- " * 5000, LimitExceeded, 1, "levels deep"),
        ("a: [" + "x, " * 20_000 + "]", LimitExceeded, 1, "more than 15,000"),
        (MINIMAL + "# " + "x" * 1_100_000, LimitExceeded, 55, "at most 262,144"),
        ("%TAG", Malformed, 1, "not YAML"),
        ('a: "\\UFFFFFFFF"', Malformed, 1, "not YAML"),
        ("!" * 100_000, Malformed, 1, "tag"),
    ],
)
def test_what_is_no_terms_file_is_refused(text, kind, line, said):
    error = refused(text)
    assert (type(error), error.line) == (kind, line), str(error)
    assert said in error.reason
    assert len(str(error)) < 600


def test_a_billion_laughs_stay_unlaughed():
    lines = ["a0: &a0 [lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "anchors" in refused("\n".join(lines)).reason


def test_swapped_coordinates_are_noticed_where_the_parties_hold_places():
    text = MINIMAL.replace(NORTH, HELD)
    assert isinstance(terms.load(text, file="m"), Agreement)
    error = refused(text.replace(BOX, "[[[47, 30], [47, 31], [48, 31], [48, 30]]]"))
    assert (type(error), error.line) == (NoPlace, 12)
    assert "swapped" in error.reason
    error = refused(text.replace("lon: 31, lat: 48", "lon: 48, lat: 31"))
    assert (type(error), error.line) == (NoPlace, 7)
    assert "q: longitude and latitude look swapped" in error.reason


def test_every_truncation_is_refused(proof_scale):
    for end in range(0, len(MINIMAL.rstrip()), 1 if proof_scale == 1 else 13):
        error = None
        try:
            terms.load(MINIMAL[:end], file="cut.yaml")
        except InputError as caught:
            error = caught
        assert error is not None, f"cut at {end} was accepted"
        assert (error.file, error.line is None) == ("cut.yaml", False)


@given(st.integers(0, len(MINIMAL) - 1), st.characters(codec="utf-8"), st.integers(0, 3))
@settings(max_examples=150)
def test_a_mutated_file_is_refused_cleanly_or_loads(position, character, removed):
    text = MINIMAL[:position] + character + MINIMAL[position + removed :]
    try:
        assert isinstance(terms.load(text, file="m"), Agreement)
    except InputError as error:
        assert error.file == "m"
        assert error.line is not None


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_any_text_is_refused_cleanly(text):
    refused(text)
