# SPDX-License-Identifier: Apache-2.0
"""Orbital elements kept up to date from a server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import flow_factory as made
import pytest
from coverage_cases import look_over, made_line
from feed_server import Feed, endless, plain, serve
from sgp4.exporter import export_tle
from test_coverage_elements import omm

from truceline.base.clock import Interval
from truceline.coverage import elements as orbits
from truceline.coverage.passes import readable
from truceline.errors import InputError, LimitExceeded, TrucelineError, UnavailableError
from truceline.flow import live
from truceline.flow import log as flow_log
from truceline.flow.fetch_elements import fetch_elements
from truceline.flow.gather import gather
from truceline.flow.seeing import scene
from truceline.flow.stages import on_time, stages
from truceline.flow.watchfile import read_watch
from truceline.model.look import ELEMENTS, Denial, elements_feed
from truceline.model.watching import ReferenceAct
from truceline.sources.feeds import elements
from truceline.sources.feeds.wire import Hands, Limits, Wire

NOW = datetime(2026, 4, 12, 12, tzinfo=UTC)
NUMBERS = ("43013", "54234")
SENSORS = {"43013": "VIIRS/NOAA-20", "54234": "VIIRS/NOAA-21"}


def fields(number="43013", epoch=NOW - timedelta(hours=5)):
    return omm(SENSORS[number], epoch)


@pytest.fixture
def feed():
    with serve(Feed()) as running:
        running.held = {number: [fields(number)] for number in NUMBERS}
        running.answer = by_number(running)
        yield running


def by_number(running):
    def answer(handler, path):
        number = next((n for n in NUMBERS if f"CATNR={n}" in path or f"/{n}." in path), None)
        found = running.held.get(number, [])
        plain(handler, json.dumps(found) if found else "No GP data found", kind="application/json")
        return True

    return answer


def fetch(feed, folder, *, now=NOW, address="/NORAD/elements/gp.php", numbers=NUMBERS, **options):
    base, paths = elements.server_and_paths(feed.address + address, numbers)
    wire = Wire(base, limits=Limits(seconds=3, tries=2, most_bytes=1 << 20), hands=Hands(sleep=lambda _: None))
    return fetch_elements(read_watch(folder), wire, paths, now=now, numbers=numbers, **options)


@pytest.fixture
def folder(tmp_path):
    return made.write(tmp_path / "watch")


def test_elements_come_and_the_watch_uses_them(feed, folder):
    found = fetch(feed, folder)
    assert (found.new, found.held, found.named, found.late, found.fault) == (2, 2, True, [], None)
    assert feed.paths[0] == "/NORAD/elements/gp.php?CATNR=43013&FORMAT=json"
    assert read_watch(folder).of("firms")[0].options["elements"] == live.ELEMENTS
    looks = gather(read_watch(folder), None, made.NOW, made.quiet).elements
    assert {look.sensor for look in looks} == set(SENSORS.values())


def test_older_elements_are_kept_and_none_stands_twice(feed, folder):
    fetch(feed, folder)
    feed.held["43013"].append(fields(epoch=NOW + timedelta(hours=20)))
    found = fetch(feed, folder, now=NOW + timedelta(days=1))
    assert (found.new, found.held) == (1, 3)
    assert len(orbits.read((folder / live.ELEMENTS).read_text(), "x")) == 3


def test_they_are_asked_for_at_most_every_two_hours(feed, folder):
    fetch(feed, folder)
    asked = len(feed.paths)
    found = fetch(feed, folder, now=NOW + timedelta(minutes=90))
    assert (found.skipped, found.held, len(feed.paths)) == (True, 2, asked)
    assert not fetch(feed, folder, now=NOW + timedelta(minutes=90), again=True).skipped
    assert not fetch(feed, folder, now=NOW + timedelta(hours=4)).skipped


@pytest.mark.parametrize(("hours", "late"), [(42, []), (50, ["VIIRS/NOAA-20", "VIIRS/NOAA-21"])])
def test_elements_older_than_twice_the_feeds_period_are_a_denial_of_the_feed(feed, folder, hours, late):
    found = fetch(feed, folder, now=NOW + timedelta(hours=hours))
    assert found.late == late
    assert [denial.sensor for denial in found.denials] == [f"elements of {name}" for name in late]
    assert json.loads((folder / live.DENIALS).read_text()) == [
        {**each, "source": "elements feed"} for each in found.plain()["denials"]
    ]
    assert {denial.interval.start for denial in found.denials} <= {NOW + timedelta(hours=43)}


def test_elements_of_another_season_are_kept_but_not_used(feed, folder):
    told = []
    found = fetch(feed, folder, now=NOW, tell=told.append)
    before = (folder / "watch.toml").read_text()
    feed.held = {number: [fields(number, NOW + timedelta(days=200))] for number in NUMBERS}
    found = fetch(feed, folder, now=NOW + timedelta(days=200))
    assert found.held == 2
    after = (folder / "watch.toml").read_text()
    assert after.replace(f'denials = "{live.DENIALS}"\n', "") == before
    assert gather(read_watch(folder), None, made.NOW, made.quiet).elements


def test_a_watch_of_the_past_does_not_name_what_it_cannot_use(feed, folder):
    feed.held = {number: [fields(number, NOW + timedelta(days=200))] for number in NUMBERS}
    before = (folder / "watch.toml").read_text()
    found = fetch(feed, folder, now=NOW + timedelta(days=200))
    assert (found.held, found.named) == (2, False)
    assert (folder / "watch.toml").read_text() == before


def test_two_line_elements_from_one_address_will_do(feed, folder):
    body = "".join(
        "\n".join([n, *export_tle(orbits.read(json.dumps([fields(n)]), "x")[0].satellite)]) + "\n" for n in NUMBERS
    )
    feed.answer = lambda handler, _path: plain(handler, body, kind="text/plain") or True
    found = fetch(feed, folder, address="/weather.txt?GROUP=weather&FORMAT=tle")
    assert (len(feed.paths), found.new, found.fault) == (1, 2, None)
    assert elements.server_and_paths("https://x.org/{number}.json", NUMBERS)[1] == ("/43013.json", "/54234.json")


def test_a_bad_pair_of_lines_and_an_epoch_to_come_cost_only_themselves(feed, folder):
    def lines(number, epoch):
        return "\n".join(export_tle(orbits.read(json.dumps([fields(number, epoch)]), "x")[0].satellite)) + "\n"

    early = NOW - timedelta(hours=60)
    body = lines("43013", early) + lines("54234", early)[:-2] + "x\n" + lines("43013", NOW + timedelta(days=9))
    feed.answer = lambda handler, _path: plain(handler, body, kind="text/plain") or True
    found = fetch(feed, folder, address="/weather.txt?GROUP=weather")
    assert (found.new, len(found.refused), found.fault) == (1, 2, None)
    assert "VIIRS/NOAA-20" in found.late


@pytest.mark.parametrize("form", ["xml", "kvn", "csv"])
def test_other_forms_of_omm_are_read_too(feed, folder, form):
    def text(number):
        one = fields(number)
        pairs = {
            "xml": "".join(f"<{key}>{value}</{key}>" for key, value in one.items()),
            "kvn": "".join(f"{key} = {value}\n" for key, value in one.items()),
            "csv": ",".join(one) + "\n" + ",".join(map(str, one.values())) + "\n",
        }[form]
        frame = {"xml": '<?xml version="1.0"?><ndm><omm>{}</omm></ndm>', "kvn": "CCSDS_OMM_VERS = 2.0\n{}", "csv": "{}"}
        return frame[form].format(pairs)

    feed.answer = lambda handler, path: plain(handler, text(next(n for n in NUMBERS if n in path))) or True
    found = fetch(feed, folder)
    assert (found.new, found.named, found.refused, found.fault) == (2, True, [], None)


def test_satellites_that_see_no_fires_are_late_by_their_own_name_and_do_not_stop_a_run(feed, folder):
    """Their passes are the coverage field's alone; the denial that they are late must be one that it knows."""
    own = '\n[[sensor]]\nname = "EYE/One"\ncatalogue = 270001\nfar_km = 300.0\ncurve = "MSI"\nfamily = "optical"\n'
    with (folder / "watch.toml").open("a") as file:
        file.write(own)
    numbers = {"40697": "MSI/Sentinel-2A", "270001": "EYE/One"}
    old = NOW - timedelta(days=4)
    held = {number: omm(epoch=old, NORAD_CAT_ID=int(number), OBJECT_NAME="X") for number in numbers}
    feed.answer = lambda handler, path: plain(handler, json.dumps([held[path.split("=")[1].split("&")[0]]])) or True
    found = fetch(feed, folder, numbers=tuple(numbers))
    assert found.late == list(numbers.values())
    assert {denial.sensor for denial in found.denials} == {elements_feed(name) for name in numbers.values()}
    watch = read_watch(folder)
    gathered = gather(watch, None, made.NOW, made.quiet)
    assert [row for row in gathered.rejected if row.source == "elements"] == []
    assert "EYE" not in repr(gathered.denials) + repr(gathered.elements)
    sights = {sight.sensor: sight.feed for sight in scene(watch, now=made.NOW).sights(ReferenceAct())}
    assert sights.items() >= {name: elements_feed(name) for name in numbers.values()}.items()


def test_a_bad_object_costs_only_itself(feed, folder):
    feed.held["43013"] += [{**fields(), "ECCENTRICITY": 3}, {"NORAD_CAT_ID": 43013}, 7]
    found = fetch(feed, folder)
    assert (found.new, len(found.refused), found.fault) == (2, 3, None)


@pytest.mark.parametrize(
    ("behave", "fault"),
    [
        (lambda h: plain(h, "<html>Blocked</html>", kind="text/html"), InputError),
        (lambda h: plain(h, ""), InputError),
        (lambda h: plain(h, "[1, 2"), InputError),
        (lambda h: plain(h, "[" * 50_000), InputError),
        (lambda h: plain(h, "GP data has not updated since your last download", status=403), UnavailableError),
        (lambda h: plain(h, "busy", status=503), UnavailableError),
        (endless, LimitExceeded),
    ],
)
def test_a_hostile_server_leaves_what_was_held(feed, folder, behave, fault):
    fetch(feed, folder)
    before = (folder / live.ELEMENTS).read_text()
    feed.answer = lambda handler, _path: behave(handler) or True
    found = fetch(feed, folder, now=NOW + timedelta(hours=9))
    assert isinstance(found.fault, fault)
    assert isinstance(found.fault, TrucelineError)
    assert (folder / live.ELEMENTS).read_text() == before


def test_a_damaged_file_of_elements_is_not_overwritten(feed, folder):
    fetch(feed, folder)
    (folder / live.ELEMENTS).write_text('{"not": "a list"}')
    with pytest.raises(InputError, match="not a list of orbital elements"):
        fetch(feed, folder, again=True)


@pytest.mark.parametrize("text", ['elements = "mine.txt"', ""])
def test_a_watchs_own_elements_stay_its_own(feed, folder, text):
    (folder / "mine.txt").write_text(json.dumps([fields()]))
    toml = (
        (folder / "watch.toml")
        .read_text()
        .replace('satellite_days = "days.csv"', f'satellite_days = "days.csv"\n{text}')
    )
    (folder / "watch.toml").write_text(toml)
    found = fetch(feed, folder)
    assert found.named is (text == "")
    assert (toml in (folder / "watch.toml").read_text()) is (text != "")


def test_the_command(feed, folder, command, tmp_path, monkeypatch):
    monkeypatch.setenv("TRUCELINE_ELEMENTS_ADDRESS", feed.address + "/gp.php")
    words = ["fetch", "elements", folder, "--satellites", "43013,54234", "--json"]
    done = command(*words, cwd=tmp_path, keys=tmp_path / "keys")
    told = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, told["held"], told["named"]) == (0, 2, True), done.stderr
    assert set(told["late"]) == set(SENSORS.values()), "these elements are of April"
    done = command("fetch", "elements", folder, "--satellites", "x", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 2


def share_of(folder, now=made.NOW):
    """Mean coverage of the truce, and the field's own, as a watch's folder gives them."""
    watch = read_watch(folder)
    memory = made.Memory()
    logged = flow_log.logged(flow_log.log(watch, gather(watch, None, now, made.quiet), {}, memory))
    run = stages(logged, memory, made.quiet)
    made_of = scene(watch, now=now)
    return run.lines[0].coverage.share, float(made_of.field(ReferenceAct()).together.mean()), run


def test_late_elements_take_their_share_from_coverage_and_later_ones_give_it_back(feed, tmp_path):
    """Without rows no orbit can be fitted: what flew from the time on at which the feed was late is not known."""
    folder = made.write(tmp_path, fires_csv=made.HEADER + "\n")
    feed.held = {number: [fields(number, NOW - timedelta(days=2))] for number in NUMBERS}
    fetch(feed, folder, now=NOW - timedelta(days=1))
    whole = share_of(folder)
    fetch(feed, folder, now=NOW + timedelta(days=3), again=True)
    late = share_of(folder)
    assert 0 < late[0] < whole[0]
    assert 0 < late[1] < whole[1]
    assert {each.sensor for each in late[2].looks} == set(SENSORS.values())  # shown all the same, as not read
    feed.held = {number: [fields(number, NOW + timedelta(days=2, hours=20))] for number in NUMBERS}
    fetch(feed, folder, now=NOW + timedelta(days=3), again=True)
    back = share_of(folder)
    assert back[0] == pytest.approx(whole[0], rel=0.05)
    assert back[1] == pytest.approx(whole[1], rel=0.05)


def test_where_rows_tell_the_orbit_it_serves_in_place_of_late_elements():
    looks = tuple(look_over(made_line(), NOW, sensor=name) for name in SENSORS.values())
    given = tuple(replace(look, basis=ELEMENTS) for look in looks)
    late = [
        Denial(elements_feed(name), Interval(NOW, NOW + timedelta(days=1)), "late", "test") for name in SENSORS.values()
    ]
    assert on_time(given, [], SENSORS.values()) == given
    assert on_time(given, late, ["VIIRS/NOAA-20"]) == given[1:]
    assert on_time(given, late[:1], SENSORS.values()) == given[1:]
    assert readable(given, late).tolist() == [False, False]
    assert readable(looks, late).tolist() == [True, True]
    assert readable(looks, [replace(late[0], sensor=looks[0].sensor)]).tolist() == [False, True]


def test_a_list_of_denials_named_by_two_sources_is_read_once(feed, folder):
    fetch(feed, folder, now=NOW + timedelta(days=3))
    once = gather(read_watch(folder), None, made.NOW, made.quiet)
    assert {denial.source for denial in once.denials} >= {"elements feed"}
    with (folder / "watch.toml").open("a") as file:
        file.write(f'\n[[source]]\nkind = "denials"\npath = "{live.DENIALS}"\n')
    twice = gather(read_watch(folder), None, made.NOW, made.quiet)
    assert (twice.denials, twice.files) == (once.denials, once.files)
