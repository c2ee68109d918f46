# SPDX-License-Identifier: Apache-2.0
"""A watch that names archives of peace years: they are read, logged, used, and a replay needs no file of them."""

import hashlib
import json

import flow_factory as made
import numpy as np
import pytest

from truceline.base.canonical import canonical
from truceline.errors import InputError, Malformed
from truceline.flow.archives import joined, peace_years
from truceline.flow.gather import gather
from truceline.flow.log import log, logged
from truceline.flow.stages import stages
from truceline.flow.watchfile import read_watch
from truceline.watch import versions

HEADER = "latitude,longitude,acq_date"


def archive(year, *, lon=36.5, count=60, spoilt=0):
    """One year's fires within half a degree of the small watch's line; some rows no fire."""
    rng = np.random.default_rng(year)
    first = np.datetime64(f"{year}-01-01")
    rows = [
        f"{48.2 + y:.5f},{lon + x:.5f},{first + int(day)}"
        for x, y, day in zip(*rng.uniform(-0.5, 0.5, (2, count)), rng.integers(0, 365, count), strict=True)
    ]
    return "\n".join([HEADER, *rows, *["91.00001,400.00001,never"] * spoilt]) + "\n"


def watch_of(*names, source='kind = "baseline"\npath = "{}"\ncredit = "NASA FIRMS"\n'):
    return made.WATCH + "".join(f"\n[[source]]\n{source.format(name)}" for name in names)


def gathered(folder):
    return gather(read_watch(folder), None, made.NOW, made.quiet)


def ran(folder):
    watch, ledger = read_watch(folder), made.Memory()
    held = log(watch, gather(watch, None, made.NOW, made.quiet), versions(), ledger)
    return held, stages(logged(held), ledger, made.quiet), ledger


@pytest.fixture
def folder(tmp_path):
    made.write(tmp_path, watch_toml=watch_of("peace.csv", "more.csv"))
    (tmp_path / "peace.csv").write_text(archive(2019, spoilt=2) + archive(2020).split("\n", 1)[1])
    (tmp_path / "more.csv").write_text(archive(2020) + archive(2021).split("\n", 1)[1])
    return tmp_path


def test_years_of_all_archives_are_joined(folder):
    archives = peace_years(read_watch(folder))
    assert [(held.rows, held.rejected) for held in archives] == [(122, 2), (120, 0)]
    both, parts = joined(archives)
    assert {year: len(fires) for year, fires in both.items()} == {2019: 60, 2020: 60, 2021: 60}
    assert parts == ()


def test_a_year_of_which_months_are_missing_is_left_out_and_said(folder):
    rows = archive(2021).split("\n")[1:-1]
    (folder / "more.csv").write_text(
        "\n".join([HEADER, *(row for row in rows if not "2021-03" < row[-10:] < "2021-08")])
    )
    told = []
    found = gather(read_watch(folder), None, made.NOW, told.append)
    assert found.around.years == (2019, 2020)
    assert [text for text in told if text.endswith("hold only parts of them: 2021")]


@pytest.mark.parametrize(
    ("moved", "why"),
    [
        (lambda lat, lon: (lat, lon + 25), "right archive"),
        (lambda lat, lon: (lat - 60, lon), "right archive"),
        (lambda lat, lon: (lon, lat), "swapped"),
    ],
)
def test_an_archive_of_another_country_is_told_by_name(folder, moved, why):
    rows = [row.split(",") for row in archive(2021).split("\n")[1:-1]]
    text = [",".join(map(str, (*moved(float(lat), float(lon)), day))) for lat, lon, day in rows]
    (folder / "more.csv").write_text("\n".join([HEADER, *text]))
    told = []
    gather(read_watch(folder), None, made.NOW, told.append)
    (text,) = (each for each in told if "has no fires" in each)
    assert text.startswith("more.csv ")
    assert why in text


def test_each_archive_is_named_with_its_hash_and_counts_no_row_of_the_watch(folder):
    found = gathered(folder)
    entries = [entry for entry in found.files if entry["kind"] == "baseline"]
    assert [entry["rejected"] for entry in entries] == [2, 0]
    assert entries[0]["sha256"] == hashlib.sha256((folder / "peace.csv").read_bytes()).hexdigest()
    assert entries[0]["credit"] == "NASA FIRMS"
    assert found.rows_read == 24


def test_surroundings_are_logged_after_the_detections_and_come_back(folder):
    held, _, _ = ran(folder)
    assert list(held)[-2:] == ["detection", "surroundings"]
    (index, body), last = held["surroundings"][0], held["detection"][-1][0]
    assert index == last + 1
    assert len(body["truce"]) == len(held["detection"])
    assert canonical(body)
    inside, found = logged(held), gathered(folder)
    assert inside.around.years == (2019, 2020, 2021)
    np.testing.assert_array_equal(inside.around.truce, found.around.truce)


def test_events_name_their_mode_and_what_was_not_used(folder):
    six = [archive(year).split("\n", 1)[1] for year in range(2016, 2022)]
    (folder / "more.csv").write_text("\n".join([HEADER, *six]))
    _, results, ledger = ran(folder)
    events = results.events
    truce = np.array([event.body["attributes"]["mode"] == "truce" for event in ledger.records if event.kind == "event"])
    window = logged(ran(folder)[0]).agreement.window
    start = np.datetime64(window.start.replace(tzinfo=None))
    np.testing.assert_array_equal(
        truce, (events.last >= start) & window.holds(events.first) | window.holds(events.last)
    )
    assert 0 < truce.sum() < len(truce)
    told = {event.body["attributes"]["not_used"] for event in ledger.records if event.kind == "event"}
    assert all(text.endswith("weather, land use, population") for text in told)
    assert not any("seasons" in text for text in told)


def test_a_replay_needs_the_ledger_alone(folder):
    held, results, ledger = ran(folder)
    for path in folder.glob("*.csv"):
        path.unlink()
    read_back = {kind: [(i, json.loads(canonical(body))) for i, body in pairs] for kind, pairs in held.items()}
    before = len(ledger.records)
    again = stages(logged(read_back), ledger, made.quiet)
    assert len(ledger.records) == before
    np.testing.assert_array_equal(again.events.p_act["act_of_war"], results.events.p_act["act_of_war"])


def test_without_an_archive_no_record_of_it_is_kept(tmp_path):
    held, results, _ = ran(made.write(tmp_path))
    assert held["surroundings"] == []
    assert logged(held).around is None
    assert all(text.startswith("seasons of peace years") for text in results.events.attributes["not_used"])


def test_an_archive_of_another_country_changes_no_belief(tmp_path):
    plain = ran(made.write(tmp_path / "a"))[1].events
    far = made.write(tmp_path / "b", watch_toml=watch_of("far.csv"))
    (far / "far.csv").write_text(archive(2019, lon=100.0))
    events = ran(far)[1].events
    np.testing.assert_array_equal(events.p_act["act_of_war"], plain.p_act["act_of_war"])
    assert all(text.startswith("seasons of peace years") for text in events.attributes["not_used"])


@pytest.mark.parametrize(
    ("text", "word"), [("a,b\n1,2\n", "column"), ("PAR1 and then nothing", "parquet"), ("", "empty")]
)
def test_an_archive_that_cannot_be_read_is_refused_by_name(tmp_path, text, word):
    made.write(tmp_path, watch_toml=watch_of("bad.csv"))
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(InputError, match=word) as refused:
        gathered(tmp_path)
    assert "bad.csv" in str(refused.value.file)


def test_an_option_it_does_not_have_is_refused(tmp_path):
    made.write(tmp_path, watch_toml=watch_of("x.csv") + 'weather = "w.csv"\n')
    with pytest.raises(Malformed, match="'weather'"):
        gathered(tmp_path)
