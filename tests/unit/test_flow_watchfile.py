# SPDX-License-Identifier: Apache-2.0
"""Reading watch.toml: what it says is what is read; what is wrong is named with file and key."""

from datetime import UTC, datetime
from pathlib import Path

import flow_factory as made
import pytest

from truceline.errors import InputError, LimitExceeded, Malformed, NoTime, Truncated
from truceline.flow.watchfile import LONGEST, read_watch


def read(tmp_path, text=made.WATCH):
    (tmp_path / "watch.toml").write_text(text, encoding="utf-8")
    return read_watch(tmp_path)


def refused(tmp_path, text, error=InputError):
    with pytest.raises(error) as caught:
        read(tmp_path, text)
    assert caught.value.file == str(tmp_path / "watch.toml")
    return str(caught.value)


def changed(old, new):
    assert old in made.WATCH
    return made.WATCH.replace(old, new, 1)


def test_everything_it_says_is_read(tmp_path):
    found = read(tmp_path)
    assert (found.id, found.title, found.folder) == ("small", "A small watch", tmp_path)
    assert found.period.start == datetime(2026, 4, 10, tzinfo=UTC)
    assert found.period.end == datetime(2026, 4, 15, tzinfo=UTC)
    assert found.terms is None
    assert found.line == tmp_path / "line.geojson"
    assert found.extent == tmp_path / "extent.geojson"
    assert [source.kind for source in found.sources] == ["firms", "cloud", "claims"]
    assert found.of("firms")[0].options == {"satellite_days": "days.csv"}
    assert found.of("claims")[0].options == {"truce": "spring"}
    assert found.of("nothing") == ()


def test_what_is_not_stated_is_said_to_be_so(tmp_path):
    source = read(tmp_path).of("cloud")[0]
    assert (source.credit, source.licence) == ("not stated", "not stated")
    text = made.WATCH.replace('path = "cloud.csv"', 'path = "cloud.csv"\ncredit = "Ours"\nlicence = "CC0"')
    source = read(tmp_path, text).of("cloud")[0]
    assert (source.credit, source.licence) == ("Ours", "CC0")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-04-10T03:00:00+03:00", datetime(2026, 4, 10, tzinfo=UTC)),
        ('"2026-04-09T19:00:00-05:00"', datetime(2026, 4, 10, tzinfo=UTC)),
        ('"2026-04-10T05:30+05:30"', datetime(2026, 4, 10, tzinfo=UTC)),
        ("2026-04-10T00:00:00.250Z", datetime(2026, 4, 10, 0, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_times_come_in_any_zone_and_are_taken_to_utc(tmp_path, written, moment):
    found = read(tmp_path, changed("from = 2026-04-10T00:00:00Z", f"from = {written}"))
    assert found.period.start == moment
    assert found.period.start.tzinfo is UTC


@pytest.mark.parametrize("key", ["from", "to"])
@pytest.mark.parametrize(
    ("written", "error", "why"),
    [
        ("2026-04-11T00:00:00", NoTime, "names no time zone"),
        ('"2026-04-11T00:00:00"', NoTime, "names no time zone"),
        ('"yesterday"', NoTime, "not an ISO 8601 time"),
        ('""', NoTime, "not an ISO 8601 time"),
        ("2026-04-11", Malformed, "with its zone"),
        ("12:00:00", Malformed, "with its zone"),
        ("20260411", Malformed, "with its zone"),
        ("true", Malformed, "with its zone"),
        ("[2026-04-11T00:00:00Z]", Malformed, "with its zone"),
        ("0001-01-01T00:00:00+03:00", NoTime, "years 1 to 9999"),
        ("9999-12-31T23:59:59-03:00", NoTime, "years 1 to 9999"),
        ("2026-02-30T00:00:00Z", Malformed, "line"),
    ],
)
def test_a_time_that_is_none_is_refused_and_its_key_named(tmp_path, key, written, error, why):
    kept = {"from": "2026-04-10T00:00:00Z", "to": "2026-04-15T00:00:00Z"}[key]
    told = refused(tmp_path, changed(f"{key} = {kept}", f"{key} = {written}"), error)
    assert why in told
    if why != "line":
        assert f"'{key}'" in told


@pytest.mark.parametrize("end", ["2026-04-10T00:00:00Z", "2026-04-09T23:59:59Z", "2026-04-10T02:00:00+03:00"])
def test_a_period_without_length_is_refused(tmp_path, end):
    told = refused(tmp_path, changed("to = 2026-04-15T00:00:00Z", f"to = {end}"), NoTime)
    assert "is not after 'from' (2026-04-10T00:00:00Z)" in told


def test_the_longest_period_is_watched_and_no_longer_one(tmp_path):
    last = datetime(2026, 4, 10, tzinfo=UTC) + LONGEST
    found = read(tmp_path, changed("to = 2026-04-15T00:00:00Z", f"to = {last:%Y-%m-%dT%H:%M:%SZ}"))
    assert found.period.end == last
    told = refused(tmp_path, changed("to = 2026-04-15T00:00:00Z", f"to = {last:%Y-%m-%dT%H:%M}:01Z"), LimitExceeded)
    assert str(LONGEST.days) in told


@pytest.mark.parametrize("key", ["id", "title", "line", "from", "to"])
def test_a_key_that_is_not_there_is_named(tmp_path, key):
    lines = [line for line in made.WATCH.splitlines() if not line.startswith(f"{key} =")]
    assert repr(key) in refused(tmp_path, "\n".join(lines), Malformed)


@pytest.mark.parametrize("key", ["id", "title", "line", "extent", "terms"])
@pytest.mark.parametrize("written", ["3", '""', "true", '["line.geojson"]', "2026-04-11T00:00:00Z", '{a = "b"}'])
def test_text_that_is_no_text_is_refused_and_its_key_named(tmp_path, key, written):
    lines = [line for line in made.WATCH.splitlines() if not line.startswith(f"{key} =")]
    lines.insert(1, f"{key} = {written}")
    assert f"needs '{key}' as text" in refused(tmp_path, "\n".join(lines), Malformed)


@pytest.mark.parametrize("name", ["a", "easter-2026", "A.b-c", "0", "x" * 64])
def test_ids_that_a_ledger_s_name_can_hold(tmp_path, name):
    assert read(tmp_path, changed('"small"', f'"{name}"')).id == name


@pytest.mark.parametrize("name", ["-a", ".a", "a b", "a/b", "../up", "ä", "a\\n", "x" * 65, "a+b", "a_b"])
def test_ids_that_a_ledger_s_name_cannot_hold(tmp_path, name):
    assert "letters, digits, dots and dashes" in refused(tmp_path, changed('"small"', f'"{name}"'), Malformed)


@pytest.mark.parametrize("place", ["[watch]\n", "[[source]]\n"])
def test_an_unknown_key_is_named(tmp_path, place):
    assert "'colour'" in refused(tmp_path, changed(place, f"{place}colour = 1\n"), Malformed)


def test_an_unknown_table_is_named(tmp_path):
    assert "'wotch'" in refused(tmp_path, made.WATCH + "\n[wotch]\n", Malformed)


@pytest.mark.parametrize("kind", ["clod", "Firms", "", "line"])
def test_an_unknown_kind_of_source_is_refused(tmp_path, kind):
    assert "kind" in refused(tmp_path, changed('kind = "cloud"', f'kind = "{kind}"'), Malformed)


def test_an_option_of_another_kind_is_refused(tmp_path):
    told = refused(tmp_path, changed('path = "cloud.csv"', 'path = "cloud.csv"\nsatellite_days = "x"'), Malformed)
    assert "'cloud'" in told
    assert "'satellite_days'" in told


@pytest.mark.parametrize(
    "text",
    [
        'source = [1]\n[watch]\nid = "a"\n',
        'source = ["firms"]\n[watch]\nid = "a"\n',
        'source = [[{kind = "firms"}]]\n[watch]\nid = "a"\n',
        'source = {kind = "firms"}\n[watch]\nid = "a"\n',
        'source = "firms"\n[watch]\nid = "a"\n',
        'source = []\n[watch]\nid = "a"\n',
        '[watch]\nid = "a"\n',
        '[watch]\nid = "a"\n[[source]]\nkind = "cloud"\npath = "c"\n',
    ],
)
def test_without_fires_there_is_no_watch(tmp_path, text):
    assert "names no [[source]] of kind 'firms'" in refused(tmp_path, text, Malformed)


@pytest.mark.parametrize("text", ['watch = 3\n[[source]]\nkind = "firms"\n', "[[watch]]\n", "title = 'x'\n"])
def test_without_its_table_there_is_no_watch(tmp_path, text):
    assert "has no table [watch]" in refused(tmp_path, text, Malformed)


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("[watch]\nid = 'a'\nid = 'b'\n", Malformed, 3),
        ("[watch\n", Malformed, 1),
        ("[watch]\ntitle = 'a\nb'\n", Malformed, 2),
        ("a = " + "[" * 20_000, LimitExceeded, None),
        ("a = " + "9" * 5000, Malformed, None),
        ("\n", Malformed, None),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(tmp_path, text, error, line):
    with pytest.raises(error) as caught:
        read(tmp_path, text)
    assert caught.value.file == str(tmp_path / "watch.toml")
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Truncated),
        (b"\xff\xfe[watch]", Malformed),
        (b"[watch]\0", Malformed),
        (b"#" * ((1 << 20) + 1), LimitExceeded),
    ],
)
def test_bytes_that_cannot_be_a_watch(tmp_path, data, error):
    (tmp_path / "watch.toml").write_bytes(data)
    with pytest.raises(error) as caught:
        read_watch(tmp_path)
    assert "watch.toml" in str(caught.value)


def test_no_folder_a_file_for_a_folder_and_a_folder_for_a_file(tmp_path):
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match=r"watch\.toml"):
            read_watch(folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"watch\.toml"):
        read_watch(tmp_path / "file")
    (tmp_path / "watch.toml").mkdir()
    with pytest.raises(Malformed, match="not a plain file"):
        read_watch(tmp_path)


@pytest.mark.parametrize("path", ["sub/line.geojson", "../line.geojson", "./line.geojson", "a b/ü.geojson"])
def test_relative_paths_begin_at_the_folder(tmp_path, path):
    assert read(tmp_path, changed('"line.geojson"', f'"{path}"')).line == tmp_path / path


def test_absolute_paths_stay_as_they_are(tmp_path):
    found = read(tmp_path, changed('"line.geojson"', '"/somewhere/line.geojson"'))
    assert found.line == Path("/somewhere/line.geojson")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path):
    plain = read(tmp_path)
    (tmp_path / "watch.toml").write_bytes(b"\xef\xbb\xbf" + made.WATCH.replace("\n", "\r\n").encode())
    assert read_watch(tmp_path) == plain


@pytest.mark.parametrize("end", range(0, len(made.WATCH) - 60, 7))
def test_cut_short_it_is_an_input_error_or_a_shorter_watch(tmp_path, end):
    try:
        found = read(tmp_path, made.WATCH[:end])
    except InputError as error:
        assert "watch.toml" in str(error)
    else:
        assert found.of("firms")
        assert len(found.sources) < 3 or "truce" not in found.of("claims")[0].options
