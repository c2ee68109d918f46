# SPDX-License-Identifier: Apache-2.0
"""A person's queue by clock, and stopping first: notices within minutes, announced exercises, time to silence."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import numpy as np
import pytest
from commission_world import PEOPLE, World, mirrored, rules
from desk_world import Clock, watch_folder

from truceline.assessment import assess
from truceline.base.clock import iso
from truceline.cli import main
from truceline.cli.watch import stop_first
from truceline.commission import apply
from truceline.errors import InputError, StateError
from truceline.flow.terms_files import notices_of, read_notices
from truceline.logbook import Book
from truceline.model.case import Act, Actor
from truceline.model.event import Events
from truceline.model.record import Record
from truceline.services.desk import new_id, open_desk
from truceline.services.queue import queue
from truceline.services.stop_first import give_notices, open_corroborated, tally
from truceline.settings import Settings

HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path, repository):
    return watch_folder(tmp_path, repository)


@pytest.fixture
def office(folder, tmp_path):
    opened = Office(folder, tmp_path)
    yield opened
    opened.close()


class Office:
    """A desk whose clock we hold."""

    def __init__(self, folder, base):
        self.folder, self.base, self.clock = folder, base, Clock()
        self._open = open_desk(folder, keys=base / "keys", clock=self.clock)
        self.desk = self._open.__enter__()

    def close(self):
        self._open.__exit__(None, None, None)

    def do(self, user, kind, case=None, after=1, /, **data):
        self.clock.forward(minutes=after)
        _, act, _ = self.desk.act(self.desk.person(user), kind, case, "because", data)
        return act.id

    def log(self, user, kind, /, **data):
        self.clock.forward(seconds=1)
        return self.desk.logbook.do(self.desk.person(user), kind, self.desk.now(), data)[1].id

    def queue(self, user):
        now = self.desk.now()
        found = queue(self.desk.cases, self.desk.logbook.book, self.desk.person(user), self.desk.rules, now)
        return [task.to_json(now) for task in found]

    def kinds(self, user):
        return [task["do"] for task in self.queue(user)]


def test_a_call_is_a_notice_to_both_at_once_and_accuses_nobody(office):
    case = office.do("lia", "open", origin="call", title="Shells on our village")
    held = office.desk.cases.case(case)
    assert set(held.notices) == {"A", "B"}
    assert held.accused == ()
    (notice,) = [act for _, act in office.desk.cases.acts(case) if act.kind == "notice"]
    assert (notice.by.role, notice.at - held.opened) == ("machine", timedelta(0))
    for user in ("lia", "lib"):
        (task,) = office.queue(user)
        assert (task["do"], task["left_minutes"], task["overdue"]) == ("acknowledge", 15.0, False)
    office.clock.forward(minutes=20)
    assert office.queue("lib")[0]["overdue"]


def test_a_second_kind_of_sensor_gives_the_notice_and_one_alone_does_not(office):
    case = office.do("wanda", "open", origin="event", title="Mill")
    sound = {"modality": "acoustic", "family": "array", "owner": "mission", "grade": "B2"}
    office.do("wanda", "evidence", case, **sound)
    assert office.desk.cases.case(case).notices == {}
    assert office.queue("wanda")[0] | {"do": "notice", "left_minutes": 14.0} == office.queue("wanda")[0]
    office.do("wanda", "evidence", case, **sound | {"modality": "imagery", "family": "sar", "owner": "elm"})
    assert set(office.desk.cases.case(case).notices) == {"A", "B"}
    assert "notice" not in office.kinds("wanda")


def test_time_to_silence_is_measured_and_a_matter_that_ends_there_counts_as_closed_without_blame(office):
    case = office.do("wanda", "open", origin="call")
    for user, party in (("lia", "A"), ("lib", "B")):
        office.do(user, "acknowledge", case, party=party)
        office.do(user, "order", case, party=party)
    assert office.kinds("wanda") == ["silence", "silence"]
    for party in "AB":
        office.do("wanda", "silence", case, 10, party=party)
    assert office.kinds("sam") == ["close"]
    office.do("sam", "close", case, exit="stopped without blame")
    late = office.do("wanda", "open", origin="event")
    office.clock.forward(minutes=16)
    told = tally(office.desk.cases, office.desk.now())
    assert told == {
        "notices": 1,
        "in_time": 1,
        "late": 0,
        "overdue": 1,
        "silence_minutes": {"cases": 1, "median": 24.0, "most": 24.0},
        "stopped_without_blame": 1,
    }
    assert office.queue("wanda")[0]["case"] == late
    office.do("wanda", "notice", late)
    assert tally(office.desk.cases, office.desk.now())["late"] == 1
    assert tally([], office.desk.now())["silence_minutes"] == {"cases": 0, "median": None, "most": None}


def test_the_queue_goes_by_the_clock_and_not_by_when_a_thing_came(office):
    slow = office.do("wanda", "open", origin="complaint", complainant="B")
    asked = office.do("sam", "allege", slow, party="A", text="x")
    assert "approve" not in office.kinds("sam")  # it takes a second person
    assert office.kinds("anna")[0] == "approve"
    office.do("anna", "approve", slow, of=asked)
    quick = office.do("wanda", "open", origin="call")
    (first, second) = office.queue("lia")
    assert (first["do"], first["case"], second["do"], second["case"]) == ("acknowledge", quick, "reply", slow)
    assert second["left_minutes"] == 48 * 60 - 1
    assert office.kinds("lib") == ["acknowledge"]  # of the other's reply it learns nothing
    assert office.kinds("gus") == []


def test_votes_stand_in_the_queue_of_those_seats_alone_that_may_still_vote(office):
    case = office.do("wanda", "open", origin="complaint", complainant="B", accused=["A"])
    deadline = iso(office.desk.now() + 10 * HOUR)
    coverage = {"share": 0.4, "reference_act": "a shell", "period": "2 May"}
    data = {"status": "recorded", "reading": "text", "basis": [], "coverage": coverage, "deadline": deadline}
    proposal = office.do("olga", "propose", case, **data)
    assert office.kinds("olga") == office.kinds("bert") == office.kinds("emma") == ["vote"]
    assert office.kinds("sita") == office.kinds("sibo") == []  # recused: the accused's and the complainant's
    office.do("olga", "vote", case, proposal=proposal, choice="for")
    assert office.kinds("olga") == []
    office.do("bert", "conflict", case)
    office.do("emma", "vote", case, proposal=proposal, choice="for")
    assert "determine" in office.kinds("olga")
    assert "determine" in office.kinds("sam")


def test_the_log_s_questions_patrols_and_handovers_are_the_monitors(office):
    office.log("wanda", "depart", patrol="P4", every_minutes=30)
    office.log("wanda", "question", text="who fired?")
    office.clock.forward(minutes=25)
    first, second = office.queue("wanda")
    assert (first["do"], first["data"], second["do"]) == ("check_in", {"patrol": "P4"}, "answer")
    assert 4 < first["left_minutes"] < 6
    office.clock.forward(minutes=10)
    office.desk.logbook.tick(office.desk.now())
    assert office.queue("wanda")[0]["overdue"]
    office.log("wanda", "handover", summary={})
    assert "take_over" not in office.kinds("wanda")
    other = Actor("wim", "watch_officer")
    told = queue([], office.desk.logbook.book, other, office.desk.rules, office.desk.now())
    assert [task.do for task in told] == ["check_in", "answer", "take_over"]
    assert office.kinds("anna") == ["answer"]
    assert office.kinds("lia") == office.kinds("aud") == office.kinds("olga") == []


def test_whatever_stands_in_a_queue_is_possible_and_whatever_is_overdue_comes_first():
    """Every task that needs no words of its own is done by its owner, on random cases, and is then gone."""
    done = 0
    for seed in range(25):
        world, pick = World(seed, rules()), random.Random(seed)
        for _ in range(60):
            world.step()
        now = world.now
        for user, actor in PEOPLE.items():
            tasks = queue([world.case], Book(), actor, world.rules, now)
            times = [(task.due is None, task.due or task.since) for task in tasks]
            assert times == sorted(times)
            for task in pick.sample(tasks, min(2, len(tasks))):
                if task.do not in (
                    "acknowledge",
                    "order",
                    "silence",
                    "notice",
                    "approve",
                    "determine",
                    "report_remedy",
                ):
                    continue
                act = Act(f"do-{done}", world.case.id, task.do, actor, now, "from the queue", task.data)
                try:
                    after = apply(world.case, act, world.rules)
                except (StateError, InputError) as error:
                    assert task.do in ("determine", "approve"), (user, task, error)  # what it lacks, it says
                    continue
                left = queue([after], Book(), actor, world.rules, now)
                assert (task.do, task.data) not in [(other.do, other.data) for other in left]
                done += 1
    assert done > 40


def test_swapping_the_parties_mirrors_queues_and_counts():
    swap = {"lia": "lib", "lib": "lia", "c-seat-of-A": "c-seat-of-B", "c-seat-of-B": "c-seat-of-A"}
    for seed in range(10):
        world = World(seed)
        for _ in range(80):
            world.step()
        other = mirrored(world.case)
        for user, actor in PEOPLE.items():
            mine = queue([world.case], Book(), actor, world.rules, world.now)
            theirs = queue([other], Book(), PEOPLE[swap.get(user, user)], world.rules, world.now)
            assert sorted(map(str, mirrored(mine))) == sorted(map(str, theirs))
        assert tally([world.case], world.now) == tally([other], world.now)


EVENT = {
    "lon": 37.8, "lat": 48.0, "sigma_major_m": 500.0, "sigma_minor_m": 500.0, "bearing_deg": 0.0,
    "first": "2026-05-02T19:20:00Z", "last": "2026-05-02T19:30:00Z", "inputs": [], "families": ["acoustic", "seismic"],
    "passes": 0, "frp_mw": None, "daylight": "night", "p_act": {"shelling": 0.9}, "p_actor": {}, "attributes": {},
}  # fmt: skip


def put(office, event_more=None):
    """An event in the ledger, with the assessments that a run of the watch makes of it."""
    body, desk = {**EVENT, **(event_more or {})}, office.desk
    (index,) = desk.store.append([Record("event", body)])
    notices = read_notices(notices_of(office.folder), desk.agreement)
    found = assess(Events.from_bodies([body], [index]), desk.agreement, np.array([np.nan]), 0.0, None, notices)
    (own,) = (one.record() for one in found)
    desk.store.append([own, Record("assessment", {**own.body, "reading": "mirror", "low": 0.1, "high": None})])
    return index


def run(office):
    desk = office.desk
    return open_corroborated(desk.cases, desk.store.read, desk.now(), new_id)


def test_a_corroborated_event_of_a_run_becomes_a_case_with_its_notice_once(office):
    index = put(office)
    (name,) = run(office).opened
    case = office.desk.cases.case(name)
    assert (case.events, case.provisions, case.accused) == ((index,), ("quiet",), ())
    assert set(case.notices) == {"A", "B"}
    assert case.assessments == {"text": (0.9, 0.9), "mirror": (0.1, None)}
    assert {act.by.role for _, act in office.desk.cases.acts(name)} == {"machine"}
    assert run(office).opened == ()


@pytest.mark.parametrize(
    "more",
    [
        {"event_more": {"families": ["acoustic"]}},
        {"event_more": {"first": "2026-05-01T19:00:00Z", "last": "2026-05-01T19:30:00Z"}},
    ],
    ids=["not corroborated", "over long ago"],
)
def test_nothing_else_becomes_one(more, office):
    put(office, **more)
    assert run(office).opened == ()


NOTICE = """
notices:
  - id: drill
    kind: {kind}
    by: A
    text: An exercise with live fire.
    window: {{from: 2026-05-02T18:00:00Z, to: 2026-05-02T21:00:00Z}}
    given: {given}
    {place}
    {acts}
"""


def notices(office, kind="exercise", given="2026-05-01T12:00:00Z", place="zone: everywhere", acts="acts: [shelling]"):
    text = NOTICE.format(kind=kind, given=given, place=place, acts=acts)
    (office.folder / "terms" / "notices.yaml").write_text(text)


def test_a_party_that_names_an_event_beforehand_stops_no_notice(office):
    office.desk.act(
        office.desk.person("lia"),
        "open",
        None,
        "ours",
        {"title": "x", "origin": "self_report", "events": list(range(200))},
    )
    index = put(office)
    (name,) = run(office).opened
    assert office.desk.cases.case(name).events == (index,)


def test_an_announced_exercise_is_no_allegation(office):
    notices(office)
    index = put(office)
    told = run(office)
    assert told.opened == ()
    assert told.announced == ((index, "drill"),)
    assert list(office.desk.cases) == []


@pytest.mark.parametrize(
    "more",
    [
        {"given": "2026-05-02T17:30:00Z"},
        {"place": "{lon: 39.0, lat: 48.0, radius_m: 1000}"},
        {"acts": "acts: [air_strike]"},
    ],
    ids=["too late", "elsewhere", "another act"],
)
def test_a_notice_that_does_not_fit_excuses_nothing(more, office):
    if more.get("place"):
        more["place"] = "lon: 39.0\n    lat: 48.0\n    radius_m: 1000"
    notices(office, **more)
    put(office)
    assert len(run(office).opened) == 1


def test_fire_in_a_window_of_silence_is_told_as_such(office):
    notices(office, kind="silence", acts="", place="lon: 37.8\n    lat: 48.0\n    radius_m: 5000")
    put(office)
    (name,) = run(office).opened
    reasons = [act.reason for _, act in office.desk.cases.acts(name)]
    assert reasons[0] == "a corroborated event, in the window of silence drill"


def test_notices_are_given_once_and_to_nobody_twice(office):
    office.do("wanda", "open", origin="call")
    assert give_notices(office.desk.cases, office.desk.now(), new_id) == []


def test_the_queue_from_the_command_line(office, monkeypatch, capsys):
    case = office.do("wanda", "open", origin="call", title="Mill")
    office.close()
    monkeypatch.setenv("TRUCELINE_KEYS", str(office.base / "keys"))
    assert main(["queue", str(office.folder), "--as", "lia", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(task["do"], task["case"]) for task in told["tasks"]] == [("acknowledge", case)]
    assert "stop_first" not in told
    assert main(["queue", str(office.folder), "--as", "wanda"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 wait for wanda")
    assert "min over  silence: Mill (15 minutes from the step before it" in out
    assert main(["queue", str(office.folder), "--as", "sam", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stop_first"]["notices"] == 1
    office._open = open_desk(office.folder, keys=office.base / "keys", clock=office.clock)
    office.desk = office._open.__enter__()


def test_a_run_of_the_watch_tells_what_it_gave_notice_of(office, capsys, tmp_path):
    notices(office)
    announced = put(office, event_more={"lon": 37.81})
    notices(office, place="lon: 37.81\n    lat: 48.0\n    radius_m: 100")
    other = put(office, event_more={"lon": 39.0})
    office.close()
    settings = Settings.from_environment({"TRUCELINE_KEYS": str(office.base / "keys")})
    # Of the machine's own clock these events are long over: nothing is left to be stopped.
    stop_first(office.folder, office.folder / "out", settings)
    assert capsys.readouterr().out == ""
    stop_first(office.folder, office.folder / "out", settings, clock=office.clock)
    told = capsys.readouterr().out
    assert f"Event {announced} was announced (notice drill): no allegation" in told
    assert told.startswith("Notice to both liaisons: case 01")
    bare = tmp_path / "bare"
    bare.mkdir()
    stop_first(bare, bare / "out", settings)  # no commission, nothing to do
    assert not (bare / "out").exists()
    office._open = open_desk(office.folder, keys=office.base / "keys", clock=office.clock)
    office.desk = office._open.__enter__()
    assert [case.events for case in office.desk.cases] == [(other,)]
