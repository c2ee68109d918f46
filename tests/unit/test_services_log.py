# SPDX-License-Identifier: Apache-2.0
"""The log in a ledger: whose it is to keep, to read, and what is left of it when the ledger is opened again."""

from __future__ import annotations

import io
import json
import shlex
import time
from dataclasses import asdict
from datetime import datetime

import pytest
from desk_world import Clock, watch_folder

from truceline.cli import main
from truceline.errors import AccessError, Malformed, StateError, UnavailableError
from truceline.logbook.line import read_spot
from truceline.logbook.patrols import HUMANITARIAN
from truceline.model.case import ROLES, Actor
from truceline.services.desk import open_desk, read_people
from truceline.services.log import PERMIT_OF_ENTRY
from truceline.services.posts import Towns, read_posts

POSTS = "posts:\n  - {id: A10, lon: 37.80, lat: 48.0}\n  - {id: array-3}\n"
PEOPLE_MORE = "  - {user: wim, role: watch_officer}\n"


@pytest.fixture
def folder(tmp_path, repository):
    folder = watch_folder(tmp_path, repository)
    (folder / "posts.yaml").write_text(POSTS)
    (folder / "people.yaml").write_text((folder / "people.yaml").read_text() + PEOPLE_MORE)
    line = repository / "examples" / "easter-truce-2026" / "data" / "line.geojson"
    (folder / "line.geojson").write_bytes(line.read_bytes())
    return folder


@pytest.fixture
def desk(folder, tmp_path):
    clock = Clock()
    with open_desk(folder, keys=tmp_path / "keys", clock=clock) as opened:
        yield opened, clock


def key(desk, user, text, **more):
    opened, clock = desk
    clock.forward(seconds=1)
    return opened.logbook.key(opened.person(user), opened.now(), text, **more)


def test_what_was_keyed_is_still_there_when_the_ledger_is_opened_again(folder, tmp_path):
    clock = Clock()
    with open_desk(folder, keys=tmp_path / "keys", clock=clock) as opened:
        desk = opened, clock
        index, entry, said = key(desk, "wanda", "1959 A10 3x shelling 122mm SE/3km ±500 from W # over the ridge")
        assert said.startswith("2026-05-02 19:59:00Z, A10; 3 × shelling (B) 122 mm from 270°")
        clock.forward(seconds=5)
        opened.logbook.correct(opened.person("wim"), opened.now(), entry.id, "1959 A10 4x shelling", "a fourth")
        body = opened.store.read("log")[0][1]
        assert body["data"]["line"] == "1959 A10 3x shelling 122mm SE/3km ±500 from W # over the ridge"
        before = opened.logbook.book
    with open_desk(folder, keys=tmp_path / "keys", clock=clock) as again:
        assert again.logbook.book.lines == before.lines
        assert again.logbook.book.lines[entry.id].superseded is not None
        assert again.store.read("log")[0][0] == index


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"watch_officer", "analyst"}))
def test_nobody_else_keeps_the_log_and_the_refusal_is_logged(role, desk):
    opened, clock = desk
    actor = Actor("x", role, "A", "seat", "secret", ("A",))
    for kind in PERMIT_OF_ENTRY:
        clock.forward(seconds=1)
        with pytest.raises(AccessError, match="may not write"):
            opened.logbook.do(actor, kind, opened.now(), {})
    assert [body["allowed"] for _, body in opened.store.read("access")] == [False] * len(PERMIT_OF_ENTRY)
    assert opened.store.read("log") == opened.store.read("mine") == []


def test_an_analyst_keys_lines_but_keeps_no_watch(desk):
    key(desk, "anna", "1959 A10 burst")
    with pytest.raises(AccessError, match="may not write the handover"):
        desk[0].logbook.hand_over(desk[0].person("anna"), desk[0].now())


def _people(opened):
    return read_people(opened.watch.folder / "people.yaml").items()


def test_positions_are_the_monitors_and_never_the_parties(desk):
    opened, clock = desk
    spot = asdict(read_spot("48.02,37.81", opened.logbook.known))
    opened.logbook.do(
        opened.person("wanda"), "depart", opened.now(), {"patrol": "P4", "every_minutes": 30, "spot": spot}
    )
    key(desk, "wanda", "2000 A10 burst SE/3km")
    key(desk, "wanda", "2000 P4 shot seen SE/1km")  # a patrol that is out is a post
    clock.forward(minutes=31)
    told = {user: opened.logbook.view(actor, opened.now()) for user, actor in _people(opened)}
    told["public"] = opened.logbook.view(Actor("public", "public", clearance="public"), opened.now())
    for user in ("wanda", "anna", "aud"):
        assert told[user]["patrols"][0]["spot"]["lon"] == 37.81
        assert told[user]["lines"][0]["understood"]["spot"] is not None
    for user in ("lia", "lib", "gus", "olga", "adam", "public"):
        assert set(told[user]) == {"mines"}
    assert "patrols" not in told["sam"]  # the secretariat reads the log, and no place in it
    assert all(line["understood"]["spot"] is None and line["keyed"] is None for line in told["sam"]["lines"])
    assert "37.8" not in json.dumps([told[user] for user in ("sam", "lia", "lib", "gus", "olga", "public")])


def test_a_mine_is_everybody_s_at_once_with_its_exception_and_without_its_finder(desk):
    opened, _ = desk
    spot = asdict(read_spot("48.0123,37.8123 ±20", opened.logbook.known))
    opened.logbook.do(opened.person("wanda"), "mine", opened.now(), {"spot": spot, "what": "an anti-tank mine"})
    views = [opened.logbook.view(actor, opened.now())["mines"] for actor in dict(_people(opened)).values()]
    views.append(opened.logbook.view(Actor("public", "public", clearance="public"), opened.now())["mines"])
    (mine,) = views[0]
    assert all(view == [mine] for view in views)
    assert (mine["lat"], mine["lon"], mine["exception"]) == (48.0123, 37.8123, HUMANITARIAN)
    assert "wanda" not in json.dumps(mine)


def test_a_lost_contact_is_recorded_once_by_whoever_looks(desk):
    opened, clock = desk
    opened.logbook.do(opened.person("wanda"), "depart", opened.now(), {"patrol": "P4", "every_minutes": 30})
    clock.forward(minutes=29)
    assert opened.logbook.tick(opened.now()) == []
    clock.forward(minutes=2)
    (lost,) = opened.logbook.tick(opened.now())
    assert (lost.by.role, lost.data) == ("machine", {"patrol": "P4"})
    assert opened.logbook.tick(opened.now()) == []
    (patrol,) = opened.logbook.view(opened.person("wanda"), opened.now())["patrols"]
    assert (patrol["state"], patrol["left_minutes"]) == ("lost", -1.0)


def test_a_handover_holds_what_the_shift_adds_up_to_with_coverage_beside_it(desk):
    opened, clock = desk
    key(desk, "wanda", "1959 A10 3x explosion then 1x shelling")
    opened.logbook.do(opened.person("wanda"), "question", opened.now(), {"text": "who fired?"})
    with pytest.raises(StateError, match="no handover waits"):
        opened.logbook.take_over(opened.person("wim"), opened.now())
    clock.forward(seconds=1)
    _, half = opened.logbook.hand_over(opened.person("wanda"), opened.now(), "fog")
    told = half.data["summary"]
    assert told["layers"]["A"]["counts"][0] | {"lines": 1} == told["layers"]["A"]["counts"][0]
    assert told["layers"]["A"]["coverage"]["share"] is None
    assert "not watched" in told["layers"]["B"]["coverage"]["why"]
    assert [question["text"] for question in told["questions"]] == ["who fired?"]
    clock.forward(minutes=1)
    opened.logbook.take_over(opened.person("wim"), opened.now())
    assert [body["entry"] for _, body in opened.store.read("handover")] == ["handover", "take_over"]


def test_coverage_of_the_newest_run_stands_beside_the_counts(desk):
    opened, _ = desk
    hours = [0.0] * 18 + [0.1, 0.3, 0.5, 0.7] + [0.9] * 2
    body = {"share": 0.31, "act": "a fire of 5 MW", "from": "2026-05-02T00:00:00Z", "by_hour": hours}
    opened.logbook.load(lambda kind: [(4, body)] if kind == "coverage" else [])
    at = datetime.fromisoformat
    shift = opened.logbook.coverage(at("2026-05-02T18:30:00+00:00"), at("2026-05-02T20:30:00+00:00"))
    assert shift["share"] == round((0.5 * 0.1 + 0.3 + 0.5 * 0.5) / 2, 4)  # of these two hours, not of the truce
    assert (shift["reference_act"], shift["record"]) == ("a fire of 5 MW", 4)
    assert shift["period"] == "2026-05-02T18:30:00Z to 2026-05-02T20:30:00Z"
    longer = opened.logbook.coverage(at("2026-05-02T23:00:00+00:00"), at("2026-05-03T02:00:00+00:00"))
    assert (longer["share"], longer["hours_not_reckoned"]) == (0.9, 2.0)
    later = opened.logbook.coverage(at("2026-05-03T06:00:00+00:00"), at("2026-05-03T08:00:00+00:00"))
    assert later["share"] is None
    assert "nobody can say yet" in later["why"]
    old = {key: body[key] for key in ("share", "act")}
    opened.logbook.load(lambda kind: [(4, old)] if kind == "coverage" else [])
    assert opened.logbook.coverage(None, at("2026-05-03T08:00:00+00:00"))["share"] is None


def test_where_the_ledger_cannot_be_written_nothing_happened(desk, monkeypatch):
    opened, _ = desk

    def full(records):
        raise UnavailableError("the disk is full")

    monkeypatch.setattr(opened.logbook, "_append", full)
    with pytest.raises(UnavailableError):
        key(desk, "wanda", "1959 A10 burst")
    assert opened.logbook.book.lines == {}
    monkeypatch.undo()
    key(desk, "wanda", "1959 A10 burst")


def test_a_day_of_889_entries_stays_quick(desk):
    opened, clock = desk
    start = time.process_time()
    for number in range(889):
        clock.forward(seconds=40)
        key(desk, "wanda", f"2000 A10 {number}x shelling 122mm 48.01,37.80 ±500 from W")
    assert time.process_time() - start < 30  # 1.3 s where nothing else runs
    assert len(opened.logbook.book.standing()) == 889


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("posts: 3", "expected one key, posts"),
        ("post: []", "expected one key, posts"),
        ("posts: [3]", "expected a map of id"),
        ("posts: [{id: A, lon: 1}]", "belong together"),
        ("posts: [{id: A, lon: 200, lat: 1}]", "belong together"),
        ("posts: [{id: A, lon: yes, lat: 1}]", "belong together"),
        ("posts: [{id: A}, {id: A}]", "stands twice"),
        ("posts: [{id: A, colour: red}]", "expected a map of id"),
    ],
)
def test_a_bad_list_of_posts_is_refused(text, said, tmp_path):
    (tmp_path / "posts.yaml").write_text(text)
    with pytest.raises(Malformed, match=said):
        read_posts(tmp_path / "posts.yaml")


def test_posts_and_towns(folder, tmp_path):
    assert read_posts(folder / "posts.yaml") == {"A10": (37.80, 48.0), "array-3": None}
    assert read_posts(tmp_path / "none.yaml") == {}
    towns = Towns(folder / "line.geojson")
    ((lon, lat),) = towns["horlivka"]
    assert (lon, lat) == pytest.approx((38.05, 48.3), abs=0.1)
    assert len(towns) == len(list(towns)) > 100


@pytest.fixture
def run(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))

    def run(*words, code=0, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert main([*words[:2], str(folder), *words[2:], "--json"]) == code, capsys.readouterr().err
        out = capsys.readouterr()
        return json.loads(out.out.splitlines()[-1]) if out.out else out.err

    return run


def test_a_shift_from_the_command_line(run):
    wanda, wim = ("--as", "wanda"), ("--as", "wim")
    first = run("log", "add", "0000", "A10", "3x", "explosion", *wanda)
    assert first["understood"].endswith("A10; 3 × explosion (A)")
    assert "word 3, 'shellng'" in run("log", "add", "0000 A10 shellng", *wanda, code=3)
    assert "say so (--again)" in run("log", "add", "0000 A10 3x explosion", *wim, code=5)
    run("log", "add", "0000 A10 3x explosion", "--again", *wim)
    typed = "0001 A10 2x burst\n\n0002 A10 nonsense\n0003 A10 access denied\n"
    many = run("log", "add", *wanda, typed=typed, code=4)
    assert [row["understood"][-17:] for row in many["entries"]] == [
        "A10; 2 × burst (A)"[-17:],
        "access (C, denied)"[-17:],
    ]
    assert many["refused"][0]["line"] == 3
    right = run("log", "correct", first["entry"], "0000 A10 4x explosion", "--reason", "a fourth", *wim)
    assert right["supersedes"] == first["entry"]
    run("log", "correct", many["entries"][0]["entry"], "--reason", "thunder", *wim)
    asked = run("log", "ask", "Whose?", "--about", first["entry"], *wanda)
    listed = run("log", "list", *wanda, "--last", "2")
    assert (len(listed["lines"]), listed["of_lines"], len(listed["questions"])) == (2, 3, 1)
    assert len(run("log", "list", "--history", *wanda)["lines"]) == 5
    assert set(run("log", "list", "--as", "lia")) == {"mines"}
    told = run("log", "handover", "--note", "fog", *wanda)["summary"]
    assert told["lines"] == 3
    assert "takes two people" in run("log", "takeover", *wanda, code=5)
    assert run("log", "takeover", *wim)["summary"] == told
    run("log", "answer", asked["entry"], "Nobody's.", *wim)


def test_a_patrol_from_the_command_line(run):
    wanda = ("--as", "wanda")
    run("patrol", "depart", "P4", "--every", "30", "--place", "48.01,37.80", *wanda)
    run("patrol", "check-in", "P4", "--place", "A10:090/2km", *wanda)
    run("patrol", "mine", "--place", "48.0123,37.8123 ±20", "--what", "a mine", *wanda)
    listed = run("patrol", "list", *wanda)
    assert listed["patrols"][0]["spot"]["lat"] == pytest.approx(48.0, abs=0.01)
    assert run("patrol", "list", "--as", "lib")["mines"] == listed["mines"]
    assert "patrols" not in run("patrol", "list", "--as", "lib")
    run("patrol", "return", "P4", *wanda)
    assert "P4 is not out" in run("patrol", "check-in", "P4", *wanda, code=5)
    assert "may not write the patrol" in run("patrol", "depart", "P9", "--every", "9", "--as", "lia", code=7)


def test_the_how_to_s_commands_run_as_they_stand(run, repository):
    """Every command of the page, in its order, with the page's own words."""
    text = (repository / "docs" / "how-to" / "keep-the-watch-log.md").read_text(encoding="utf-8")
    commands = [line.strip() for line in text.splitlines() if line.startswith("    truceline ")]
    assert len(commands) >= 12
    entry = None
    for command in commands:
        words = shlex.split(command)[1:]
        words = [str(entry) if word == "ENTRY" else word for word in words if word != "WATCH"]
        if "correct" in words or "add" in words or "ask" in words:
            words = [word.replace("2140", "0001").replace("48.01,37.80", "SE/3km") for word in words]
        parts = words if words[0] != "queue" else ["queue"]
        if parts == ["queue"]:
            continue  # it takes no second word; test_services_queue runs it
        told = run(*words)
        entry = told.get("entry", entry)
