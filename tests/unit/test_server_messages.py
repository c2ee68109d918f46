# SPDX-License-Identifier: Apache-2.0
"""Messages over the API: each office its own, those who keep the watch all; acknowledged, rung, called back."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from desk_world import office

from truceline.base.clock import utc
from truceline.dispatch import read_contacts
from truceline.services.accounts import CONSOLE

TICK = timedelta(microseconds=1)
CONTACTS = """
contacts:
  - {id: a-duty, user: lia, name: A's liaison, phone: "1"}
  - {id: b-duty, user: lib, name: B's liaison, phone: "2"}
trees: {A: [a-duty], B: [b-duty]}
pace: {acknowledge_minutes: 15}
"""


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        found.desk.notifier.contacts = read_contacts(CONTACTS, "contacts.yaml")
        case = {"reason": "heard", "data": {"title": "Mill", "origin": "call"}}
        assert found.post("/cases", "wanda", case).status_code == 201
        yield found


def test_each_office_reads_and_acknowledges_its_own(at):
    (mine,) = at.get("/messages", "lia").json()["messages"]
    assert (mine["to"], mine["of"], mine["state"], mine["drill"]) == ("a-duty", "A", "queued", None)
    for user in (None, "gus", "anna"):
        assert at.get("/messages", user).json() == {"messages": [], "drill": None}
    whole = at.get("/messages", "wanda").json()
    assert {each["of"] for each in whole["messages"]} == {"A", "B"}
    assert (whole["ring"], whole["calls"]) == ([], [])
    outbox, held = at.desk.notifier.outbox, at.desk.notifier.contacts
    for tree in whole["trees"]:
        assert (tree["open"], tree["next"]) == (1, held.trees[tree["of"]][0])
        due = utc(tree["at"])
        rung = [[each.of for each in outbox.ring(moment, held.trees, held.pace)] for moment in (due - TICK, due)]
        assert [tree["of"] in offices for offices in rung] == [False, True]
    assert (mine["may"], whole["messages"][0]["may"]) == (["acknowledge"], [])
    assert "nobody is accused" in at.get(f"/messages/{mine['id']}", "lia").json()["text"]
    path = f"/messages/{mine['id']}/acknowledgement"
    statuses = {user: at.post(path, user).status_code for user in (None, "lib", "gus", "wanda", "lia")}
    assert statuses == {None: 404, "lib": 404, "gus": 404, "wanda": 403, "lia": 201}
    assert at.post(path, "lia").status_code == 409
    assert at.post(f"/messages/{mine['id']}/retry", "lia").status_code == 403
    assert at.post(f"/messages/{mine['id']}/retry", "sam").status_code == 201


def test_who_does_not_answer_is_rung_and_calls_back(at):
    at.get("/messages", "lia")
    assert at.post("/calls", "wanda", {}).status_code == 409
    at.clock.forward(minutes=16)
    assert at.post("/calls", "lia", {}).status_code == 403
    call = at.post("/calls", "wanda", {"office": "A"}).json()
    assert (call["ask_for"], call["phone"]) == ("A's liaison", "1")
    secret = at.desk.accounts.issue(CONSOLE, "lia")[0].secret
    code = pyotp.TOTP(secret).at(int(at.clock.at.timestamp()))
    path = f"/calls/{call['call']}/confirmation"
    assert at.post(path, "wanda", {"code": "1", "totp": code}).status_code == 403
    right = {"code": call["read_out"], "totp": code}
    assert at.post(path, "lib", right).status_code == 403
    assert at.post(path, "wanda", right).json()["result"] == "reached"
    (mine,) = at.get("/messages", "lia").json()["messages"]
    assert (mine["acknowledged"] is None, mine["by"], mine["how"]) == (False, "lia", "call-back")
    other = at.post("/calls", "wanda", {"office": "B"}).json()
    (rung,) = at.get("/messages", "lib").json()["calls"]  # their own alone, and not who of the staff rang
    assert (rung["id"], rung["to"], rung["by"]) == (other["call"], "b-duty", "centre")
    assert [each["by"] for each in at.get("/messages", "lia").json()["calls"]] == ["centre"]
    assert [each["by"] for each in at.get("/messages", "wanda").json()["calls"]] == ["wanda", "wanda"]
    assert all("calls" not in at.get("/messages", user).json() for user in (None, "gus", "anna"))
    told = at.post(f"/calls/{other['call']}/result", "wanda", {"result": "no answer"})
    assert told.json()["result"] == "no answer"
    assert at.post(f"/calls/{other['call']}/result", "wanda", {"result": "asleep"}).status_code == 422
    own = {"code": other["read_out"], "totp": pyotp.TOTP(at.desk.accounts.issue(CONSOLE, "lib")[0].secret)}
    own["totp"] = own["totp"].at(int(at.clock.at.timestamp()))
    typed = at.post(f"/calls/{other['call']}/confirmation", "lib", own).json()
    assert (typed["result"], typed["by"], typed["items"]) == ("reached", "centre", rung["items"])
    assert at.post(f"/calls/{other['call']}/result", "wanda", {"result": "no answer"}).status_code == 409
    assert at.post("/calls/nowhere/result", "wanda", {"result": "reached"}).status_code == 404
