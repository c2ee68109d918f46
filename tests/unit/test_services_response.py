# SPDX-License-Identifier: Apache-2.0
"""The response at a desk: signs from cases alone, who may do what, logged time that decides (T-1, T-3), replay."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from datetime import timedelta

import pytest
from desk_world import START, Clock, watch_folder

from truceline.base.clock import iso
from truceline.cli import main
from truceline.errors import AccessError, Malformed, StateError, UnavailableError
from truceline.services.desk import open_desk

PEOPLE = """
people:
  - {user: wanda, role: watch_officer}
  - {user: anna, role: analyst, clearance: secret}
  - {user: sam, role: secretariat}
  - {user: lia, role: liaison, of: A}
  - {user: lib, role: liaison, of: B}
  - {user: olga, role: commissioner, of: oak, seat: oak, clearance: secret}
  - {user: gus, role: guarantor, of: oak, aligned: [A]}
  - {user: pia, role: guarantor, of: pine}
  - {user: aud, role: auditor, clearance: secret}
"""
SHARES = {"A": 0.02, "B": 0.86, "neither": 0.04, "proxy": 0.04, "accident": 0.02, "unknown": 0.02}
TICK = timedelta(microseconds=1)


class Room:
    """A desk under the ladder of the exercise, and its clock."""

    def __init__(self, desk, clock):
        self.desk, self.clock = desk, clock

    def act(self, user, kind, case=None, **data):
        return self.desk.act(self.desk.person(user), kind, case, "because", data)[1].id

    def move(self, user, kind, **data):
        return self.desk.move(self.desk.person(user), kind, "because", data)[1].id

    def view(self, user):
        return self.desk.responses.view(self.desk.person(user), self.desk.now(), self.desk.cases)

    def case(self):
        """A corroborated case that names B, opened now."""
        case = self.act("wanda", "open", title="Salvo", origin="event", provisions=["quiet"])
        first = self.act("anna", "evidence", case, modality="acoustic", family="a", owner="mission", grade="B2")
        self.act("anna", "evidence", case, modality="imagery", family="b", owner="elm", grade="B2")
        self.act("anna", "assess", case, readings={"text": [0.8, 0.9]})
        self.act("anna", "attribute", case, hypotheses=SHARES, basis=[first])
        return case

    def sign(self, case):
        return self.move("anna", "sign", case=case, breach=[iso(START - timedelta(hours=1)), iso(START)])

    def asked(self):
        """A response whose first step is declared now (of its standard, what people must find is left out)."""
        case = self.case()
        self.sign(case)
        response = self.move("olga", "begin", breach=case)
        self.move("olga", "declare", response=response, step="warning")
        return {"response": response, "step": "warning"}


@contextmanager
def room(base, repository, keys="keys"):
    folder, clock = base / "watch", Clock()
    if not folder.exists():
        watch_folder(base, repository, PEOPLE)
        text = (repository / "examples" / "exercises" / "agreement-ladder.yaml").read_text()
        quick = text.replace("rests_on: provisional", "rests_on: two-voices")
        (folder / "terms" / "agreement.yaml").write_text(quick)
    with open_desk(folder, keys=base / keys, clock=clock) as desk:
        yield Room(desk, clock)


@pytest.fixture
def here(tmp_path, repository):
    with room(tmp_path, repository) as opened:
        yield opened


def records(at, kind):
    return [body for _, body in at.desk.store.read(kind)]


def test_a_claim_never_starts_a_clock(here):
    case = here.act("wanda", "open", title="Forty attacks, says North", origin="complaint", complainant="A")
    with pytest.raises(StateError, match="at least corroborated"):
        here.sign(case)
    with pytest.raises(StateError, match="a claim never proposes a clock"):
        here.move("anna", "sign", origin="claim", case=case)
    with pytest.raises(StateError, match="there is no case"):
        here.move("anna", "sign", case="nowhere", breach=[iso(START), iso(START)])
    for data in ({"status": "clear breach"}, {"party": "B"}, {"received": iso(START)}, {"standing": True}):
        with pytest.raises(Malformed, match="all else is the case's own"):
            here.move("anna", "sign", case=case, breach=[iso(START), iso(START)], **data)
    assert here.view("aud")["proposed"] == []
    assert records(here, "response") == []


def test_a_corroborated_case_proposes_a_clock_and_no_more(here):
    case = here.case()
    with pytest.raises(Malformed, match="from when to when"):
        here.move("anna", "sign", case=case)
    here.sign(case)
    told = here.view("aud")
    assert [each["step"] for each in told["proposed"]] == [
        "warning",
        "joint-response",
    ]  # whether it was a missile, nobody said
    assert told["proposed"][0] == {
        "step": "warning",
        "signs": [case],
        "trigger": "met",
        "falsely": {"low": 0.1, "high": 0.2},
    }
    assert told["responses"] == []
    (sign,) = told["signs"]
    assert (sign["status"], sign["party"], sign["probability"]) == ("corroborated", "B", [0.8, 0.9])
    assert sign["received"] == iso(START)
    assert sign["hours"]["received_to_noticed"] == 0.0


def test_the_program_takes_a_case_s_change_down_and_lifts_nothing(here):
    """A case that turns out to be none moves its sign; the step stands, without its ground, until people lift it."""
    at = here.asked()
    case = here.desk.responses.situation.responses[at["response"]].breach
    before = len(records(here, "response"))
    here.clock.forward(hours=30)
    here.act("sam", "close", case, exit="not an incident")
    assert [body["by"]["role"] for body in records(here, "response")[before:]] == ["machine"]
    step = here.view("aud")["responses"][0]["steps"][0]
    assert (step["ground"], step["trigger"]) == (False, "not met")
    assert step["declared"]["lifted"] is None
    here.act("sam", "reopen", case)
    assert here.view("aud")["responses"][0]["steps"][0]["ground"] is True


def test_who_may_do_what(here):
    case = here.case()
    here.sign(case)
    for user, kind, data in (
        ("lia", "sign", {"case": case}),
        ("pia", "stop", {"what": "outage"}),
        ("wanda", "begin", {"breach": case}),
        ("lib", "begin", {"breach": case}),
        ("sam", "begin", {"breach": case}),
    ):
        with pytest.raises(AccessError, match="may not"):
            here.move(user, kind, **data)
    assert len([body for body in records(here, "access") if body["resource"] == "response"]) == 5
    response = here.move("pia", "begin", breach=case)  # the terms let Pine declare the third step
    at = {"response": response, "step": "warning"}
    for user in ("gus", "pia", "lia"):
        with pytest.raises(AccessError):
            here.move(user, "declare", **at)
    here.move("olga", "declare", **at)
    with pytest.raises(AccessError):
        here.move("gus", "acknowledge", **at, state="pine")
    here.move("lia", "acknowledge", **at, state="A")
    with pytest.raises(Malformed, match="unknown kind of move"):
        here.move("olga", "strike")


def test_parties_see_what_they_are_asked_and_no_board(here):
    here.asked()
    assert set(here.view("gus")) == {
        "at",
        "drill",
        "responses",
        "proposed",
        "signs",
        "stopped",
        "consultations",
        "faults",
    }
    asked = here.view("lia")
    assert [(each["step"], each["status"]) for each in asked["asked"]] == [("warning", "asked")]
    assert set(asked) == {"at", "drill", "asked", "consultations"}
    assert here.view("lib") == {"at": iso(START), "drill": None, "asked": [], "consultations": []}
    with pytest.raises(AccessError):
        here.desk.responses.replay(here.desk.person("lib"), START)


def test_a_party_below_the_threshold_is_not_named_to_a_guarantor(tmp_path, repository):
    with room(tmp_path, repository) as here:
        here.asked()
        assert here.view("gus")["signs"][0]["party"] == "B"  # 86 %
        case = here.desk.responses.situation.responses[next(iter(here.desk.responses.situation.responses))].breach
        basis = list(here.desk.cases.case(case).exhibits)[:1]
        here.act("anna", "attribute", case, hypotheses={**SHARES, "B": 0.7, "unknown": 0.18}, basis=basis)
        told = here.view("gus")
        assert told["signs"][0]["party"] is None
        assert told["responses"][0]["breach"]["party"] is None


def test_expiry_never_acts(here):
    """A year goes by: not one record comes of it, nobody is moved, and what is said is that a decision is due."""
    case = here.case()
    here.sign(case)
    here.move("olga", "begin", breach=case)
    size, moves = here.desk.store.size, list(here.desk.responses.moves)
    here.clock.forward(days=365)
    step = here.view("aud")["responses"][0]["steps"][0]
    assert step["decision_due"] is True
    assert step["declared"] is None
    assert {state["status"] for state in step["states"].values()} == {"not asked"}
    assert (here.desk.store.size, here.desk.responses.moves) == (size, moves)


@pytest.mark.parametrize(("late", "status"), [(timedelta(0), "asked"), (TICK, "silent")])
def test_at_the_boundary_logged_time_decides_to_the_microsecond(late, status, here):
    """T-3: an acknowledgement at the boundary, one microsecond either way, whatever the sender's clock says."""
    at = here.asked()
    here.clock.forward(hours=2)
    here.clock.at += late
    assert here.view("aud")["responses"][0]["steps"][0]["states"]["oak"]["status"] == status
    here.move("gus", "acknowledge", **at, state="oak", sent=iso(START), received="never, says the capital")
    told = here.view("aud")["responses"][0]["steps"][0]["states"]["oak"]
    assert (told["status"], told["acknowledged"]) == ("acknowledged", iso(START + timedelta(hours=2) + late))
    assert told["asked"] == iso(START)  # that it was asked is logged, too, and a denial changes nothing


def test_a_clock_that_steps_back_moves_no_deadline(here):
    """T-1: steps back are refused; of less than a second the time before is kept."""
    at = here.asked()
    here.clock.forward(hours=1)
    here.view("aud")
    due = here.view("aud")["responses"][0]["steps"][0]["due"]
    here.clock.at -= timedelta(milliseconds=900)
    here.move("gus", "acknowledge", **at, state="oak")
    told = here.view("aud")["responses"][0]["steps"][0]
    assert told["states"]["oak"]["acknowledged"] == iso(START + timedelta(hours=1))
    assert told["due"] == due
    here.clock.at -= timedelta(hours=1)
    with pytest.raises(UnavailableError, match="the clock went back"):
        here.move("lia", "acknowledge", **at, state="A")


def test_a_ledger_opened_again_comes_to_the_same_and_keeps_time(tmp_path, repository):
    with room(tmp_path, repository) as here:
        here.clock.forward(hours=3)
        here.asked()
        situation, board = here.desk.responses.situation, here.view("aud")
    with room(tmp_path, repository) as again:
        assert again.desk.responses.situation == situation
        with pytest.raises(UnavailableError):  # the clock starts three hours before the newest move
            again.view("aud")
        again.clock.forward(hours=3)
        assert again.view("aud") == board
        told = again.desk.responses.replay(again.desk.person("aud"), again.desk.now())
        assert told["same"] is True
        assert told["clocks"] == dict(again.desk.responses.moves[-1].clocks)


def test_a_replay_finds_clocks_that_were_told_otherwise(here):
    from dataclasses import replace

    here.asked()
    moves = here.desk.responses.moves
    bad = {key: {**value, "warning": [iso(START), iso(START)]} for key, value in moves[-1].clocks.items()}
    moves[-1] = replace(moves[-1], clocks=bad)
    told = here.desk.responses.replay(here.desk.person("aud"), START)
    assert told["same"] is False
    assert [each["move"] for each in told["differs"]] == [moves[-1].id]


def test_the_command_line_does_what_the_desk_does(tmp_path, repository, capsys, monkeypatch):
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))
    with room(tmp_path, repository) as here:
        case = here.case()
        here.sign(case)
    folder = str(tmp_path / "watch")

    def run(*words, code=0):
        assert main(["ladder", *words, "--json"]) == code
        printed = capsys.readouterr()
        return json.loads(printed.out.splitlines()[-1]) if code == 0 else printed.err

    assert "no response has begun" in run("declare", folder, "warning", "--as", "olga", "--reason", "x", code=5)
    begun = run("do", folder, "begin", "--as", "olga", "--reason", "the first", "--set", f"breach={case}")
    done = run("declare", folder, "warning", "--as", "olga", "--reason", "it was found")
    assert set(done["clocks"]) == {begun["move"]}
    run("acknowledge", folder, "warning", "--as", "gus", "--reason", "we have it")
    run("decide", folder, "warning", "act", "--as", "gus", "--reason", "the cabinet agreed")
    assert "may not answer" in run(
        "decide", folder, "warning", "act", "--as", "gus", "--reason", "x", "--set", "state=pine", code=7
    )
    shown = run("show", folder, "--as", "aud")
    assert shown["responses"][0]["steps"][0]["states"]["oak"]["status"] == "decided"
    replayed = run("replay", folder, "--as", "aud")
    assert replayed["same"] is True
    assert replayed["had"]["from"] == "determination"
    assert [line["step"] for line in replayed["had"]["differs"]] == ["warning", "joint-response"]
    assert run("replay", folder, "--as", "aud", "--had", "breach")["had"]["differs"] == []
    assert main(["ladder", "show", folder, "--as", "lia"]) == 0
    assert "warning" in capsys.readouterr().out
    shutil.rmtree(folder)
