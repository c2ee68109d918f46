# SPDX-License-Identifier: Apache-2.0
"""A watch's fires kept up to date from a server: what comes, what supersedes what, what is late, what is hostile."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import flow_factory as made
import pytest
from feed_server import HEADER, KEY, Feed, bomb, endless, plain, row, serve

from truceline.errors import ConfigError, InputError, LimitExceeded, UnavailableError, UnknownFormat
from truceline.flow import live
from truceline.flow.fetch_firms import Asked, fetch_firms
from truceline.flow.gather import SUPERSEDED, gather
from truceline.flow.watchfile import read_watch
from truceline.sources.feeds import firms
from truceline.sources.feeds.wire import Hands, Limits, Wire

FIRST = date(2026, 4, 10)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]
LATER = datetime(2026, 5, 1, tzinfo=UTC)
ONE = ("VIIRS_NOAA20",)
NRT, SP = "VIIRS_NOAA20_NRT", "VIIRS_NOAA20_SP"
BOX = ((35.0, 47.0, 38.0, 49.5),)


@pytest.fixture
def feed():
    with serve(Feed()) as running:
        yield running


@pytest.fixture
def folder(tmp_path):
    """A watch whose own fire file holds other days than the feed."""
    first = [made.row(number, day=10) for number in range(4)]
    rows = [text.replace("2026-04-10", "2026-04-14").replace(",N20,", ",N21,") for text in first]
    return made.write(tmp_path / "watch", fires_csv="\n".join([made.HEADER, *rows]) + "\n", days_csv=made.DAYS)


def fetch(feed, folder, *, now=LATER, products=ONE, tries=2, key=KEY, limits=None, **changed):
    told = []
    limits = limits or Limits(seconds=3.0, tries=tries)
    wire = Wire(feed.address, (key,), limits, Hands(now=lambda: now, sleep=lambda _: None), told.append)
    asked = Asked(**({"first": FIRST, "last": DAYS[-1], "boxes": BOX, "products": products} | changed))
    found = fetch_firms(folder, asked, wire, key, now=now, tell=told.append)
    found.told = told
    return found


def areas(feed):
    return [path for path in feed.paths if "/area/" in path]


def fires(folder, name="viirs"):
    return (folder / f"data/live/{name}.csv").read_text().splitlines()


def statuses(folder, sensor="VIIRS/NOAA-20"):
    lines = [line.split(",") for line in (folder / live.DAYS).read_text().splitlines()[1:]]
    return {line[0]: (line[2], int(line[3])) for line in lines if line[1] == sensor}


def read(folder):
    return gather(read_watch(folder), None, made.NOW, made.quiet)


def hold(feed, source, days=DAYS, count=1):
    for day in days:
        feed.put(source, day, *(row(source, day, lat=48.0 + n / 100) for n in range(count)))


def test_a_watch_gets_its_days_and_uses_them(feed, folder):
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    hold(feed, NRT, count=2)
    found = fetch(feed, folder)
    assert (found.rows, found.held, found.missing, found.fault) == (10, 10, [], None)
    assert areas(feed) == [f"/api/area/csv/{KEY}/{NRT}/35,47,38,49.5/5/2026-04-10"]
    assert statuses(folder) == {day.isoformat(): ("included", 2) for day in DAYS}
    kept = read(folder)
    assert len(kept.detections) == 14
    assert kept.rejected == ()
    assert [source.path.name for source in read_watch(folder).of("firms")] == ["fires.csv", "viirs.csv"]


def test_watch_toml_is_only_added_to_and_only_once(feed, folder):
    before = (folder / "watch.toml").read_text()
    hold(feed, NRT)
    fetch(feed, folder)
    once = (folder / "watch.toml").read_text()
    fetch(feed, folder, again=True)
    assert once.startswith(before)
    assert (folder / "watch.toml").read_text() == once


def test_a_second_run_asks_only_for_what_is_missing(feed, folder):
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    hold(feed, NRT)
    fetch(feed, folder, last=DAYS[2])
    feed.paths.clear()
    found = fetch(feed, folder)
    assert areas(feed) == [f"/api/area/csv/{KEY}/{NRT}/35,47,38,49.5/2/2026-04-13"]
    assert (found.rows, found.held) == (2, 5)
    feed.paths.clear()
    fetch(feed, folder)
    assert areas(feed) == []


def test_standard_rows_supersede_near_real_time_ones_without_double_counting(feed, folder):
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    hold(feed, NRT, count=3)
    fetch(feed, folder)
    feed.available = {SP: (DAYS[0], DAYS[1]), NRT: (DAYS[2], DAYS[-1])}
    hold(feed, SP, DAYS[:2], count=2)
    found = fetch(feed, folder)
    assert (found.superseded, found.held) == (6, 2 * 2 + 3 * 3)
    versions = [line.split(",")[10] for line in fires(folder)[1:]]
    assert versions == ["2"] * 4 + ["2.0NRT"] * 9
    assert len(read(folder).detections) == 13 + 4


def test_standard_rows_supersede_also_where_the_server_lists_nothing(feed, folder):
    hold(feed, NRT, count=3)
    fetch(feed, folder)
    assert len(fires(folder)) == 16
    hold(feed, SP, DAYS[:2], count=2)
    found = fetch(feed, folder)
    assert (found.superseded, len(fires(folder))) == (6, 1 + 4 + 9)


def test_a_standard_day_without_fires_supersedes_if_the_server_lists_it(feed, folder):
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    hold(feed, NRT)
    fetch(feed, folder)
    feed.available = {SP: (DAYS[0], DAYS[0]), NRT: (DAYS[1], DAYS[-1])}
    feed.rows[SP] = {}
    found = fetch(feed, folder)
    assert (found.superseded, found.held) == (1, 4)
    assert statuses(folder)["2026-04-10"] == ("included", 0)


def test_a_day_without_rows_is_a_look_only_if_the_server_has_that_day(feed, folder):
    feed.available = {NRT: (DAYS[0], DAYS[1])}
    hold(feed, NRT, DAYS[:1])
    found = fetch(feed, folder)
    told = statuses(folder)
    assert told["2026-04-11"] == ("included", 0)
    assert told["2026-04-12"] == ("missing", 0)
    assert found.missing == [f"VIIRS_NOAA20 {day}" for day in DAYS[2:]]
    feed.available = {}
    fetch(feed, folder, again=True)
    assert statuses(folder)["2026-04-11"] == ("missing", 0)


def test_files_of_both_levels_given_by_hand_do_not_count_twice(tmp_path):
    day = DAYS[0]
    text = {"NRT": row(NRT, day), "SP": row(SP, day, lat=48.0003)}
    watch = made.WATCH + '\n[[source]]\nkind = "firms"\npath = "more.csv"\n'
    early = "\n".join([HEADER, text["NRT"], row(NRT, DAYS[1])]) + "\n"
    folder = made.write(tmp_path, watch_toml=watch, fires_csv=early, more_csv=f"{HEADER}\n{text['SP']}\n")
    found = read(folder)
    assert len(found.detections) == 2
    assert [rejected.reason for rejected in found.rejected] == [SUPERSEDED]
    assert found.rows_read == 3


def test_modis_and_viirs_go_into_files_of_their_own(feed, folder):
    hold(feed, NRT)
    hold(feed, "MODIS_NRT")
    fetch(feed, folder, products=tuple(firms.PRODUCTS))
    assert "brightness" in fires(folder, "modis")[0]
    assert "bright_ti4" in fires(folder)[0]
    assert len(read(folder).detections) == 14
    assert statuses(folder, "MODIS/Terra")["2026-04-10"] == ("included", 1)
    assert statuses(folder, "MODIS/Aqua")["2026-04-10"] == ("included", 0)


def test_an_area_over_the_antimeridian_is_asked_for_in_two(feed, folder):
    assert firms.boxes(178, -20, 183, -15) == ((177.99, -20.01, 180.0, -14.99), (-180.0, -20.01, -176.99, -14.99))
    assert firms.boxes(-185, 60, -175, 70)[1][0] == -180.0
    assert firms.boxes(-180, -10, 180, 10) == ((-180.0, -10, 180.0, 10),)
    hold(feed, NRT)
    fetch(feed, folder, boxes=firms.boxes(178, -20, 183, -15), last=FIRST)
    assert [path.split("/")[6] for path in areas(feed)][:2] == [
        "177.99,-20.01,180,-14.99",
        "-180,-20.01,-176.99,-14.99",
    ]


def test_what_the_feed_cannot_know_yet_is_a_denial(feed, folder):
    now = datetime(2026, 4, 12, 10, tzinfo=UTC)
    feed.available = {NRT: (DAYS[0], DAYS[2])}
    hold(feed, NRT)
    found = fetch(feed, folder, now=now)
    assert [(str(d.interval.start), str(d.interval.end)) for d in found.denials] == [
        ("2026-04-12 07:00:00+00:00", "2026-04-13 00:00:00+00:00")
    ]
    assert found.late == []
    assert "later passes were not in the feed yet" in found.denials[0].reason
    kept = read(folder)
    assert any(d.source == "FIRMS feed" and d.sensor == "VIIRS/NOAA-20" for d in kept.denials)
    hold(feed, NRT, count=2)
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    feed.paths.clear()
    found = fetch(feed, folder)
    assert areas(feed)[0].endswith("/4/2026-04-11"), "11 April was not yet settled"
    assert found.denials == ()


@pytest.mark.parametrize(("hours", "late"), [(23, False), (25, True)])
def test_a_feed_late_by_twice_its_period_is_a_denial(feed, folder, hours, late):
    heard = datetime(2026, 4, 11, 1, 13, tzinfo=UTC)
    hold(feed, NRT, DAYS[:2])
    now = heard + timedelta(hours=hours)
    found = fetch(feed, folder, now=now, last=DAYS[2])
    assert found.late == (["VIIRS/NOAA-20"] if late else [])
    if late:
        denial = next(d for d in found.denials if "late" in d.reason)
        assert (denial.interval.start, denial.interval.end) == (heard, now)
        assert "twice its period of 12 h" in denial.reason
        assert denial in live.write_denials(folder, "another feed", ())


def test_a_quiet_area_is_not_late_while_the_server_lists_the_day(feed, folder):
    feed.available = {NRT: (DAYS[0], DAYS[2])}
    found = fetch(feed, folder, now=datetime(2026, 4, 12, 22, tzinfo=UTC))
    assert found.late == []


def test_a_stretch_of_the_past_is_never_late(feed, folder):
    hold(feed, NRT, DAYS[:2])
    assert fetch(feed, folder).late == []


def test_the_key_is_nowhere(feed, folder):
    def answer(handler, path):
        if "/area/" not in path:
            return False
        day = date.fromisoformat(path.rsplit("/", 1)[1])
        bad = row(NRT, day).replace("48.0,", f"{KEY},")
        plain(handler, f"{HEADER},note\n{row(NRT, day)},{KEY}\n{bad},x\n")
        return True

    feed.answer = answer
    found = fetch(feed, folder, last=FIRST)
    assert len(found.refused) >= 1
    text = json.dumps(found.plain()) + "".join(found.told) + repr(found.fault)
    for path in (folder / "data").rglob("*"):
        text += path.read_text() if path.is_file() else path.name
    assert KEY not in text
    assert KEY not in (folder / "watch.toml").read_text()


def test_a_key_that_is_refused_ends_the_run_and_keeps_what_was_good(feed, folder):
    hold(feed, NRT)
    fetch(feed, folder, last=DAYS[1])
    before = fires(folder)
    found = fetch(feed, folder, key="f" * 32)
    assert isinstance(found.fault, ConfigError)
    assert "FIRMS_MAP_KEY" in str(found.fault)
    assert "f" * 32 not in str(found.fault)
    assert fires(folder) == before
    assert len(areas(feed)) <= 4


@pytest.mark.parametrize("text", [None, "", "  ", "with space", "x" * 200, "кей"])
def test_a_key_that_is_none(text):
    with pytest.raises(ConfigError) as caught:
        firms.check_key(text)
    assert not (text or "").strip() or text not in str(caught.value)


HOSTILE = {
    "a page for people": (lambda h: plain(h, "<!DOCTYPE html><h1>Maintenance</h1>", kind="text/html"), UnknownFormat),
    "nothing": (lambda h: plain(h, ""), InputError),
    "other columns": (lambda h: plain(h, "a,b,c\n1,2,3\n"), InputError),
    "a row cut short": (lambda h: plain(h, f"{HEADER}\n{row(NRT, FIRST)}\n48.1,37.5,330"), InputError),
    "a last field cut off": (lambda h: plain(h, f"{HEADER}\n{row(NRT, FIRST)[:-1]}"), InputError),
    "short": (lambda h: plain(h, f"{HEADER}\n", headers=(("Content-Length", "90000"),)), InputError),
    "endless": (endless, LimitExceeded),
    "a bomb": (lambda h: bomb(h, 9), LimitExceeded),
    "elsewhere": (
        lambda h: plain(h, "", status=302, headers=(("Location", "http://evil.example/"),)),
        UnavailableError,
    ),
    "down": (lambda h: plain(h, "busy", status=503), UnavailableError),
    "too many": (lambda h: plain(h, "Exceeding allowed transaction limit"), UnavailableError),
    "binary": (lambda h: plain(h, bytes(range(256)) * 50), InputError),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_server_costs_little_and_what_was_good_is_kept(feed, folder, kind):
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    hold(feed, NRT, count=2)
    assert fetch(feed, folder, last=DAYS[1]).fault is None
    behave, fault = HOSTILE[kind]
    feed.answer = lambda handler, path: "/area/" in path and (behave(handler) or True)
    limits = Limits(seconds=3.0, tries=2, most_bytes=1 << 20)
    found = fetch(feed, folder, days=1, limits=limits)
    assert isinstance(found.fault, fault)
    assert len(areas(feed)) <= 1 + 2 * limits.tries, "a server that is down is left alone"
    assert len(fires(folder)) == 1 + 4
    assert statuses(folder)["2026-04-14"] == ("missing", 0)
    assert len(read(folder).detections) == 8
    feed.answer = None
    again = fetch(feed, folder)
    assert (again.fault, len(fires(folder))) == (None, 11)


def test_rows_that_were_not_asked_for_are_refused_one_by_one(feed, folder):
    good = row(NRT, FIRST)
    bad = [
        row(NRT, FIRST, lat=10.0),
        row(NRT, FIRST - timedelta(days=3)),
        row("VIIRS_SNPP_NRT", FIRST),
        "1,2,3",
        good.replace("2026-04-10", "10 April"),
        good.replace("48.0", "north", 1),
    ]
    feed.put(NRT, FIRST, good, *bad)
    found = fetch(feed, folder, last=FIRST)
    assert (found.rows, len(found.refused), found.fault) == (1, 6, None)
    kept = (folder / "data/live/refused.txt").read_text()
    assert "was not asked for" in kept
    assert "outside the area" in kept


WRONG = {
    "swapped": {"lat": 37.5, "lon": 48.0},
    "of another country": {"lat": -33.0},
    "not a number": {"lon": "NaN"},
    "of another day": {},
}


@pytest.mark.parametrize("how", WRONG)
def test_a_day_of_which_no_row_can_be_used_is_not_a_day_without_fires(feed, folder, how):
    """The server lists the day and sends rows of it, but none that is what was asked for: nobody knows what burned."""
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    bad = [row(NRT, day - timedelta(days=300 if how == "of another day" else 0), **WRONG[how]) for day in DAYS]
    for day, text in zip(DAYS, bad, strict=True):
        feed.put(NRT, day, text)
    found = fetch(feed, folder)
    assert isinstance(found.fault, InputError)
    assert "of 5 rows none can be used" in found.fault.reason
    assert len(found.missing) == 5
    assert not (folder / "data/live/viirs.csv").exists()
    if how == "of another day":
        return
    feed.put(NRT, DAYS[0], bad[0], row(NRT, DAYS[0]))
    feed.put(NRT, DAYS[1])
    feed.rows[NRT][DAYS[3]] = []
    some = fetch(feed, folder)
    assert some.fault is None
    assert [line.split()[1] for line in some.missing] == [DAYS[2].isoformat(), DAYS[4].isoformat()]
    assert statuses(folder)[DAYS[3].isoformat()] == ("included", 0)
    assert len(some.refused) == 3
    feed.put(NRT, DAYS[2])
    feed.put(NRT, DAYS[4])
    assert fetch(feed, folder).missing == []


def test_too_many_requests_are_no_bad_key_whatever_the_status(feed, folder):
    hold(feed, NRT)
    said = "Exceeding allowed transaction limit. Wait 10 minutes."
    feed.answer = lambda handler, path: "/area/" in path and (plain(handler, said, status=403) or True)
    fault = fetch(feed, folder).fault
    assert isinstance(fault, UnavailableError)
    assert "transaction limit" in fault.reason


def test_a_source_the_server_does_not_offer_is_passed_over(feed, folder):
    hold(feed, NRT)
    refuse = lambda handler, path: "_SP/" in path and (plain(handler, "Invalid source.", status=400) or True)  # noqa: E731
    feed.answer = refuse
    found = fetch(feed, folder)
    assert found.not_offered == {SP: "the server answers 400: Invalid source."}
    assert (found.held, found.fault) == (5, None)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 3}', '{"VIIRS_NOAA20_NRT": {"2026-04-10": {}}}', "\0"])
def test_a_damaged_state_only_means_fetching_again(feed, folder, text):
    hold(feed, NRT)
    fetch(feed, folder)
    (folder / "data/live/firms/state.json").write_text(text)
    found = fetch(feed, folder)
    assert (found.rows, found.held) == (5, 5)


def test_another_area_is_fetched_anew_and_until_then_nobody_looked_there(feed, folder):
    feed.available = {NRT: (DAYS[0], DAYS[-1])}
    hold(feed, NRT)
    fetch(feed, folder, boxes=((37.0, 48.0, 38.0, 49.0),))
    feed.paths.clear()
    feed.answer = lambda handler, path: "/area/" in path and (plain(handler, "", status=500) or True)
    found = fetch(feed, folder)
    assert areas(feed)[-1].split("/")[-2] == "5"
    assert {status for status, _ in statuses(folder).values()} == {"missing"}
    assert len(found.missing) == 5
    feed.answer = None
    assert fetch(feed, folder).missing == []


def test_a_run_for_one_product_keeps_what_is_held_of_the_others(feed, folder):
    other = "VIIRS_SNPP_NRT"
    hold(feed, NRT)
    hold(feed, other)
    now = datetime(2026, 4, 14, 12, tzinfo=UTC)
    both = fetch(feed, folder, products=("VIIRS_SNPP", *ONE), now=now)
    before = [(folder / name).read_bytes() for name in (live.DAYS, live.DENIALS, "data/live/viirs.csv")]
    assert fetch(feed, folder, products=("VIIRS_SNPP",), now=now).held == both.held == 10
    assert [(folder / name).read_bytes() for name in (live.DAYS, live.DENIALS, "data/live/viirs.csv")] == before


def test_a_server_that_knows_the_future_does_not_hide_that_it_is_late(feed, folder):
    now = datetime(2026, 4, 11, 3, tzinfo=UTC)
    feed.available = {NRT: (DAYS[0], date(2099, 1, 1))}
    hold(feed, NRT, days=DAYS[:1])
    feed.put(NRT, DAYS[1], row(NRT, DAYS[1], minute="2359"))
    found = fetch(feed, folder, now=now)
    assert [reason for _, reason, _ in found.refused] == ["is later than now"]
    assert found.late == ["VIIRS/NOAA-20"]
    assert statuses(folder)["2026-04-11"] == ("missing", 0)
    feed.put(NRT, DAYS[1], row(NRT, DAYS[1], minute="0113"))
    assert fetch(feed, folder, now=now).late == []
    assert (folder / "data/live/refused.txt").read_bytes() == b""


def test_the_command_fetches_and_says_what_came(feed, folder, command, monkeypatch, tmp_path):
    hold(feed, NRT)
    monkeypatch.setenv("FIRMS_MAP_KEY", KEY)
    words = ["fetch", "firms", folder, "--address", f"{feed.address}/api/area/csv/", "--products", "viirs_noaa20_nrt"]
    done = command(*words, "--json", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["rows"], told["held"], told["error"]) == (5, 5, None)
    assert KEY not in done.stdout + done.stderr
    feed.answer = lambda handler, _path: plain(handler, "busy", status=503) or True
    done = command(*words, "--json", "--again", "--tries", "1", cwd=tmp_path, keys=tmp_path / "keys")
    assert done.returncode == 6
    assert json.loads(done.stdout.splitlines()[-1])["error"]["error"] == "UnavailableError"
    done = command(*words, "--area", "37,48,37.1,48.1", cwd=tmp_path, keys=tmp_path / "keys")
    assert (done.returncode, "leaves out part of the watch's line" in done.stderr) == (2, True)
    monkeypatch.delenv("FIRMS_MAP_KEY")
    done = command(*words, cwd=tmp_path, keys=tmp_path / "keys")
    assert (done.returncode, "FIRMS_MAP_KEY is not set" in done.stderr) == (2, True)
