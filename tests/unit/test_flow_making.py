# SPDX-License-Identifier: Apache-2.0
"""Making a watch: a folder that runs, or nothing."""

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import flow_factory as made
import pytest

from truceline.errors import ConfigError, InputError, LimitExceeded, StateError
from truceline.flow.gather import gather
from truceline.flow.making import Given, make_watch


@pytest.fixture
def given(tmp_path):
    files = made.write(tmp_path / "files")
    return Given(
        fires=files / "fires.csv",
        line=files / "line.geojson",
        satellite_days=files / "days.csv",
        cloud=files / "cloud.csv",
        claims=files / "claims.yaml",
        extent=files / "extent.geojson",
    )


def make(folder, given, **more):
    return make_watch(folder, given, now=made.NOW, **more)


def test_the_folder_runs_and_holds_copies(tmp_path, given):
    watch = make(tmp_path / "w", given)
    found = gather(watch, None, made.NOW, made.quiet)
    assert (found.rows_read, len(found.cloud), len(found.claims), len(found.extent)) == (24, 5, 1, 1)
    for copy, origin in (("fires.csv", given.fires), ("line.geojson", given.line), ("claims.yaml", given.claims)):
        assert (tmp_path / "w" / "data" / copy).read_bytes() == origin.read_bytes()


def test_moved_elsewhere_it_still_runs(tmp_path, given):
    from truceline.flow.watchfile import read_watch

    make(tmp_path / "w", given)
    for file in given.fires.parent.iterdir():
        file.unlink()
    (tmp_path / "w").rename(tmp_path / "moved")
    assert gather(read_watch(tmp_path / "moved"), None, made.NOW, made.quiet).rows_read == 24


def test_fires_line_and_claims_are_enough(tmp_path, given):
    watch = make(tmp_path / "w", Given(fires=given.fires, line=given.line, claims=given.claims))
    assert (watch.extent, watch.terms, watch.of("cloud")) == (None, None, ())
    assert watch.of("firms")[0].options.keys() == {"credit", "licence"}


def test_neither_terms_nor_claims_is_refused(tmp_path, given):
    with pytest.raises(ConfigError, match="--terms"):
        make(tmp_path / "w", replace(given, claims=None))
    assert not (tmp_path / "w").exists()


def test_a_watch_that_is_there_is_left_alone(tmp_path, given):
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "watch.toml").write_text("mine")
    with pytest.raises(StateError, match="holds a watch already"):
        make(folder, given)
    assert [path.name for path in folder.rglob("*")] == ["watch.toml"]
    assert (folder / "watch.toml").read_text() == "mine"


@pytest.mark.parametrize("which", ["fires", "line", "satellite_days", "cloud", "claims", "extent"])
@pytest.mark.parametrize("fault", ["missing", "empty", "binary"])
def test_nothing_is_written_where_a_file_is_bad(tmp_path, given, which, fault):
    path = getattr(given, which)
    path.unlink()
    if fault != "missing":
        path.write_bytes(b"" if fault == "empty" else b"\x00\xff\x01" * 40)
    with pytest.raises(InputError, match=path.name.replace(".", r"\.")):
        make(tmp_path / "w", given)
    assert not (tmp_path / "w").exists()


def test_elements_that_are_none_are_refused_before_anything_is_written(tmp_path, given):
    path = tmp_path / "elements.txt"
    path.write_text("no elements\n")
    with pytest.raises(InputError, match=r"elements\.txt"):
        make(tmp_path / "w", replace(given, elements=path))
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    "title",
    [
        'with "quotes"',
        "back\\slash",
        "Перемир'я",
        "# no comment",
        "a = 1",
        "'''",
        '"""',
        "日本語 🕊",
        "{x}",
        "%s",
        "\\u0041",
    ],
)
def test_any_title_comes_back_as_it_was_given(tmp_path, given, title):
    assert make(tmp_path / "w", given, title=title).title == title


@pytest.mark.parametrize("title", ["two\nlines", "a\tb", "a\x00b", "\x1b[31mred", "a\x7fb", "a\udcffb", "a\u2028b"])
def test_a_title_that_is_no_line_of_text_is_refused(tmp_path, given, title):
    with pytest.raises(ConfigError, match="title"):
        make(tmp_path / "w", given, title=title)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("plain", "plain"),
        ("two words", "two-words"),
        ('odd "name"', "odd-name"),
        ("-lead.", "lead"),
        ("перемирие", "watch"),
        ("x" * 90, "x" * 64),
        ("a'b\\c", "a-b-c"),
        ("...", "watch"),
    ],
)
def test_the_folder_s_name_becomes_an_id(tmp_path, given, folder, name):
    watch = make(tmp_path / "sub" / (folder if folder != "..." else "___"), given)
    assert watch.id == name
    assert watch.title == name.replace("-", " ")


def test_what_is_written_is_toml_with_times_in_utc(tmp_path, given):
    make(tmp_path / "w", given)
    document = tomllib.loads((tmp_path / "w" / "watch.toml").read_text(encoding="utf-8"))
    assert document["watch"]["from"] == datetime(2026, 4, 10, tzinfo=UTC)
    assert document["watch"]["to"] == datetime(2026, 4, 15, tzinfo=UTC)
    assert [source["kind"] for source in document["source"]] == ["firms", "cloud", "claims"]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2026-04-12T00:00:00Z", "2026-04-13T12:00:00Z", 10, 15),
        ("2026-04-08T05:00:00Z", "2026-04-13T12:00:00Z", 8, 15),
        ("2026-04-12T00:00:00Z", "2026-04-17T00:00:00Z", 10, 17),
        ("2026-04-12T00:00:00Z", "2026-04-17T00:00:01Z", 10, 18),
    ],
)
def test_the_period_holds_fires_days_and_the_whole_truce(tmp_path, given, start, end, first, last):
    text = made.CLAIMS.replace("start_utc: 2026-04-12T00:00:00Z\n", f"start_utc: {start}\n", 1)
    given.claims.write_text(text.replace("end_utc: 2026-04-13T12:00:00Z\n", f"end_utc: {end}\n", 1))
    period = make(tmp_path / "w", given).period
    assert period.start == datetime(2026, 4, first, tzinfo=UTC)
    assert period.end == datetime(2026, 4, last, tzinfo=UTC)


def test_without_a_list_of_days_the_fires_and_the_truce_decide(tmp_path, given):
    period = make(tmp_path / "w", replace(given, satellite_days=None)).period
    assert (period.start.day, period.end.day) == (10, 14)


def test_a_truce_too_long_to_watch_is_refused_before_anything_is_written(tmp_path, given):
    text = made.CLAIMS.replace("end_utc: 2026-04-13T12:00:00Z", "end_utc: 2031-04-13T12:00:00Z", 1)
    given.claims.write_text(text)
    with pytest.raises(LimitExceeded, match="days"):
        make(tmp_path / "w", given)
    assert not (tmp_path / "w").exists()


def test_fires_without_a_usable_row_give_no_dates(tmp_path, given):
    given.fires.write_text(made.HEADER + "\n")
    with pytest.raises(InputError, match="no usable row"):
        make(tmp_path / "w", given)
    given.fires.write_text(made.HEADER + "\n" + made.row(0).replace("N20", "N99") + "\n")
    with pytest.raises(InputError, match="N99"):
        make(tmp_path / "w", given)


def test_a_file_in_the_folder_s_place_is_a_fault_of_the_command_s(tmp_path, given):
    (tmp_path / "w").write_text("mine")
    with pytest.raises(ConfigError, match="cannot be made"):
        make(tmp_path / "w", given)
    assert (tmp_path / "w").read_text() == "mine"


def test_files_that_lie_in_their_place_already_stay(tmp_path, given):
    folder = tmp_path / "w"
    (folder / "data").mkdir(parents=True)
    mine = folder / "data" / "fires.csv"
    given.fires.rename(mine)
    before = mine.read_bytes()
    assert make(folder, replace(given, fires=mine)).sources[0].path == mine
    assert mine.read_bytes() == before


def test_a_line_without_title_or_source_makes_a_watch(tmp_path, given):
    given.line.write_text(json.dumps(made.LINE["geometry"]))
    assert gather(make(tmp_path / "w", given), None, made.NOW, made.quiet).lines[0].title == "Line of contact"


def test_terms_without_an_end_and_the_files_they_name_make_a_watch_that_replays(tmp_path, given):
    from pathlib import Path

    from truceline import terms
    from truceline.flow.log import _agreement

    text = (Path(__file__).parents[1] / "vectors/terms/minimal.yaml").read_text("utf-8")
    fires = [row.split(",")[5] for row in given.fires.read_text("utf-8").splitlines()[1:]]
    text = text.replace("2026-01-01T00:00:00Z", f"{min(fires)}T00:00:00Z").replace(
        "to: 2026-02-01T00:00:00Z", "to: open"
    )
    text = text.replace("2026-01-03T02:00:00+02:00", f"{min(fires)}T00:00:00Z").replace(
        "to: 2026-01-31T00:00:00Z", "to: open"
    )
    text += "lines:\n  - {id: old, name: Old, geometry: path, path: old.geojson}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "old.geojson").write_text(given.line.read_text("utf-8"), encoding="utf-8")
    watch = make(tmp_path / "w", replace(given, terms=tmp_path / "a.yaml"))
    assert (tmp_path / "w/terms/old.geojson").is_file()
    assert watch.period.hours < 24 * 60
    found = gather(watch, None, made.NOW, made.quiet)
    assert found.terms["attachments"].keys() == {"old.geojson"}
    again = _agreement(found.terms, ())
    assert again == found.agreement
    assert again.lines[0].parts
    assert (
        again.provisions[0].window.end == terms.load(text, file="a", attachments=found.terms["attachments"]).window.end
    )
