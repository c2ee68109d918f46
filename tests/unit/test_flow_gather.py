# SPDX-License-Identifier: Apache-2.0
"""Every file of a watch, read: what cannot be used is named, what can is kept, and all rows are counted."""

import hashlib
import json
import shutil
from datetime import datetime, timedelta

import flow_factory as made
import pytest

from truceline.errors import ConfigError, InputError, LimitExceeded, Malformed, NoTime, Truncated
from truceline.flow.gather import gather
from truceline.flow.watchfile import read_watch

FILES = ("line.geojson", "extent.geojson", "fires.csv", "days.csv", "cloud.csv", "claims.yaml")
ELEMENTS = 'satellite_days = "days.csv"\nelements = "elements.txt"'


def got(folder, line=None):
    return gather(read_watch(folder), line, made.NOW, made.quiet)


def csv(*rows):
    return "\n".join([made.HEADER, *rows]) + "\n"


def two(**changed):
    """A watch of two fire files."""
    return made.WATCH + '\n[[source]]\nkind = "firms"\npath = "more.csv"\n' + changed.pop("extra", "")


def test_everything_is_read_and_counted(tmp_path):
    found = got(made.write(tmp_path))
    assert (found.rows_read, len(found.detections), found.rejected) == (24, 24, ())
    assert [line.name for line in found.lines] == ["watch"]
    assert (found.lines[0].title, found.lines[0].uncertainty_km) == ("The test line", 2.0)
    assert len(found.extent) == 1
    assert len(found.cloud) == 5
    assert [claim.value for claim in found.claims] == [12]
    assert found.agreement.id == "spring"
    assert found.terms["form"] == "ceasefire"
    assert {denial.sensor for denial in found.denials} == {"VIIRS/NOAA-20", "VIIRS/NOAA-21"}
    assert all("2026-04-14" in str(denial.interval.start) for denial in found.denials)


def test_each_file_s_bytes_are_named_by_their_hash(tmp_path):
    found = got(made.write(tmp_path))
    by_kind = {entry["kind"]: entry for entry in found.files}
    assert set(by_kind) == {"firms", "satellite_days", "cloud", "claims"}
    for kind, name in (("firms", "fires.csv"), ("satellite_days", "days.csv"), ("cloud", "cloud.csv")):
        assert by_kind[kind]["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert by_kind["firms"]["rows"] == 24
    assert by_kind["cloud"]["rows"] == 5


def test_no_entry_names_the_machine_s_folders(tmp_path):
    found = got(made.write(tmp_path / "deep" / "watch"), tmp_path / "deep" / "watch" / "line.geojson")
    assert {entry["file"] for entry in found.files} == {f"watch/{n}" for n in FILES[2:]}
    told = json.dumps([dict(e) for e in found.files]) + repr([(x.source, x.file, x.title) for x in found.lines])
    assert str(tmp_path) not in told


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_there_is_named(tmp_path, name):
    (made.write(tmp_path) / name).unlink()
    with pytest.raises(InputError, match=name.replace(".", r"\.")) as caught:
        got(tmp_path)
    assert "No such file" in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_is_refused(tmp_path, name):
    (made.write(tmp_path) / name).write_bytes(b"")
    with pytest.raises(Truncated, match=name.replace(".", r"\.")):
        got(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_a_file_s_place_is_refused(tmp_path, name):
    (made.write(tmp_path) / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(Malformed, match="not a plain file"):
        got(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("data", [b"\x00\x01\x02\xff" * 50, b"\xff\xd8\xff\xe0 a picture", b"{]", b"one,two\n1,2\n"])
def test_another_kind_of_file_is_refused_and_named(tmp_path, name, data):
    (made.write(tmp_path) / name).write_bytes(data)
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        got(tmp_path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path, monkeypatch):
    made.write(tmp_path)
    with (tmp_path / "line.geojson").open("r+b") as file:
        file.truncate((1 << 26) + 1)  # sparse: nothing is written
    with pytest.raises(LimitExceeded, match=r"line\.geojson"):
        got(tmp_path)


@pytest.mark.parametrize("key", ["line", "extent"])
def test_a_path_with_a_nul_is_refused(tmp_path, key):
    text = made.WATCH.replace(f'"{key}.geojson"', '"a\\u0000b"')
    with pytest.raises(InputError, match="cannot be read"):
        got(made.write(tmp_path, watch_toml=text))


def test_the_line_given_comes_first_and_the_watch_s_own_stays(tmp_path):
    made.write(tmp_path)
    other = json.loads(json.dumps(made.LINE))
    other["properties"] = {}
    other["geometry"]["coordinates"][0] = [36.01, 48.01]
    path = tmp_path / "precise.geojson"
    path.write_text(json.dumps(other))
    found = got(tmp_path, path)
    assert [line.name for line in found.lines] == ["given", "towns"]
    first = found.lines[0]
    assert first.line.parts[0][0] == (36.01, 48.01)
    assert (first.title, first.uncertainty_km) == ("The line given", 0.0)
    assert "its source is not stated" in first.source


def test_a_line_of_another_theatre_is_refused(tmp_path):
    far = json.loads(json.dumps(made.LINE))
    far["geometry"]["coordinates"] = [[100.0, 10.0], [101.0, 10.5]]
    with pytest.raises(InputError, match=r"line\.geojson"):
        got(made.write(tmp_path, line_geojson=json.dumps(far)))


def test_without_an_extent_nothing_is_said_of_it(tmp_path):
    text = made.WATCH.replace('extent = "extent.geojson"\n', "")
    assert got(made.write(tmp_path, watch_toml=text, extent_geojson=None)).extent == ()


def test_without_cloud_there_is_no_table_and_two_are_too_many(tmp_path):
    part = '[[source]]\nkind = "cloud"\npath = "cloud.csv"\n'
    assert part in made.WATCH
    assert got(made.write(tmp_path, watch_toml=made.WATCH.replace(part, ""))).cloud == ()
    with pytest.raises(ConfigError, match="one source of kind 'cloud'"):
        got(made.write(tmp_path, watch_toml=made.WATCH + part))


def test_a_truce_that_the_claims_file_does_not_hold_is_refused(tmp_path):
    """Else every claim would be left out without a word."""
    text = made.WATCH.replace('truce = "spring"', 'truce = "sprnig"')
    with pytest.raises(Malformed, match="'sprnig'") as caught:
        got(made.write(tmp_path, watch_toml=text))
    assert caught.value.file.endswith("claims.yaml")


def test_a_truce_outside_the_period_is_not_the_watch_s(tmp_path):
    text = made.WATCH.replace("to = 2026-04-15", "to = 2026-04-12")
    with pytest.raises(InputError, match="no truce that overlaps"):
        got(made.write(tmp_path, watch_toml=text))


def test_claims_of_another_truce_are_left_out(tmp_path):
    entry, said = made.CLAIMS.split("claims:\n")
    later = entry.split("ceasefires:\n")[1].replace("spring", "autumn").replace("2026-04", "2026-09")
    text = entry + later + "claims:\n" + said + said.replace("spring", "autumn").replace("2026-04", "2026-09")
    watch = made.WATCH.replace('truce = "spring"\n', "")
    found = got(made.write(tmp_path, claims_yaml=text, watch_toml=watch))
    assert [claim.truce for claim in found.claims] == ["spring"]


def test_terms_that_are_a_claims_file_give_its_truce(tmp_path):
    text = made.WATCH.replace('line = "line', 'terms = "terms.yaml"\nline = "line').split(
        '[[source]]\nkind = "claims"'
    )[0]
    found = got(made.write(tmp_path, watch_toml=text, terms_yaml=made.CLAIMS))
    assert (found.agreement.id, found.terms["form"]) == ("spring", "ceasefire")
    assert found.claims == ()


def test_bad_rows_are_counted_and_the_good_ones_kept(tmp_path):
    good, bad = made.rows(), made.row(50).replace("N20", "N99")
    found = got(made.write(tmp_path, fires_csv=csv(*good[:5], bad, *good[5:])))
    assert (found.rows_read, len(found.detections), len(found.rejected)) == (25, 24, 1)
    assert (found.rejected[0].line, found.rejected[0].raw) == (7, bad)


def test_no_fire_at_all_is_a_watch_too(tmp_path):
    found = got(made.write(tmp_path, fires_csv=made.HEADER + "\n"))
    assert (found.rows_read, len(found.detections)) == (0, 0)
    assert {denial.sensor for denial in found.denials} == {"VIIRS/NOAA-20", "VIIRS/NOAA-21"}


def test_two_fire_files_are_joined_in_their_order(tmp_path):
    rows = made.rows()
    made.write(tmp_path, watch_toml=two(), fires_csv=csv(*rows[:10]), more_csv=csv(*rows[10:]))
    found = got(tmp_path)
    whole = got(made.write(tmp_path / "whole"))
    assert (found.rows_read, len(found.detections), found.rejected) == (24, 24, ())
    assert found.detections.lon.tolist() == whole.detections.lon.tolist()
    assert found.detections.time.tolist() == whole.detections.time.tolist()


def test_a_row_that_stands_in_two_files_counts_once(tmp_path):
    rows = made.rows()
    found = got(made.write(tmp_path, watch_toml=two(), fires_csv=csv(*rows[:10]), more_csv=csv(*rows[8:])))
    assert found.rows_read == 26
    assert (len(found.detections), len(found.rejected)) == (24, 2)
    assert [r.line for r in found.rejected] == [2, 3]
    assert [r.reason for r in found.rejected] == [f"duplicate of {tmp_path.name}/fires.csv:{n}" for n in (10, 11)]
    assert all(r.file == f"{tmp_path.name}/more.csv" for r in found.rejected)


@pytest.mark.parametrize("column", [0, 1, 5, 6, 7, 11])
def test_rows_that_differ_in_what_was_measured_are_no_duplicates(tmp_path, column):
    first = made.row(0).split(",")
    other = list(first)
    other[column] = {0: "48.01", 1: "36.77", 5: "2026-04-11", 6: "1111", 7: "N21", 11: "9.9"}[column]
    found = got(made.write(tmp_path, watch_toml=two(), fires_csv=csv(",".join(first)), more_csv=csv(",".join(other))))
    assert (len(found.detections), len(found.rejected)) == (2, 0)


def test_a_day_of_which_no_row_can_be_used_is_not_observed_whatever_the_list_says(tmp_path):
    """The list calls the day included and gives no count; its rows came, and all of them are broken."""
    rows = [row.replace(",N20,", ",N21,") for row in made.rows()]
    broken = made.row(0).replace(",2026-04-10,", ",2026-04-12,").replace("48.", "NaN", 1)
    whole, torn = (
        got(made.write(tmp_path / name, fires_csv=csv(*rows, *more))) for name, more in (("a", ()), ("b", (broken,)))
    )
    assert len(torn.rejected) == 1
    (denied,) = [denial for denial in torn.denials if denial not in whole.denials]
    assert (denied.sensor, denied.interval.start.day, denied.interval.hours) == ("VIIRS/NOAA-20", 12, 24)
    assert "none could be used" in denied.reason


def test_the_same_file_twice_is_all_duplicates(tmp_path):
    text = csv(*made.rows())
    found = got(made.write(tmp_path, watch_toml=two(), fires_csv=text, more_csv=text))
    assert (found.rows_read, len(found.detections), len(found.rejected)) == (48, 24, 24)


def test_a_list_of_days_named_beside_two_files_says_nothing_twice(tmp_path):
    rows = made.rows()
    text = two(extra='satellite_days = "days.csv"\n')
    found = got(made.write(tmp_path, watch_toml=text, fires_csv=csv(*rows[:9]), more_csv=csv(*rows[9:])))
    once = got(made.write(tmp_path / "once"))
    assert found.denials == once.denials


def test_the_order_of_files_changes_no_set_of_detections(tmp_path):
    rows = made.rows()
    one = got(made.write(tmp_path / "a", watch_toml=two(), fires_csv=csv(*rows[:12]), more_csv=csv(*rows[8:])))
    two_ = got(made.write(tmp_path / "b", watch_toml=two(), fires_csv=csv(*rows[8:]), more_csv=csv(*rows[:12])))

    def places(found):
        columns = (found.detections.lon, found.detections.lat, found.detections.time)
        return sorted(zip(*(column.tolist() for column in columns), strict=True))

    assert places(one) == places(two_)
    assert one.denials == two_.denials


@pytest.mark.parametrize("text", ["no elements\n", "1 25544U\n2 25544\n", "{}", "<omm></omm>"])
def test_elements_that_are_none_are_refused_and_named(tmp_path, text):
    watch = made.WATCH.replace('satellite_days = "days.csv"', ELEMENTS)
    with pytest.raises(InputError, match=r"elements\.txt"):
        got(made.write(tmp_path, watch_toml=watch, elements_txt=text))


def test_reading_twice_gives_the_same(tmp_path):
    made.write(tmp_path)
    one, other = got(tmp_path), got(tmp_path)
    assert [r.body for r in one.detections.records()] == [r.body for r in other.detections.records()]
    assert (one.files, one.denials, one.claims, one.terms) == (other.files, other.denials, other.claims, other.terms)


def test_elements_years_old_are_rejected_and_the_orbit_is_fitted(tmp_path):
    watch = made.WATCH.replace('satellite_days = "days.csv"', ELEMENTS)
    old = {
        "NORAD_CAT_ID": 43013, "EPOCH": "2019-01-01T00:00:00", "MEAN_MOTION": 14.19, "ECCENTRICITY": 0.0001,
        "INCLINATION": 98.7, "RA_OF_ASC_NODE": 0, "ARG_OF_PERICENTER": 0, "MEAN_ANOMALY": 0, "BSTAR": 0,
    }  # fmt: skip
    found = got(made.write(tmp_path, watch_toml=watch, elements_txt=json.dumps(old)))
    assert found.elements == ()
    assert [(r.source, r.line) for r in found.rejected if r.source == "elements"] == [("elements", 1)]
    assert "days from the watch" in found.rejected[-1].reason


def swap(row):
    first, second, rest = row.split(",", 2)
    return f"{second},{first},{rest}"


@pytest.mark.parametrize("extent", [True, False])
def test_a_file_with_its_axes_swapped_is_blamed_itself(tmp_path, extent):
    text = made.WATCH if extent else made.WATCH.replace('extent = "extent.geojson"\n', "")
    made.write(tmp_path, watch_toml=text, fires_csv=csv(*map(swap, made.rows())))
    with pytest.raises(Malformed, match="latitude and longitude look swapped in 24 rows") as caught:
        got(tmp_path)
    assert (caught.value.file, caught.value.line) == (f"{tmp_path.name}/fires.csv", 2)


def test_a_line_with_its_axes_swapped_is_told_so(tmp_path):
    turned = json.loads(json.dumps(made.LINE))
    turned["geometry"]["coordinates"] = [[lat, lon] for lon, lat in turned["geometry"]["coordinates"]]
    with pytest.raises(InputError, match=r"axes of the line.*look swapped") as caught:
        got(made.write(tmp_path, line_geojson=json.dumps(turned)))
    assert caught.value.file.endswith("line.geojson")


def test_half_a_file_swapped_keeps_the_other_half(tmp_path):
    rows = made.rows()
    made.write(tmp_path, fires_csv=csv(*map(swap, rows[::2]), *rows[1::2]))
    found = got(tmp_path)
    assert (len(found.detections), len(found.rejected)) == (12, 12)
    assert all("look swapped" in row.reason for row in found.rejected)


def test_a_line_without_a_source_is_told_by_its_file_and_day(tmp_path):
    bare = json.loads(json.dumps(made.LINE))
    bare["properties"] = {"date": "2026-04-11"}
    found = got(made.write(tmp_path, line_geojson=json.dumps(bare)))
    named = f"the file {tmp_path.name}/line.geojson, dated 2026-04-11; its source is not stated in it"
    assert found.lines[0].source == named


BESIDE = made.WATCH.replace('path = "fires.csv"', 'path = "fires.csv"\ndenials = "denied.json"')
"""A watch whose list of denials stands beside its fires."""


@pytest.mark.parametrize("text", [BESIDE, made.WATCH + '\n[[source]]\nkind = "denials"\npath = "denied.json"\n'])
def test_a_run_publishes_no_denial_of_a_watch_s_own_sensors_and_not_where(tmp_path, text):
    ring = [[36.0, 48.0], [36.2, 48.0], [36.2, 48.2]]
    span = {"start": "2026-04-11T00:00:00Z", "end": "2026-04-11T06:00:00Z", "source": "operator"}
    listed = [
        {**span, "sensor": "mic 3", "reason": "jammed by the tower"},
        {**span, "sensor": "drone 1", "reason": "jammed", "sectors": [1]},
        {**span, "sensor": "VIIRS/NOAA-20", "reason": "dazzled at the bridge", "area": [ring]},
        {**span, "sensor": "MSI/Sentinel-2A", "reason": "not taken"},
        {**span, "sensor": "elements of OLI/Landsat-8", "reason": "late"},
    ]
    found = got(made.write(tmp_path, watch_toml=text, denied_json=json.dumps(listed)))
    assert {entry["kind"] for entry in found.files} <= {"firms", "satellite_days", "cloud", "claims"}
    mine = [denial for denial in found.denials if denial.source == "operator"]
    assert [denial.sensor for denial in mine] == ["MSI/Sentinel-2A", "VIIRS/NOAA-20", "elements of OLI/Landsat-8"]
    said = repr([denial.record() for denial in found.denials])
    for word in ("mic 3", "drone", "tower", "bridge", "36.2", "jammed"):
        assert word not in said
    assert not any(denial.local for denial in found.denials)
    assert len(found.all_denials) == len(found.denials) + 2
    assert {denial.sensor for denial in found.all_denials if denial.local} == {"drone 1", "VIIRS/NOAA-20"}


def shifted(text, hours):
    """Fires whose clocks are that many hours ahead."""
    names, *rows = (line.split(",") for line in text.splitlines())
    day, clock = names.index("acq_date"), names.index("acq_time")
    for row in rows:
        read = datetime.fromisoformat(f"{row[day]}T{row[clock]}") + timedelta(hours=hours)
        row[day], row[clock] = read.date().isoformat(), read.strftime("%H%M")
    return "\n".join(",".join(row) for row in (names, *rows)) + "\n"


@pytest.mark.parametrize("hours", [1, 2, 3, -3, 5.5])
def test_fires_of_another_clock_are_refused(tmp_path, repository, hours):
    """No word of the file is wrong, and each fire would stand hours away from when it burned."""
    folder = tmp_path / "watch"
    shutil.copytree(repository / "examples" / "easter-truce-2026", folder)
    text = (folder / "data/fires.csv").read_text()
    (folder / "data/fires.csv").write_text(shifted(text, 0))
    assert len(got(folder).detections) > 1_900
    (folder / "data/fires.csv").write_text(shifted(text, hours))
    with pytest.raises(NoTime, match="are they UTC") as caught:
        got(folder)
    assert (caught.value.file, caught.value.line) == ("data/fires.csv", 2)


def test_a_cloud_table_of_another_time_is_refused(tmp_path):
    with pytest.raises(NoTime, match="2024-04-10 to 2024-04-14") as caught:
        got(made.write(tmp_path / "watch", cloud_csv=made.CLOUD.replace("2026", "2024")))
    assert caught.value.file == "watch/cloud.csv"
    some = "\n".join(made.CLOUD.splitlines()[:2]) + "\n"
    assert len(got(made.write(tmp_path / "some", cloud_csv=some)).cloud) == 1
