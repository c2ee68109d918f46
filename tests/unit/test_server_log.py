# SPDX-License-Identifier: Apache-2.0
"""The monitors' day over the API: what is keyed is echoed, what is refused says why, and each sees what is theirs."""

from __future__ import annotations

import time

import pytest
from desk_world import PEOPLE, office
from live_server import running

from truceline.model.logbook import RECORD_OF_ENTRY
from truceline.server import app
from truceline.services.desk import open_desk

MORE = "  - {user: wim, role: watch_officer}\n"
READS = {"/log": "lines", "/log/questions": "questions", "/patrols": "patrols", "/shift": "summary"}
WRITES = (
    ("/log", {"line": "1959 A10 burst"}),
    ("/log/X/corrections", {"reason": "x"}),
    ("/log/questions", {"text": "x"}),
    ("/log/questions/X/answers", {"text": "x"}),
    ("/shift/handover", {}),
    ("/shift/takeover", {}),
    ("/patrols", {"patrol": "P4", "every_minutes": 30}),
    ("/patrols/P4/words", {}),
    ("/patrols/P4/return", {}),
    ("/mines", {"place": "48.0,37.8", "what": "a mine"}),
    ("/mines/X/end", {"state": "cleared", "reason": "x"}),
    # What cannot be read either: the refusal tells an outsider of no post, patrol or place.
    ("/log", {"line": "1959 A99 nonsense"}),
    ("/log/X/corrections", {"line": "1959 A99 nonsense", "reason": "x"}),
    ("/mines", {"place": "@Nowhere", "what": "a mine"}),
)


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository, PEOPLE + MORE) as found:
        yield found


def post(at, path, user="wanda", status=201, **body):
    at.clock.forward(seconds=1)
    answer = at.post(path, user, body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_line_is_echoed_corrected_struck_and_listed_newest_first(at):
    first = post(at, "/log", line="1959 A10 3x shelling 122mm 48.01,37.80 ±500 from W")
    assert first["understood"].startswith("2026-05-02 19:59:00Z, A10; 3 × shelling (B) 122 mm from 270°; 48.0100° N")
    second = post(at, "/log", "wim", line="1959 A10 2x burst")
    right = post(at, f"/log/{first['entry']}/corrections", "wim", line="1959 A10 4x shelling", reason="a fourth")
    listed = at.get("/log", "wanda").json()["lines"]
    assert [line["entry"] for line in listed] == [right["entry"], second["entry"]]
    assert (listed[0]["corrects"], listed[0]["by"]) == (first["entry"], "wim")
    post(at, f"/log/{second['entry']}/corrections", reason="thunder")
    whole = at.get("/log?history=true&limit=2", "wanda").json()
    assert (len(whole["lines"]), whole["next"] is not None) == (2, True)
    rest = at.get(f"/log?history=true&limit=2&cursor={whole['next']}", "wanda").json()
    assert [line["superseded"] for line in rest["lines"]] == [right["entry"]]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"line": "1959 A10 sheling"}, 422, "word 3, 'sheling'"),
        ({"line": "noon A10 burst"}, 422, "word 1, 'noon': expected a time"),
        ({"line": ""}, 422, "line"),
        ({"line": "1959 A10 burst", "colour": "red"}, 422, "colour"),
        ({"line": "x" * 501}, 422, "line"),
        ({"line": "1958 A10 burst"}, 409, "keyed 1 s ago"),
    ],
)
def test_what_is_refused_says_why(body, status, said, at):
    post(at, "/log", line="1958 A10 burst")
    answer = post(at, "/log", status=status, **body)
    assert said in str(answer)
    assert len(at.records("log")) == 1
    if status == 409:
        post(at, "/log", **body, again=True)


def test_a_shift_goes_from_one_person_to_another(at):
    post(at, "/log", line="1959 A10 3x explosion then 1x shelling")
    asked = post(at, "/log/questions", text="Who mans A12?")
    assert at.get("/log/questions", "anna").json()["questions"][0]["entry"] == asked["entry"]
    shift = at.get("/shift", "wanda").json()
    assert [row["act"] for row in shift["summary"]["layers"]["A"]["counts"]] == ["explosion"]
    assert [row["act"] for row in shift["summary"]["layers"]["B"]["counts"]] == ["shelling"]
    assert shift["stop_first"]["notices"] == 0
    half = post(at, "/shift/handover", note="fog")
    assert at.get("/shift", "wim").json()["waiting"] == half["entry"]
    assert "takes two people" in post(at, "/shift/takeover", status=409)["detail"]
    post(at, "/shift/takeover", "wim")
    post(at, f"/log/questions/{asked['entry']}/answers", "wim", text="Nobody.")
    assert at.get("/log/questions", "wim").json() == {"questions": []}
    assert at.get("/shift", "wim").json()["summary"]["lines"] == 0


def test_a_patrol_is_lost_for_whoever_looks_and_its_place_is_the_monitors(at):
    post(at, "/patrols", patrol="P4", every_minutes=30, place="48.01,37.80")
    at.clock.forward(minutes=31)
    (patrol,) = at.get("/patrols", "anna").json()["patrols"]
    assert (patrol["state"], patrol["spot"]["lon"]) == ("lost", 37.80)
    assert [body["entry"] for body in at.records("patrol")] == ["depart", "lost"]
    post(at, "/patrols/P4/words", place="48.02,37.80 ±50")
    assert at.get("/patrols", "wanda").json()["patrols"][0]["spot"]["sigma_m"] == 50
    post(at, "/patrols/P4/return")
    assert "P4 is not out" in post(at, "/patrols/P4/words", status=409)["detail"]
    assert "expected a place" in post(at, "/patrols", status=422, patrol="P5", every_minutes=30, place="up")["detail"]


def lost(desk, count):
    """The contacts the ledger holds as lost, once there are so many; nobody asks the server for anything meanwhile."""
    for _ in range(200):
        with desk.lock:
            found = [body for _, body in desk.store.read("patrol") if body["entry"] == "lost"]
        if len(found) >= count:
            break
        time.sleep(0.05)
    return [(body["data"]["patrol"], body["by"]["role"]) for body in found]


def test_a_contact_is_lost_though_nobody_looks_and_though_no_server_ran_meanwhile(at, tmp_path):
    post(at, "/patrols", patrol="P4", every_minutes=30)
    post(at, "/patrols", patrol="P5", every_minutes=90)
    time.sleep(1.2)
    assert lost(at.desk, 0) == []
    at.clock.forward(minutes=31)
    assert lost(at.desk, 1) == [("P4", "machine")]
    at.desk.store.close()
    at.clock.forward(hours=2)
    with (
        open_desk(at.folder, keys=tmp_path / "keys", clock=at.clock) as again,
        running(app(at.folder, at.folder, again)),
    ):
        assert lost(again, 2) == [("P4", "machine"), ("P5", "machine")]
        (first, second) = again.logbook.view(again.person("wanda"), again.now())["patrols"]
        assert (first["losses"], second["lost_since"]) == (1, "2026-05-02T21:30:02Z")


def test_a_mine_is_told_to_everybody_at_once(at):
    post(at, "/mines", place="48.0123,37.8123 ±20", what="an anti-tank mine")
    told = at.get("/mines").json()
    assert (told["mines"][0]["lat"], told["mines"][0]["sigma_m"]) == (48.0123, 20)
    for user in ("lia", "lib", "gus", "olga", "aud"):
        assert at.get("/mines", user).json() == told
    end = f"/mines/{told['mines'][0]['report']}/end"
    assert post(at, end, status=409, state="cleared", reason="x")["type"] == "urn:truceline:state-error"
    post(at, end, "anna", state="cleared", reason="the sappers were there")
    told = at.get("/mines").json()
    assert [(each["state"], each["why"]) for each in told["mines"]] == [("cleared", "the sappers were there")]
    assert at.get("/mines", "lia").json() == told


@pytest.mark.parametrize("user", ["lia", "lib", "gus", "olga", "adam", None])
def test_nobody_else_reads_or_keeps_the_log(user, at):
    for path in READS:
        assert at.get(path, user).status_code == 403
    for path, body in WRITES:
        assert at.post(path, user, body).status_code == 403
    assert at.records("log") == at.records("patrol") == at.records("mine") == []
    refused = {(body["action"], body["name"]) for body in at.records("access") if not body["allowed"]}
    kinds = set(RECORD_OF_ENTRY) - {"lost"}
    parts = {"lines", "questions", "patrols", "shift"}
    assert refused == {*(("write", kind) for kind in kinds), *(("read", part) for part in parts)}


def test_reads_of_the_log_are_logged(at):
    for path in READS:
        assert at.get(path, "wanda").status_code == 200
    assert [body["resource"] for body in at.records("access")] == ["log", "log", "patrol", "handover"]


def test_an_entry_that_is_not_there_is_no_matter_of_form(at):
    assert post(at, "/log/GHOST/corrections", status=409, reason="x")["type"] == "urn:truceline:state-error"
    assert post(at, "/log/questions/GHOST/answers", status=409, text="x")["type"] == "urn:truceline:state-error"
