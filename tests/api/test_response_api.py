# SPDX-License-Identifier: Apache-2.0
"""The response, the register and the meetings over the API: who sees and does what (A-1), once, on the newest state."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from ladder_office import (
    PEOPLE,
    SHARES,
    SOURCE,
    begun,
    corroborated,
    declared,
    ladder_office,
    made,
    move,
    posted,
    quick,
)

from truceline.access import TABLE
from truceline.client import Client
from truceline.errors import Outdated
from truceline.services.response import PERMIT_OF_MOVE

USERS = (None, "wanda", "anna", "sam", "lia", "lib", "olga", "gus", "bea", "elle", "pia", "aud", "adam")
BOARD = ("wanda", "anna", "sam", "olga", "gus", "bea", "elle", "pia", "aud")


@pytest.fixture
def at(tmp_path, repository):
    with ladder_office(tmp_path, repository) as found:
        yield found


def roles(resource, action):
    """Roles that some row lets do it to anything at all."""
    return {role for row in TABLE if row.resource == resource and action in row.actions for role in row.roles}


def role_of(at, user):
    return "public" if user is None else at.desk.person(user).role


def steps(at, user="aud"):
    return {step["step"]: step for step in at.get("/response", user).json()["responses"][0]["steps"]}


def test_who_reads_what(at):
    """Board readers all of it; a party what it is asked; the register everybody, as far as it is public."""
    declared(at)
    posted(at)
    for user in USERS:
        whole = user in BOARD
        part = whole or user in ("lia", "lib")
        for path in ("/response/clocks", "/response/replay", "/response/states/oak"):
            assert at.get(path, user).status_code == (200 if whole else 403), (path, user)
        for path in ("/response", "/response/moves"):
            assert at.get(path, user).status_code == (200 if part else 403), (path, user)
        for path in ("/register", "/register/flags", "/register/sides", "/commitments", "/meetings", "/meetings/glade"):
            assert at.get(path, user).status_code == 200, (path, user)
        # The restricted promise is Birch's own, the mission's and the auditor's.
        secret = 200 if user in ("wanda", "anna", "sam", "olga", "aud", "bea") else 404
        assert at.get("/commitments/birch-secret", user).status_code == secret, user
        assert at.get("/register", user).json()["withheld"] == (0 if secret == 200 else 1), user
    assert at.get("/response/states/A", "lia").status_code == 200
    assert at.get("/response/states/A", "lib").status_code == 403
    assert at.get("/response/states/nowhere", "aud").status_code == 404


def test_who_does_what(at):
    """Each kind of move by each role: 403 where the table has no row for it, else whatever the ladder says to it."""
    response = begun(at)
    for user, kind in product(USERS, PERMIT_OF_MOVE):
        action = PERMIT_OF_MOVE[kind]
        data = {
            "sign": {"case": "none"},
            "begin": {"breach": "none"},
            "verify": {"response": response, "step": "warning", "state": "elm", "result": "done"},
            "stop": {"what": "outage", "from": "2030-01-01T00:00:00Z"},
            "resume": {"stop": "none"},
            "convene": {"response": response, "about": "x", "invited": ["nobody"], "quorum": 1},
            "attend": {"consultation": "none", "state": at.desk.person(user).of if user else "oak"},
            "minutes": {"consultation": "none", "text": "x"},
            "decide": {"decision": "act"},
        }.get(kind, {})
        if kind in ("dispute", "choose"):
            data = {"response": response, "breach": "none"}
        if kind in ("declare", "lift"):
            data = {"response": response, "step": "coalition-forces"}
        if kind in ("acknowledge", "decide", "report"):
            of = at.desk.person(user).of if user else "oak"
            data = {**data, "response": response, "step": "coalition-forces", "state": of}
        data = {name: value if value is not None else "oak" for name, value in data.items()}
        answer = move(at, user, kind, **data)
        may = role_of(at, user) in roles("response", action)
        if may and action == "declare":  # and whom the terms name
            may = user in ("olga", "gus", "pia") if kind not in ("declare", "lift") else user == "olga"
        assert (answer.status_code == 403) is not may, (user, kind, answer.text)
        assert answer.status_code in ((409, 422) if may else (403,)), (user, kind, answer.text)
    assert len(at.records("response")) == 2  # nothing was done


def test_a_state_answers_for_itself_alone(at):
    response = declared(at)
    here = {"response": response, "step": "warning"}
    assert move(at, "gus", "acknowledge", **here, state="birch").status_code == 403
    assert move(at, "lib", "acknowledge", **here, state="A").status_code == 403
    made(at, "gus", "acknowledge", **here, state="oak")
    made(at, "gus", "decide", **here, state="oak", decision="act")
    made(at, "gus", "report", **here, state="oak")
    assert steps(at)["warning"]["states"]["oak"]["status"] == "acted"
    asked = at.get("/response", "lia").json()
    assert set(asked) == {"at", "drill", "asked", "consultations", "version"}
    assert [each["kind"] for each in at.get("/response/moves", "lia").json()["moves"]] == ["declare"]
    assert at.get("/response/moves", "lia").json()["moves"][0]["data"]["asked"] == ["A"]
    assert at.get("/response/moves", "lib").json()["moves"] == []


def test_parties_see_the_board_where_the_terms_say_so(tmp_path, repository):
    def opened(text):
        return quick(text) + "\npublication: {board_to_parties: true}\n"

    with ladder_office(tmp_path, repository, change=opened) as at:
        response = declared(at)
        made(at, "gus", "dispute", response=response, breach=corroborated(at))
        made(at, "sam", "convene", response=response, about="the ford", invited=["A", "oak"], quorum=1)
        for user in ("lia", "lib"):
            assert at.get("/response", user).json()["responses"][0]["steps"]
            # Who declared, chose, disputed and convened is told by office; the person only to those inside.
            for path in ("/response", "/response/clocks", "/response/moves"):
                said = at.get(path, user)
                assert said.status_code == 200
                assert not re.search('"(olga|gus|sam|anna|wanda)"', said.text), path
        board = at.get("/response", "aud").json()
        done = board["responses"][0]["steps"][0]["declared"]
        assert (done["by"], done["role"], done["of"]) == ("olga", "commissioner", "oak")
        assert board["responses"][0]["breach"]["disputed"][0]["by"] == "gus"
        assert at.get("/response").status_code == 403  # the public is no party


def test_a_promise_that_may_not_be_read_is_withheld_and_not_denied(at):
    posted(at)
    begun(at)

    def of(user, state):
        return steps(at, user)["joint-response"]["states"][state]

    assert of("bea", "birch")["promises"] == ["birch-secret"]
    assert of("gus", "birch")["promises"] == []
    assert of("gus", "birch")["withheld"] == 1
    assert of("gus", "birch")["status"] in ("withheld", "not asked")
    assert "birch-secret" not in at.get("/response", "gus").text
    assert "birch-secret" not in at.get("/register", "gus").text
    change = {
        "of": "oak-warning",
        "on": "2026-05-02",
        "becomes": "withdrawn",
        "why": "The diet voted.",
        "source": SOURCE,
    }
    done = at.post("/register/postings", "gus", {"reason": "The diet voted.", "entries": {"changes": [change]}})
    assert done.status_code == 201, done.text
    assert steps(at)["warning"]["states"]["oak"]["withdrawn"] == ["oak-warning"]
    assert ("oak-warning", "withdrawn") in {
        (f["clause"], f["key"]) for f in at.get("/response", "gus").json()["faults"]
    }


def test_once_and_on_what_was_seen(at):
    response = declared(at)
    seen = at.get("/response", "gus").json()["version"]
    tag = at.get("/response", "gus").headers["etag"]
    assert tag.startswith(f'"{seen}.')
    here = {"response": response, "step": "warning", "state": "oak"}
    first = move(at, "gus", "acknowledge", headers={"If-Match": tag, "Idempotency-Key": "k"}, **here)
    assert first.status_code == 201
    again = move(at, "gus", "acknowledge", headers={"If-Match": tag, "Idempotency-Key": "k"}, **here)
    assert again.json() == first.json()
    other = {**here, "decision": "act"}
    assert move(at, "gus", "decide", headers={"Idempotency-Key": "k"}, **other).status_code == 409
    assert move(at, "gus", "decide", headers={"If-Match": tag}, **other).status_code == 412
    fresh = f'"{first.json()["record"]}"'
    assert move(at, "gus", "decide", headers={"If-Match": fresh}, **other).status_code == 201
    body = {"reason": "said", "entries": {"states": [{"id": "yew", "name": "Yew"}]}}
    done = [at.post("/register/postings", "sam", body, headers={"Idempotency-Key": "r"}) for _ in range(2)]
    assert done[0].json() == done[1].json()
    body["entries"]["states"][0]["id"] = "ash"
    assert at.post("/register/postings", "sam", body, headers={"Idempotency-Key": "r"}).status_code == 409
    assert at.post("/register/postings", "sam", body, headers={"If-Match": '"1"'}).status_code == 412
    version = f'"{at.get("/register", "sam").json()["version"]}"'
    assert at.post("/register/postings", "sam", body, headers={"If-Match": version}).status_code == 201
    assert at.post("/register/postings", "lia", body).status_code == 403
    wrong = at.post("/register/postings", "sam", {"reason": "x", "entries": {"commitments": [{"id": "x"}]}})
    assert wrong.status_code == 422


def test_the_client_does_what_the_pages_do(at):
    posted(at)
    response = declared(at)

    def client(user):
        return Client(str(at.client.base_url), at.as_(user)["Authorization"].removeprefix("Bearer "))

    with client("gus") as gus:
        board = gus.response.board()
        here = {"response": response, "step": "warning", "state": "oak"}
        gus.response.move("acknowledge", "we have it", here, seen=board.version)
        with pytest.raises(Outdated):
            gus.response.move("decide", "x", {**here, "decision": "act"}, seen=board.version)
        page = gus.response.state("oak")
        assert (page.state.decides, [each.status for each in page.asked]) == ("The diet of Oak", ["acknowledged"])
        assert page.asked[0].acknowledge_by is not None
        assert [task.do for task in gus.queue()] == ["decide", "declare"]
        assert [each.kind for each in gus.response.moves()][-1] == "acknowledge"
        assert gus.response.replay("breach").same
        assert gus.response.clocks().responses[0].steps[0].due.earliest
        name, told = next(gus.moves())
        assert (told.kind, name.partition("-")[0]) == ("sign", "7")  # six postings came before it
        assert [each.id for each in gus.register.commitments(step="warning")] == ["oak-warning"]
        assert gus.register.overview("2026-03-01").states
        assert list(gus.register.commitments(on="2026-03-01")) == []
        assert gus.register.commitment("oak-warning").word == "declared"
        assert [each.id for each in gus.register.meetings()] == [gus.register.meeting("glade").id] == ["glade"]
        assert gus.register.flags() == []
        assert {side.party for side in gus.register.sides().sides} == {"A", "B"}
    with client("sam") as sam:
        assert sam.register.post("said", {"states": [{"id": "yew", "name": "Yew"}]}).postings[0].of == "yew"


def test_a_queue_ordered_by_clock(at):
    """A duty officer's queue: what is due first stands first; whoever may declare finds the declaration there."""
    response = begun(at)

    def tasks(user):
        return [task for task in at.get("/queue", user).json()["tasks"] if task["case"] is None]

    assert [(task["do"], task["data"]["step"]) for task in tasks("olga")] == [("declare", "warning")]
    # Oak may declare the third step; whether it could be met nobody can tell.
    assert [(task["do"], task["data"]["step"]) for task in tasks("gus")] == [("declare", "joint-response")]
    assert tasks("bea") == tasks("lia") == []
    made(at, "olga", "declare", response=response, step="warning")
    found = tasks("gus")
    assert [task["do"] for task in found] == ["acknowledge", "decide", "declare"]
    assert found[0]["clock"] == "2 h to acknowledge"
    assert [task["due"] for task in found] == sorted(task["due"] for task in found)
    assert [task["do"] for task in tasks("lia")] == ["acknowledge", "decide"]
    assert tasks("lib") == []


def test_a_consultation_decides_nothing_without_a_quorum(at):
    response = declared(at)
    invited = {"response": response, "about": "What follows.", "invited": ["oak", "birch", "A"], "quorum": 2}
    assert move(at, "sam", "convene", **{**invited, "quorum": 4}).status_code == 422
    assert move(at, "sam", "convene", **{**invited, "invited": ["yew"]}).status_code == 422
    held = made(at, "sam", "convene", **invited)
    here = {"consultation": held}
    assert move(at, "elle", "attend", **here, state="elm").status_code == 409
    assert move(at, "gus", "attend", **here, state="birch").status_code == 403
    made(at, "gus", "attend", **here, state="oak")
    assert move(at, "gus", "attend", **here, state="oak").status_code == 409
    assert move(at, "sam", "minutes", **here, text="Oak spoke.", decided="A second step.").status_code == 409
    assert move(at, "gus", "minutes", **here, text="Oak spoke.").status_code == 409  # it is not Oak's to write
    made(at, "lia", "attend", **here, state="A")
    assert [task["do"] for task in at.get("/queue", "bea").json()["tasks"]][-1] == "attend"
    made(at, "sam", "minutes", **here, text="Oak and North spoke.", decided="Oak asks for a second step.")
    assert move(at, "bea", "attend", **here, state="birch").status_code == 409
    (told,) = at.get("/response", "aud").json()["consultations"]
    assert (list(told["present"]), told["quorate"]) == (["oak", "A"], True)
    assert told["minutes"][0]["decided"] == "Oak asks for a second step."
    (seen,) = at.get("/response", "lia").json()["consultations"]
    assert (seen["invited"], list(seen["present"])) == (["A"], ["A"])
    assert (seen["convened_by"], seen["minutes"][0]["by"]) == (None, None)
    assert at.get("/response", "lib").json()["consultations"] == []
    # It starts nothing: no step is declared by it.
    assert [name for name, step in steps(at).items() if step["declared"]] == ["warning"]


def test_the_parties_stand_alike(tmp_path, repository):
    """The parties exchanged in terms, evidence and people: boards, queues and what each is asked are exchanged."""

    def exchange(text):
        return re.sub(r"\b[AB]\b", lambda found: {"A": "B", "B": "A"}[found[0]], text)

    def course(base, swap):
        with ladder_office(base, repository, swap(PEOPLE), lambda text: swap(quick(text))) as at:
            response = begun(at, json.loads(swap(json.dumps(SHARES))))
            made(at, "olga", "declare", response=response, step="warning")
            made(at, "gus", "acknowledge", response=response, step="warning", state="oak")
            board = at.get("/response", "aud").json()["responses"][0]
            told = [[{k: v for k, v in s.items() if k not in KEYS} for s in board["steps"]], board["breach"]["party"]]
            for user in ("lia", "lib", "gus", "olga"):
                told += [at.get("/response", user).json().get("asked", [])]
                told += [[(t["do"], t["due"], t["data"].get("state")) for t in at.get("/queue", user).json()["tasks"]]]
            return re.sub(r"[0-9A-HJKMNP-TV-Z]{26}", "id", json.dumps(told, sort_keys=True))

    plain, mirrored = course(tmp_path / "one", str), course(tmp_path / "two", exchange)
    assert plain != mirrored
    assert json.loads(exchange(mirrored)) == json.loads(plain)


KEYS = ("met_by", "declared", "text")
"""What of a step holds random ids, or words whose letters were exchanged as well."""
