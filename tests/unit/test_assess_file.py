# SPDX-License-Identifier: Apache-2.0
"""Events from files against terms: every row with its reasons, bad rows named, the same in four languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from truceline.assessment.judge import Judge
from truceline.cli import _assess_file, main
from truceline.errors import InputError, Malformed, UnknownFormat
from truceline.flow import assess_file, assess_sheet
from truceline.flow.terms_files import read_terms_file
from truceline.lang import catalogue
from truceline.sources.event_file import read_events
from truceline.terms.notices import load_notices

FULL = Path(__file__).parents[1] / "vectors" / "terms" / "full.yaml"
LINE = {"type": "LineString", "coordinates": [[34.0, 48.0], [36.0, 48.0]]}


def feature(name, lon=35.1, lat=48.005, time="2026-05-02T10:00:00Z", **properties):
    place = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": name, "geometry": place, "properties": {"time": time, **properties}}


def write(folder, *features, name="events.geojson"):
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


@pytest.fixture
def line(tmp_path):
    path = tmp_path / "line.geojson"
    path.write_text(json.dumps(LINE), encoding="utf-8")
    return path


def assessed(events, line=None, notices=None, terms=FULL, lang="en"):
    job = assess_file.prepare(terms, events, notices, line, lang)
    return {(row["event"], row["provision"], row["reading"]): row for row in assess_file.rows(job)}


SHELL = {"p_act": {"shelling": 0.9, "industry": 0.1}, "p_weapon": {"howitzer_152mm": 1.0}, "family": "acoustic"}


def test_a_strike_is_a_breach_where_the_object_is_protected_and_none_elsewhere(tmp_path, line):
    struck = {"p_act.drone_strike": 0.8, "p_actor": {"Southern army": 0.0, "B": 1.0}, "family": "radar"}
    found = assessed(
        write(tmp_path, feature("hit", 35.15, 48.05, **struck), feature("off", 33.0, 47.0, **struck)), line
    )
    hit = found["hit", "energy", "text"]
    assert hit["probability"] == hit["low"] == hit["high"] == 0.8
    assert hit["clause_version"] == "energy@3"
    assert hit["would_change"] == {"factor": "act", "low": 0.0, "high": 1.0}
    # One object of the list has no published place, so elsewhere nothing can be told.
    off = found["off", "energy", "text"]
    assert (off["probability"], off["cannot_tell"], off["low"], off["high"]) == (None, True, 0.0, 0.8)
    assert off["would_change"]["factor"] == "place"
    assert found["off", "guns", "text"]["probability"] == 0.0


def test_readings_part_where_their_windows_and_exceptions_do(tmp_path, line):
    early = feature("early", time="2026-05-01T02:00:00+02:00", **SHELL)
    found = assessed(write(tmp_path, early), line)
    text, south = found["early", "guns", "text"], found["early", "guns", "south"]
    assert text["high"] > 0.8
    assert (south["probability"], south["high"]) == (0.0, 0.0)
    assert "South's reading" in south["reasons"]
    assert ("early", "jamming", "south") not in found


def test_what_a_clause_permits_is_a_breach_of_nothing(tmp_path, line):
    flight = {"p_act": {"overflight": 1}, "p_weapon": {"helicopter": 1}}
    found = assessed(write(tmp_path, feature("heli", 35.1, 48.1, **flight)), line)
    assert {row["high"] for row in found.values()} == {0.0}
    assert {row["probability"] for row in found.values()} == {0.0}
    assert "permits" in found["heli", "medevac", "text"]["reasons"]


def test_a_proxy_whose_acts_are_imputed_counts_as_its_party(tmp_path, line):
    at_sea = {"lon": 35.5, "lat": 46.2, "p_act": {"maritime_incident": 1}, "family": "radar"}
    guard = feature("guard", **at_sea, p_actor={"the Guard": 1.0})
    north = feature("north", **at_sea, p_actor={"Northern army": 0.7, "neither": 0.3})
    silent = feature("silent", **at_sea)
    heat = feature("heat", **{**at_sea, "family": "thermal-infrared"}, p_actor={"A": 1.0})
    found = assessed(write(tmp_path, guard, north, silent, heat), line)
    value = {name: found[name, "sea-quiet", "south"]["probability"] for name in ("guard", "north", "silent", "heat")}
    assert value == {"guard": 0.0, "north": 0.7, "silent": None, "heat": None}
    assert "North" not in found["north", "sea-quiet", "south"]["reasons"]


NOTICES = """
notices:
  - id: drill
    kind: exercise
    by: A
    text: A drill.
    window: {from: 2026-05-02T00:00:00Z, to: 2026-05-03T00:00:00Z}
    lon: 35.1
    lat: 48.0
    radius_m: 5000
    given: GIVEN
    acknowledged: [{by: G, at: 2026-05-01T20:00:00Z}]
"""


@pytest.mark.parametrize(
    ("given", "low", "high", "said"),
    [
        ("2026-04-28T00:00:00Z", 1.0, 1.0, "Notified in time: drill."),
        (
            "2026-05-01T12:00:00Z",
            0.0,
            0.0,
            "Notified, but 36\N{NO-BREAK SPACE}hours late: drill; so it does not excuse.",
        ),
        ("unknown", 0.0, 1.0, "Notified, but whether in time is not known: drill."),
    ],
)
def test_a_notice_excuses_in_time_not_when_late_and_not_elsewhere(tmp_path, line, given, low, high, said):
    near, far = feature("near", **SHELL, p_actor={"A": 1}), feature("far", 35.6, **SHELL, p_actor={"A": 1})
    events, path = write(tmp_path, near, far), tmp_path / "notices.yaml"
    path.write_text(NOTICES.replace("GIVEN", given), encoding="utf-8")
    agreement = read_terms_file(FULL).agreement
    notices = load_notices(path.read_text("utf-8"), file="n", agreement=agreement)
    judge = Judge(read_events(events).events(0, 2), agreement, None, notices=notices)
    grounds = judge.pair(agreement.readings[0], agreement.readings[0].provisions[0]).grounds
    ground = next(g for g in grounds if g.id == "exercise")
    assert ground.excused.low == pytest.approx([low, 0.0])
    assert ground.excused.high == pytest.approx([high, 0.0])
    found = assessed(events, line, path)
    assert found["near", "guns", "text"]["high"] == pytest.approx(0.9 * (1 - low))
    assert found["far", "guns", "text"]["high"] == pytest.approx(0.9)
    assert said in found["near", "guns", "text"]["reasons"]
    assert "Notified" not in found["far", "guns", "text"]["reasons"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (feature("x", 181.0), "lon: outside ±180"),
        (feature("x", "35"), "lon: '35' is not a number"),
        (feature("x", time="2026-05-02T10:00:00"), "names no time zone"),
        (feature("x", time=None), "time: missing"),
        (feature("x", time=17), "is not a time"),
        (feature("x", time="0900-01-01T00:00:00Z"), "outside the years"),
        (feature("x", sigma_major_m=-1), "sigma_major_m: below 0"),
        (feature("x", p_act={"shelling": 1.5}), "p_act.shelling: not between 0 and 1"),
        (feature("x", p_act={"shelling": 0.7, "mining": 0.7}), "add up to more than 1"),
        (feature("x", p_act={"shelling": "much"}), "is not a number"),
        (feature("good"), "stands in row 1 already"),
        (feature("x", last="2026-05-01T00:00:00Z"), "before the first moment"),
        ({"type": "Feature", "geometry": None, "properties": {"id": "x", "time": "2026-05-02T10:00:00Z"}}, "a Point"),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": []}, "properties": None}, "a Point"),
        (17, "not a GeoJSON feature"),
    ],
)
def test_a_bad_record_is_named_with_its_reason_and_good_ones_are_kept(tmp_path, bad, reason, capsys):
    path = write(tmp_path, feature("good"), bad)
    found = read_events(path)
    assert found.ids == ["good"]
    (refused,) = found.refused
    assert (refused.row, reason in refused.reason) == (2, True), refused.reason
    assert main(["assess", "--terms", str(FULL), "--events", str(path), "--json"]) == 4
    told = capsys.readouterr()
    assert "rejected record" in told.err
    value = json.loads(told.out.splitlines()[-1])
    assert value["rejected"][0]["reason"] == refused.reason
    assert value["n_assessments"] == len(value["assessments"]) == 10


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"PAR1 and then nothing", Malformed),
        (b"lon,lat\n1,2\n", UnknownFormat),
        (b'{"type": "FeatureCollection"}', Malformed),
        (b'{"type": "Point", "coordinates": [1, 2]}', Malformed),
        (b"[" * 100_000, InputError),
        (b"", InputError),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, data, error):
    path = tmp_path / "events"
    path.write_bytes(data)
    with pytest.raises(error, match=str(path)):
        read_events(path)


def table(n=4, **more):
    when = pa.array([datetime(2026, 5, 2, 10, tzinfo=UTC)] * n, pa.timestamp("us", "UTC"))
    columns = {"id": [f"e{i}" for i in range(n)], "sensor": ["s"] * n, "family": ["acoustic"] * n,
               "kind": ["explosion"] * n, "lon": [35.1] * n, "lat": [48.005] * n, "time": when,
               "sigma_major_m": [300.0] * n, "sigma_minor_m": [100.0] * n, "bearing_deg": [10.0] * n,
               "sigma_s": [30.0] * n, "p_act.shelling": [0.9] * n, "p_actor.A": [0.5] * n}  # fmt: skip
    return pa.table({**columns, **more})


def test_parquet_has_the_same_columns_whatever_their_types(tmp_path):
    path = tmp_path / "events.parquet"
    pq.write_table(table(lat=[48.005, None, 99.0, 48.0]), path)
    found = read_events(path)
    assert (found.ids, [r.record for r in found.refused]) == (["e0", "e3"], ["e1", "e2"])
    assert found.notes == ()
    kinds = {"lon": pa.array([35, 35, 35, 35], pa.int32()), "sigma_s": pa.array([None] * 4, pa.float32()),
             "id": pa.array([7, 8, 9, 10]), "time": pa.array([datetime(2026, 5, 2)] * 4, pa.timestamp("ns")),
             "p_act.shelling": pa.array([1, 0, 1, None], pa.int8())}  # fmt: skip
    pq.write_table(table(**kinds), path)
    found = read_events(path)
    assert found.ids == ["7", "8", "9", "10"]
    assert found.notes == ("the column time names no time zone; it is taken as UTC",)
    assert found.beliefs["p_act"]["shelling"][:3].tolist() == [1, 0, 1]
    pq.write_table(table().drop_columns(["lon"]), path)
    with pytest.raises(Malformed, match="no column lon"):
        read_events(path)
    pq.write_table(table(time=pa.array(["2026-05-02T10:00:00+02:00", "noon", None, "2026-05-02T10:00:00Z"])), path)
    assert [r.record for r in read_events(path).refused] == ["e1", "e2"]
    pq.write_table(table(0), path)
    assert len(read_events(path)) == 0


def test_families_are_read_from_lists_and_texts_and_are_never_none(tmp_path):
    """What names nothing is heat for a thermal anomaly, else not stated; nothing that stands there is a fault."""
    values = ["radar", "radar, acoustic", ["b", "a", "b"], " , ", "", [], None, 7, {"x": 1}, [["c"]], True]
    kinds = ["explosion", "thermal_anomaly"]
    path = write(tmp_path, *[feature(f"{k}{n}", family=v, kind=k) for k in kinds for n, v in enumerate(values)])
    found = read_events(path).families
    named = [("radar",), ("acoustic", "radar"), ("a", "b")]
    assert found[:3] == found[11:14] == named
    assert [found[9], found[20]] == [("['c']",)] * 2
    rest = [3, 4, 5, 6, 7, 8, 10]
    assert {found[n] for n in rest} == {("not stated",)}
    assert {found[n + 11] for n in rest} == {("thermal",)}


def test_events_without_any_belief_or_error_are_assessed_too(tmp_path, capsys):
    path = write(tmp_path, feature("bare"))
    assert main(["assess", "--terms", str(FULL), "--events", str(path), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["notes"]
    assert all(row["low"] == 0.0 for row in value["assessments"])
    assert {row["probability"] for row in value["assessments"]} == {None, 0.0}


@pytest.mark.parametrize("lang", ["en", "uk", "ru", "fr"])
def test_reasons_in_each_language_and_people_can_read_them(tmp_path, lang, capsys, line):
    path = write(tmp_path, feature("e", **SHELL, p_actor={"A": 0.8, "unknown": 0.2}))
    assert main(["assess", "--terms", str(FULL), "--events", str(path), "--lang", lang, "--line", str(line)]) == 0
    told = capsys.readouterr().out
    word = {"en": "shelling", "uk": "обстріл", "ru": "обстрел", "fr": "tir d'artillerie"}[lang]
    assert word in told
    assert "people find" in told


def test_results_go_to_a_file(tmp_path, capsys):
    path = write(tmp_path, *[feature(f"e{i}", **SHELL) for i in range(3)])
    for name in ("out.parquet", "out.jsonl"):
        out = tmp_path / name
        assert main(["assess", "--terms", str(FULL), "--events", str(path), "--out", str(out), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["n_assessments"] == 30
    made = pq.read_table(tmp_path / "out.parquet").to_pylist()
    lines = [json.loads(text) for text in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["probability"] for row in made] == [row["probability"] for row in lines]
    assert set(made[0]) >= {"event", "provision", "reading", "probability", "reasons"}


def many(count, seed=5):
    """Events of all kinds about the valley: certain and not, heard, seen or both, with and without beliefs."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        act, actor = rng.dirichlet([0.3] * 3), rng.dirichlet([0.3] * 3)
        more = {
            "p_act": dict(zip(("shelling", "drone_strike", "industry"), act.tolist(), strict=True)),
            "p_actor": dict(zip(("A", "B", "unknown"), actor.tolist(), strict=True)),
            "p_weapon": {"howitzer_152mm": round(float(rng.uniform()), 3)},
            "sigma_major_m": float(rng.choice([0.0, 300.0, 4000.0])),
            "sigma_s": 60.0,
            "families": str(rng.choice(["thermal", "acoustic", "acoustic,radar"])),
        }
        kept = {key: value for key, value in more.items() if rng.uniform() < 0.8}
        place = rng.uniform(34.5, 35.6), rng.uniform(47.7, 48.3)
        found.append(feature(f'e"{number}', *place, f"2026-05-{1 + number % 30:02d}T00:00:00+02:00", **kept))
    return found


def test_what_is_said_of_an_event_does_not_depend_on_its_neighbours(tmp_path, line):
    """Sentences are written once for many events; each must read as if it had been written for its own."""
    features = many(40)
    together = assessed(write(tmp_path, *features), line, lang="fr")
    assert len({row["reasons"] for row in together.values()}) > 150
    for each in features:
        alone = assessed(write(tmp_path, each), line, lang="fr")
        assert alone == {key: row for key, row in together.items() if key[0] == each["id"]}


def test_a_table_has_the_rows_of_the_lines_in_the_same_order_however_they_are_cut(tmp_path, line, monkeypatch):
    path = write(tmp_path, *many(25))
    job = assess_file.prepare(FULL, path, None, line, "uk")
    whole = list(assess_file.rows(job))
    assert [row["event"] for row in whole[:20]] == ['e"0'] * 10 + ['e"1'] * 10
    monkeypatch.setattr(assess_file, "AT_ONCE", 7)
    monkeypatch.setattr(assess_sheet, "ROWS", 30)
    assert list(assess_file.rows(job)) == whole
    tables = [table for sheet in assess_file.sheets(job) for table in sheet.tables()]
    assert {table.num_rows for table in tables} == {30, 10}
    rows = pa.concat_tables(tables).to_pylist()
    for row, expected in zip(rows, whole, strict=True):
        change = expected.pop("would_change")
        expected.pop("factors")
        assert row == {**expected, "would_change": None if change is None else change["factor"]}


def test_many_events_tell_their_progress_and_go_into_a_folder(tmp_path, capsys, monkeypatch, line):
    path = write(tmp_path, *many(12))
    for module in (assess_file, _assess_file):
        monkeypatch.setattr(module, "AT_ONCE", 5)
    wanted = ["assess", "--terms", str(FULL), "--events", str(path), "--line", str(line), "--json"]
    assert main([*wanted, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert [text.split("s  ")[1] for text in told.err.splitlines()] == [
        f"{n} of 12 events assessed" for n in (5, 10, 12)
    ]
    summary = json.loads(told.out)
    assert summary["out"] == str(tmp_path / "assessments.parquet")
    assert pq.read_table(summary["out"]).num_rows == summary["n_assessments"] == 120
    assert main(wanted) == 0
    assert len(json.loads(capsys.readouterr().out)["assessments"]) == 120


@pytest.mark.parametrize("lang", ["en", "uk", "ru", "fr"])
def test_the_word_goes_by_the_number_as_printed(lang):
    words = catalogue(lang)
    for printed in range(1, 100):
        near = [(printed + offset) / 100 for offset in (-0.499, -0.2, 0.0, 0.3, 0.499)]
        assert len({words.chance(share, share) for share in near}) == 1, printed
        assert len({words.chance(0.0, share) for share in near}) == 1, printed
    assert len({words.chance(share, share) for share in (0.0, 0.004, 0.01, 0.99, 0.996, 1.0)}) == 6
    assert words.chance(0.445, 0.445) == words.chance(0.44, 0.44)  # not "roughly even", which begins at 45 %


def test_usage_is_refused(tmp_path, capsys):
    assert main(["assess"]) == 2
    assert main(["assess", "--terms", str(FULL)]) == 2
    assert main(["assess", str(tmp_path), "--terms", str(FULL)]) == 2
    path = write(tmp_path, feature("e"))
    assert main(["assess", "--terms", str(FULL), "--events", str(path), "--lang", "xx"]) == 2
    assert main(["assess", "--terms", str(tmp_path / "none.yaml"), "--events", str(path)]) == 3
    assert "no language" in capsys.readouterr().err


def test_many_events_are_integrated_fast_and_alike(tmp_path, monkeypatch, line):
    rng = np.random.default_rng(8)
    spots = zip(rng.uniform(34.9, 35.5, 60), rng.uniform(47.7, 48.1, 60), strict=True)
    path = write(tmp_path, *[feature(str(i), x, y, **SHELL, sigma_major_m=900.0) for i, (x, y) in enumerate(spots)])
    exact = assessed(path, line)
    monkeypatch.setattr(assess_file, "EXACT_UP_TO", 0)
    fast = assessed(path, line)
    assert exact.keys() == fast.keys()
    for key, row in exact.items():
        assert fast[key]["high"] == pytest.approx(row["high"], abs=0.004)
