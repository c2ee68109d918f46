# SPDX-License-Identifier: Apache-2.0
"""Every part of the language of terms refuses what is wrong with file, line and reason, in under a second."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truceline import cli, terms
from truceline.errors import InputError, LimitExceeded, Malformed, NoPlace, NoTime
from truceline.flow.terms_files import read_terms_file
from truceline.model.agreement import Agreement

FULL = (Path(__file__).parents[1] / "vectors/terms/full.yaml").read_text("utf-8")
MINIMAL = (Path(__file__).parents[1] / "vectors/terms/minimal.yaml").read_text("utf-8")
QUAY = "[[[35.0, 47.9], [35.1, 47.9], [35.1, 48.0], [35.0, 48.0]]]"

CASES = {
    "a circle of definitions": ("text: Guns of 100 mm", "uses: [heavy-fire]\n    text: Guns of 100 mm", Malformed, "circle"),
    "a definition of itself": ("uses: [heavy-weapon]", "uses: [heavy-fire]", Malformed, "circle: heavy-fire → heavy-fire"),
    "a definition called like a word": ("{id: heavy-fire, text", "{id: shelling, text", Malformed, "vocabulary has that word"),
    "an unknown definition": ("uses: [heavy-weapon]", "uses: [heavy-weapons]", Malformed, "did you mean 'heavy-weapon'"),
    "an unknown weapon": ("weapons: [heavy-weapon]\n    actors", "weapons: [heavy-wepon]\n    actors", Malformed, "unknown weapon"),
    "an unknown weapon of a belt": ("to_km: 25, weapons: [artillery]}\n  - {id: strip", "to_km: 25, weapons: [cannon]}\n  - {id: strip", Malformed, "unknown weapon"),
    "an unknown class of objects": ("classes: [energy-facility]", "classes: [energy-facilities]", Malformed, "class of objects"),
    "two clauses with one id": ("{id: talks, text", "{id: guns, text", Malformed, "two clauses are called 'guns'"),
    "a step called like a provision": ("- {id: act, number: 2", "- {id: energy, number: 2", Malformed, "two clauses are called 'energy'"),
    "a retired id": ("{id: talks, text", "{id: guns-old, text", Malformed, "is retired"),
    "a retired zone": ("- {id: strip, kind", "- {id: strip-old, kind", Malformed, "is retired"),
    "one rank": ("kind: polygon, rank: 1", "kind: polygon, rank: 0", Malformed, "overlap and have the same rank"),
    "no rank": ("kind: polygon, rank: 1", "kind: polygon", Malformed, "overlap and have the same rank"),
    "a hole outside": ("holes: [[[35.1, 47.85]", "holes: [[[35.9, 47.85]", Malformed, "zone 'harbour'"),
    "a swapped line": ("[[[34.0, 48.0], [35.0, 48.0], [36.0, 48.0]]]\n    as_of", "[[[48.0, 34.0], [48.0, 35.0], [48.0, 36.0]]]\n    as_of", NoPlace, "swapped"),
    "a swapped zone": (QUAY, "[[[47.9, 35.0], [47.9, 35.1], [48.0, 35.1], [48.0, 35.0]]]", NoPlace, "swapped"),
    "a swapped object": ("lon: 35.15, lat: 48.05", "lon: 48.05, lat: 35.15", NoPlace, "swapped"),
    "a swapped site": ("    lon: 35.0\n    lat: 48.6\n", "    lon: 48.6\n    lat: 35.0\n", NoPlace, "swapped"),
    "a pole": (QUAY, "[[[35.0, 89.5], [35.1, 89.5], [35.1, 89.9]]]", NoPlace, "pole"),
    "the antimeridian": (QUAY, "[[[-179.0, 10], [179.0, 10], [179.0, 11]]]", NoPlace, "antimeridian"),
    "a bow tie of control": ("controls: [[[34.0, 48.0], [36.0, 48.0]", "controls: [[[34.0, 48.0], [36.0, 49.5]", Malformed, "party 'A'"),
    "control of both": ("forces: South's forces\n", "forces: South's forces\n    controls: [[[35.9, 48.5], [37, 48.5], [37, 49]]]\n", Malformed, "controls of 'A' and 'B' overlap"),
    "a line of one place": ("[[[34.0, 48.0], [35.0, 48.0], [36.0, 48.0]]]\n    as_of", "[[[34.0, 48.0], [34.0, 48.0]]]\n    as_of", Malformed, "no length"),
    "a line at the pole": ("[[[34.0, 48.0], [35.0, 48.0], [36.0, 48.0]]]\n    as_of", "[[[34.0, 89.5], [35.0, 89.6]]]\n    as_of", NoPlace, "pole"),
    "a line across": ("[[[34.0, 48.0], [35.0, 48.0], [36.0, 48.0]]]\n    as_of", "[[[-179.0, 48.0], [179.0, 48.0]]]\n    as_of", NoPlace, "antimeridian"),
    "coordinates that are not called so": ("geometry: coordinates", "geometry: watch", Malformed, "belongs to geometry: coordinates"),
    "a belt without end": ("side: B, to_km: 25", "side: B", Malformed, "'to_km' is missing"),
    "a belt inside out": ("from_km: 0, to_km: 25", "from_km: 30, to_km: 25", Malformed, "not below to_km"),
    "a belt of a stranger": ("side: B, to_km", "side: C, to_km", Malformed, "unknown party 'C'"),
    "a belt of an unknown line": ("line: line-2025, side", "line: line-2026, side", Malformed, "did you mean 'line-2025'"),
    "a line that replaces itself": ("replaces: line-2025", "replaces: line-now", Malformed, "unknown line 'line-now'"),
    "dates backwards": ("until: 2026-03-01T00:00:00Z", "until: 2025-03-01T00:00:00Z", NoTime, "until does not come after"),
    "a date without zone": ("since: 2025-09-19T00:00:00Z", "since: 2025-09-19", NoTime, "names no time zone"),
    "entry without zone": ("at: 2026-05-01T00:00:00+02:00\n  ends", "at: 2026-05-01T00:00:00\n  ends", NoTime, "names no time zone"),
    "entry after entry": ("at: 2026-05-01T00:00:00+02:00\n  ends", "at: day 3\n  ends", NoTime, "must be a date or unknown"),
    "an end before the entry": ("ends: entry_into_force + 90d", "ends: 2026-04-30T00:00:00Z", NoTime, "ends before it enters"),
    "an open start": ("window: {from: entry_into_force, to: open}\n    exceptions", "window: {from: open, to: open}\n    exceptions", NoTime, "only the end"),
    "no count of days": ("to: day 90", "to: day ninety", NoTime, "not an ISO 8601"),
    "done before begun": ("start_by: day 2, done_by: day 14}\n  - {id: out-B", "start_by: day 20, done_by: day 14}\n  - {id: out-B", NoTime, "done_by comes before"),
    "an empty policy": ("any_of: [{independent: 2}, two_inspectors, admission]", "any_of: []", Malformed, "empty policy is invalid"),
    "an impossible count": ("{n: 1, of: [accused_heard, reply_time_over]}", "{n: 3, of: [accused_heard, reply_time_over]}", Malformed, "between 1 and that"),
    "unknown evidence": ("- votes\n", "- voting\n", Malformed, "unknown evidence 'voting'"),
    "an unknown policy": ("all_of:\n", "every_of:\n", Malformed, "unknown policy"),
    "an unknown standard": ("standard: clear\n", "standard: clearly\n", Malformed, "unknown standard"),
    "a quorum too large": ("quorum: 2", "quorum: 4", Malformed, "can never be met"),
    "a chair who is not there": ("rule: majority", "rule: chair\n  x: 1", Malformed, "unknown key 'x'"),
    "a seat twice": ("{id: seat-b, name", "{id: seat-a, name", Malformed, "appears twice"),
    "two steps of one number": ("{id: act, number: 2", "{id: act, number: 1", Malformed, "step 1 is 'warn' already"),
    "a step after itself": ("after: warn", "after: act", Malformed, "waits for itself (act → act)"),
    "steps that wait for each other": ("    conflict: stands", "    after: act\n    conflict: stands", Malformed, "(warn → act → warn)"),
    "a trigger of no words": ("any_of:\n        - breach: {acts: [shelling]", "some_of:\n        - breach: {acts: [shelling]", Malformed, "unknown trigger 'some_of'; known: all_of, any_of, breach, continues"),
    "a trigger of one part": ("when:\n      any_of:\n        - breach: {acts: [shelling], count: 3, within_hours: 6, severity: grave, status: verified_breach}\n", "when:\n      any_of:\n", Malformed, "a list of 2 to 50 triggers"),
    "a claim as a trigger": ("status: verified_breach", "status: alleged", Malformed, "a status that can set a step off"),
    "an act that no vocabulary has in a trigger": ("{acts: [shelling], count", "{acts: [sheling], count", Malformed, "did you mean 'shelling'?"),
    "a zone that is not there in a trigger": ("zones: [quay]", "zones: [key]", Malformed, "unknown zone 'key'"),
    "a provision that is not there in a trigger": ("{provisions: [guns], z", "{provisions: [gun], z", Malformed, "unknown provision 'gun'"),
    "a step that is not there in a trigger": ("{after: warn, hours: 12}", "{after: warm, hours: 12}", Malformed, "unknown step 'warm'"),
    "a day off that is no day": ("off: [sunday, 2026", "off: [funday, 2026", Malformed, "neither a day of the week nor a date"),
    "no day left": ("off: [sunday, 2026-05-09]", "off: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]", Malformed, "no day of the week is left"),
    "a time zone that nobody knows": ("time_zone: Europe/Kyiv", "time_zone: Europe/Atlantis", Malformed, "is not known here"),
    "a time zone that is a path": ("time_zone: Europe/Kyiv", "time_zone: ../../etc/passwd", Malformed, "is not known here"),
    "thresholds crossed": ("likely: 0.55", "likely: 0.85", Malformed, "above attributed"),
    "a serial twice": ("serials: [N-1, N-2, N-3]", "serials: [N-1, N-1, N-3]", Malformed, "'N-1' appears twice"),
    "more serials than guns": ("count: 3", "count: 2", Malformed, "more serials than weapons"),
    "half a place": ("    lon: 35.0\n    lat: 48.6\n", "    lon: 35.0\n", Malformed, "both lon and lat"),
    "a word that exists": ("{id: dam_opening, layer", "{id: shelling, layer", Malformed, "exists already"),
    "a weapon of no class": ("class: balloon", "class: baloon", Malformed, "did you mean 'balloon'"),
    "a layer nobody knows": ("layer: B", "layer: D", Malformed, "not a layer"),
    "an act seen by nothing known": ("seen_by: [imagery]", "seen_by: [crystal]", Malformed, "kind of sensor"),
    "a stranger's position": ("{held_by: [B], text: They", "{held_by: [X], text: They", Malformed, "unknown party 'X'"),
    "a status nobody knows": ("status: disputed", "status: maybe", Malformed, "not a status"),
    "an unknown source": ("source: south}\n    acts", "source: north}\n    acts", Malformed, "unknown source"),
    "a change of nothing known": ("- {step: warn, trigger", "- {rung: warn, trigger", Malformed, "expected one of the keys"),
    "a change of an unknown step": ("- {step: warn, trigger", "- {step: warm, trigger", Malformed, "did you mean 'warn'"),
    "a change to a zone that cannot be": ("line: line-now, to_km: 20}", "within_km: 20}", Malformed, "belongs to near_line"),
    "a guarantor who is a party": ("{id: G, name", "{id: A, name", Malformed, "is a party"),
    "a truth that is none": ("recognises_mechanism: true", "recognises_mechanism: yes", Malformed, "true or false"),
    "half a person": ("quorum: 2", "quorum: 2.5", Malformed, "whole number"),
    "a file elsewhere": ("{id: line-now, name: Line of contact, geometry: watch", "{id: line-now, name: L, geometry: path, path: x.geojson", InputError, "was not found beside"),
}  # fmt: skip


def refused(text, attachments=None):
    started = time.process_time()
    with pytest.raises(InputError) as caught:
        terms.load(text, file="bad.yaml", attachments=attachments)
    assert time.process_time() - started < 2  # under half a second on a quiet core
    assert caught.value.file == "bad.yaml"
    return caught.value


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_with_its_line(name):
    old, new, kind, said = CASES[name]
    assert FULL.count(old) >= 1, "the case no longer fits the example"
    error = refused(FULL.replace(old, new, 1))
    assert type(error) is kind, str(error)
    assert said in error.reason
    assert error.line is not None
    before = FULL[: FULL.index(old)].count("\n") + 1
    named = re.findall(r"'([\w-]+)'", error.reason)
    lines = FULL.splitlines()
    # The fault stands where the text was changed, or where what it names stands.
    assert abs(error.line - before) <= 4 or any(word in lines[error.line - 1] for word in named), (str(error), before)


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        ("[" * 100_000, LimitExceeded, "too deep"),
        ("{", Malformed, "not JSON"),
        ("{}", Malformed, "no LineString"),
        ('{"type": "LineString", "coordinates": [[1, 2], [3, "x"]]}', Malformed, "pair of numbers"),
        ('{"type": "LineString", "coordinates": [[1, 2], [3, 95]]}', NoPlace, "±90"),
        ('{"type": "LineString", "coordinates": [[1, 2], [1, NaN]]}', InputError, ""),
    ],
)
def test_a_bad_file_beside_the_terms_is_refused_where_it_is_named(data, kind, said):
    text = MINIMAL + "lines:\n  - {id: l, name: L, geometry: path, path: l.geojson}\n"
    error = refused(text, {"l.geojson": data})
    assert isinstance(error, kind), str(error)
    assert said in error.reason
    assert error.line == 56


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        ('{"type": "Polygon", "coordinates": []}', Malformed, "without rings"),
        ('{"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [3, 2], [1, 4], [1, 2]]]}', Malformed, "crosses itself"),
        ('{"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}', Malformed, "three different"),
        ('{"type": "Polygon", "coordinates": [5]}', Malformed, "not a list"),
        ('{"type": "MultiPolygon", "coordinates": 5}', Malformed, "without rings"),
        ('{"type": "Polygon", "coordinates": [[[1, 2], [3e9, 4], [3, 2]]]}', NoPlace, "±180"),
        ('{"type": "Feature", "geometry": null}', Malformed, "no Polygon"),
    ],
)
def test_a_bad_file_of_polygons_is_refused_where_it_is_named(data, kind, said):
    rings = "rings: [[[30, 47], [31, 47], [31, 48], [30, 48]]]"
    error = refused(MINIMAL.replace(rings, "path: z.geojson"), {"z.geojson": data})
    assert isinstance(error, kind), str(error)
    assert said in error.reason
    assert error.line == 12


def test_a_vocabulary_file_is_read_and_its_faults_carry_its_own_name():
    text = MINIMAL + "vocabulary_file: words.yaml\n"
    words = "acts:\n  - {id: leafleting, layer: B, text: leaflets dropped}\n"
    found = terms.load(text.replace("[shelling]", "[leafleting]"), file="a", attachments={"words.yaml": words})
    assert found.readings[1].provisions[0].acts == ("leafleting",)
    with pytest.raises(Malformed) as caught:
        terms.load(text, file="a", attachments={"words.yaml": words.replace("leafleting", "shelling")})
    assert (caught.value.file, caught.value.line) == ("words.yaml", 2)


def test_a_hundred_megabytes_are_refused_before_they_are_read(tmp_path, capsys):
    path = tmp_path / "agreement.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    started = time.perf_counter()
    with pytest.raises(LimitExceeded) as caught:
        read_terms_file(path)
    assert time.perf_counter() - started < 1
    assert caught.value.file == str(path)
    assert cli.main(["terms", "validate", str(path), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "LimitExceeded"


def test_long_chains_of_definitions_and_many_zones_do_not_tire_it():
    chain = "\n".join(f"  - {{id: d{i}, text: t, uses: [d{(i + 1) % 1200}]}}" for i in range(1200))
    assert "circle" in refused(MINIMAL + "definitions:\n" + chain + "\n").reason
    boxes = "\n".join(
        f"  - {{id: z{i}, kind: polygon, rings: [[[{i % 20}, 1], [{i % 20 + 1}, 1], [{i % 20}, 2]]]}}"
        for i in range(400)
    )
    assert "same rank" in refused(MINIMAL.replace("exceptions:\n", boxes + "\nexceptions:\n", 1)).reason


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_mutated_file_is_refused_cleanly_or_loads(data):
    lines = FULL.splitlines(keepends=True)
    number = data.draw(st.integers(9, len(lines) - 1))
    line = lines[number]
    words = st.sampled_from(["unknown", "[]", "{}", "", "-1", "1e9", "A", "open", "day 1", "null", "[[0, 0]]", "true"])
    value = data.draw(words)
    lines[number] = re.sub(r": [^,{}\[\]\n]+", f": {value}", line, count=data.draw(st.integers(1, 3)))
    try:
        assert isinstance(terms.load("".join(lines), file="m"), Agreement)
    except InputError as error:
        assert error.file == "m"
        assert error.line is not None
