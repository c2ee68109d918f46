# SPDX-License-Identifier: Apache-2.0
"""Cases over the API: opened, acted on, read by each as far as it may; tags, keys, pages, refusals, the stream."""

from __future__ import annotations

import json
import threading

import pytest
from desk_world import office

from truceline.services.accounts import CONSOLE

OPEN = {"reason": "a salvo heard", "data": {"title": "Mill", "origin": "event", "events": [7]}}
HEARD = {"modality": "acoustic", "family": "array", "owner": "mission", "grade": "B2"}


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def opened(at, user="wanda", **more):
    answer = at.post("/cases", user, {**OPEN, "data": {**OPEN["data"], **more}})
    assert answer.status_code == 201, answer.text
    return answer.json()["case"]


def do(at, user, case, kind, **data):
    at.clock.forward(seconds=1)
    answer = at.post(f"/cases/{case}/acts", user, {"kind": kind, "reason": "because", "data": data})
    assert answer.status_code == 201, answer.text
    return answer.json()


def shared(at, case):
    """A finding that names nobody, released to the public."""
    first = do(at, "wanda", case, "evidence", **HEARD)["act"]
    second = do(at, "wanda", case, "evidence", modality="imagery", family="sar", owner="elm", grade="B2")["act"]
    proposal = do(
        at,
        "olga",
        case,
        "propose",
        status="corroborated",
        reading="text",
        basis=[first, second],
        coverage={"share": 0.4, "reference_act": "a shell of 122 mm", "period": "2 May"},
        deadline="2026-05-04T00:00:00+02:00",
    )["act"]
    for user in ("olga", "bert", "emma", "sita", "sibo"):
        do(at, user, case, "vote", proposal=proposal, choice="for")
    finding = do(at, "sam", case, "determine", proposal=proposal)["act"]
    out = do(at, "sam", case, "release", item=finding, audience=["public"])["act"]
    do(at, "anna", case, "approve", of=out)
    return finding


def test_a_case_is_opened_and_says_where_it_is(at):
    answer = at.post("/cases", "wanda", OPEN)
    told = answer.json()
    assert answer.headers["location"] == f"/api/v1/cases/{told['case']}"
    record = at.desk.store.read("case")[0][0]
    assert told == {"act": told["case"], "kind": "open", "case": told["case"], "state": "open", "record": record}
    view = at.get(f"/cases/{told['case']}", "wanda").json()
    assert (view["title"], view["state"], view["version"]) == ("Mill", "open", record)
    assert at.records("case")[0]["data"] == OPEN["data"]  # as it was said, nothing added


@pytest.mark.parametrize(("user", "own", "other"), [("lia", "A", "B"), ("lib", "B", "A")])
@pytest.mark.parametrize("origin", ["call", "complaint", "self_report"])
def test_a_liaison_calls_complains_and_reports_for_its_own_party_said_or_not(at, origin, user, own, other):
    asked = {"reason": "fire at the ford", "data": {"title": "Ford", "origin": origin}}
    answer = at.post("/cases", user, asked, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 201, answer.text
    case = answer.json()["case"]
    assert at.post("/cases", user, asked, headers={"Idempotency-Key": "k1"}).json()["case"] == case
    assert at.get(f"/cases/{case}", user).json()["title"] == "Ford"
    held = at.desk.cases.case(case)
    assert held.complainant == (None if origin == "call" else own)
    assert set(held.notices) == ({"A", "B"} if origin == "call" else set())
    asked["data"]["complainant"] = other
    assert at.post("/cases", user, asked).status_code == 403


def test_what_is_not_there_and_what_is_not_yours_are_the_same_answer(at):
    case = opened(at)
    for path in ("", "/acts", "/notes", "/exhibits/x"):
        hidden = at.get(f"/cases/{case}{path}", "lib")
        missing = at.get(f"/cases/{case[:-1]}0{path}", "lib")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace(case, "X") == missing.text.replace(f"{case[:-1]}0", "X")
        assert len(hidden.headers) == len(missing.headers)
    hidden = at.post(
        f"/cases/{case}/acts", "lib", {"kind": "reply", "reason": "x", "data": {"party": "A", "text": "x"}}
    )
    assert hidden.status_code == 404


def test_each_sees_what_was_released_and_the_public_nothing_more(at):
    case = opened(at)
    assert at.get("/cases").json() == {"cases": [], "next": None}
    assert at.get("/findings").json() == {"findings": [], "next": None}
    finding = shared(at, case)
    assert at.get("/cases").json()["cases"] == [{"case": case, "findings": 1}]
    view = at.get(f"/cases/{case}").json()
    assert set(view) == {"case", "exhibits", "findings", "caveat"}
    assert at.get(f"/findings/{finding}").json()["status"] == "corroborated"
    assert at.get(f"/cases/{case}/acts").json() == {"acts": [], "next": None}
    inside = at.get("/cases", "sam").json()["cases"][0]
    assert (inside["state"], inside["due"]["what"]) == ("found", "acknowledge")


def test_the_state_of_a_case_is_not_told_to_whom_it_does_not_concern(at):
    case = opened(at)
    told = do(at, "adam", case, "outage", **{"from": "2026-05-02T19:00:00Z", "to": "2026-05-02T20:00:00Z"})
    assert told["state"] is None


def test_an_exhibit_has_its_custody(at):
    case = opened(at)
    item = do(at, "anna", case, "evidence", **HEARD, level="secret", record=0)["act"]
    do(at, "anna", case, "withdraw_evidence", evidence=item)
    told = at.get(f"/cases/{case}/exhibits/{item}", "ben").json()
    assert [each["kind"] for each in told["acts"]] == ["evidence", "withdraw_evidence"]
    assert told["withdrawn"] is True
    assert told["seen"] is None  # the record it rests on has no place
    assert at.get(f"/cases/{case}/exhibits/{item}", "wanda").status_code == 404  # not cleared for it


def test_notes_reach_whom_they_are_addressed_to(at):
    case = opened(at)
    do(at, "anna", case, "note", audience=["commissioner"], text="weak evidence")
    assert [n["text"] for n in at.get(f"/cases/{case}/notes", "olga").json()["notes"]] == ["weak evidence"]
    assert at.get(f"/cases/{case}/notes", "sam").json()["notes"] == []


def test_notices_run_until_there_is_silence(at):
    quiet, loud = opened(at), opened(at)
    for case in (quiet, loud):
        do(at, "wanda", case, "notice")
    do(at, "wanda", quiet, "silence", party="A")
    told = at.get("/notices", "lia").json()["notices"]
    assert [(each["case"], each["party"], each["silent"] is None) for each in told] == [
        (loud, "A", True),
        (quiet, "A", False),
    ]
    assert {each["party"] for each in at.get("/notices", "wanda").json()["notices"]} == {"A", "B"}
    assert at.get("/notices").json()["notices"] == []


def test_the_log_of_access_is_the_auditors(at):
    case = opened(at)
    at.get(f"/cases/{case}", "wanda")
    assert at.get("/access", "aud").json()["access"][1]["name"] == case
    assert at.get("/access", "adam").status_code == 200
    at.clock.forward(seconds=1)
    refused = at.get("/access", "wanda")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:truceline:access-error")
    newest = at.get("/access", "aud").json()["access"][0]
    assert (newest["by"]["user"], newest["allowed"]) == ("wanda", False)


def test_words_and_terms_are_for_everybody(at):
    words = at.get("/vocabulary").json()
    assert {act["kind"] for act in words["acts"]} >= {"open", "vote", "close"}
    assert next(act["roles"] for act in words["acts"] if act["kind"] == "vote") == ["commissioner"]
    assert len(words["grades"]) == 36
    assert at.get("/terms").json()["id"] == "exercise-accord"
    assert at.get("/withheld").json()["withheld"] == 0


def test_a_tag_says_whether_anything_changed(at):
    case = opened(at)
    for path in ("/cases", f"/cases/{case}", f"/cases/{case}/acts", "/terms", "/vocabulary", "/findings"):
        first = at.get(path, "wanda")
        again = at.get(path, "wanda", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert at.get(path, "wanda", headers={"If-None-Match": '"x"'}).status_code == 200
    before = at.get(f"/cases/{case}", "wanda").headers["etag"]
    do(at, "wanda", case, "notice")
    assert at.get(f"/cases/{case}", "wanda", headers={"If-None-Match": before}).status_code == 200


def test_who_acts_on_an_old_state_is_told(at):
    case = opened(at)
    tag = at.get(f"/cases/{case}", "sam").headers["etag"]
    index = do(at, "wanda", case, "notice")["record"]
    close = {"kind": "close", "reason": "nothing", "data": {"exit": "unsubstantiated"}}
    late = at.post(f"/cases/{case}/acts", "sam", close, headers={"If-Match": tag})
    assert (late.status_code, late.json()["type"]) == (412, "urn:truceline:outdated")
    assert at.post(f"/cases/{case}/acts", "sam", close, headers={"If-Match": "old"}).status_code == 422
    assert at.post(f"/cases/{case}/acts", "sam", close, headers={"If-Match": f'"{index}"'}).status_code == 201


def test_asking_again_under_one_key_does_it_once(at):
    key = {"Idempotency-Key": "phone-1"}
    first = at.post("/cases", "wanda", OPEN, headers=key)
    at.clock.forward(minutes=1)
    again = at.post("/cases", "wanda", OPEN, headers=key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    other = at.post("/cases", "wanda", {**OPEN, "reason": "other"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "urn:truceline:key-reused")
    assert len(at.records("case")) == 1
    case = first.json()["case"]
    notice = {"kind": "notice", "reason": "now"}
    told = {at.post(f"/cases/{case}/acts", "wanda", notice, headers={"Idempotency-Key": "n"}).text for _ in range(3)}
    assert len(told) == 1
    assert len(at.records("notice")) == 1


def test_many_who_ask_at_once_under_one_key_do_it_once(at):
    told = []

    def ask():
        told.append(at.post("/cases", "wanda", OPEN, headers={"Idempotency-Key": "k"}).text)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(told)) == 1
    assert len(at.records("case")) == 1


def test_pages_follow_each_other_and_nothing_is_told_twice(at):
    cases = [opened(at) for _ in range(5)]
    told, cursor = [], None
    while True:
        answer = at.get("/cases", "wanda", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        told += [line["case"] for line in answer["cases"]]
        at.clock.forward(seconds=1)
        opened(at)  # what comes in meanwhile is due later
        cursor = answer["next"]
        if cursor is None or len(told) > 20:
            break
    assert told[:5] == sorted(cases)
    assert len(told) == len(set(told))
    for bad in ("AAAA", "x" * 50, cursor or "e30"):
        assert at.get("/cases", "wanda", params={"cursor": bad}).status_code == 404
    first = at.get("/cases", "wanda", params={"limit": 1, "state": "open"}).json()["next"]
    assert at.get("/cases", "wanda", params={"cursor": first}).status_code == 404  # another question's


def test_lists_are_filtered_by_what_may_be_known(at):
    case, other = opened(at), opened(at)
    do(at, "sam", case, "close", exit="unsubstantiated")
    assert [c["case"] for c in at.get("/cases", "wanda", params={"state": "closed"}).json()["cases"]] == [case]
    asked = do(at, "sam", other, "allege", party="A", text="you are accused")["act"]
    do(at, "anna", other, "approve", of=asked)
    assert [c["case"] for c in at.get("/cases", "anna", params={"party": "A"}).json()["cases"]] == [other]
    assert at.get("/cases", "wanda", params={"party": "A"}).json()["cases"] == []  # she may not know whom


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ({"reason": "x"}, 422, "body.data"),
        ({**OPEN, "id": "01J"}, 422, "body.id"),
        ({**OPEN, "at": "2020-01-01T00:00:00Z"}, 422, "body.at"),
        ({**OPEN, "by": "sam"}, 422, "body.by"),
        ({**OPEN, "data": {**OPEN["data"], "state": "found"}}, 422, "body.data.state"),
        ({**OPEN, "reason": "   "}, 422, "body.reason"),
        ({**OPEN, "data": {**OPEN["data"], "events": ["7"]}}, 422, "body.data.events.0"),
        ({**OPEN, "data": {**OPEN["data"], "events": list(range(1000))}}, 422, "body.data.events"),
        ({**OPEN, "reason": "x" * 9000}, 422, "body.reason"),
        ({**OPEN, "reason": "x" * 70_000}, 413, None),
        ([], 422, "body"),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_the_field(at, body, status, where):
    answer = at.post("/cases", "wanda", body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    if where:
        assert list(answer.json()["fields"]) == [where]
    assert at.records("case") == []


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b'{"reason": NaN}', 422),
        (b'{"reason": "a", "reason": "b"}', 422),
        (b"[" * 50 + b"]" * 50, 422),
        (b"[" * 20_000, 422),
        (b"\xff\xfe", 422),
    ],
)
def test_what_is_not_plain_json_is_refused(at, raw, status):
    headers = {**at.as_("wanda"), "Content-Type": "application/json"}
    assert at.client.post("/api/v1/cases", content=raw, headers=headers).status_code == status


def test_methods_and_media_types_are_refused_rightly(at):
    case = opened(at)
    answer = at.client.delete(f"/api/v1/cases/{case}", headers=at.as_("wanda"))
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert at.client.post("/api/v1/cases", content=b"{}", headers=at.as_("wanda")).status_code == 415
    for accept, status in (("text/html", 406), ("text/html, */*;q=0.1", 200), ("application/json;q=0, */*", 406)):
        assert at.get("/cases", "wanda", headers={"Accept": accept}).status_code == status
    assert at.get("/cases", "wanda", params={"sate": "open"}).status_code == 422


def test_a_refusal_says_which_record(at):
    case = opened(at)
    do(at, "wanda", case, "notice")
    again = at.post(f"/cases/{case}/acts", "wanda", {"kind": "notice", "reason": "again"}).json()
    assert (again["status"], again["type"]) == (409, "urn:truceline:state-error")
    assert len(again["record"]) == 26
    gone = at.post(
        f"/cases/{case}/acts", "anna", {"kind": "withdraw_evidence", "reason": "x", "data": {"evidence": "01J"}}
    )
    assert (gone.status_code, "there is no '01J' here" in gone.text) == (409, True)


def events(at, user, count, last=None):
    """The first events of somebody's stream."""
    found = []
    headers = at.as_(user) | ({"Last-Event-ID": last} if last else {})
    with at.client.stream("GET", "/api/v1/events/stream", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        event = {}
        for line in answer.iter_lines():
            name, _, said = line.partition(": ")
            if line:
                event[name] = said
            elif "data" in event:
                found.append((event["id"], json.loads(event["data"])))
                event = {}
            if len(found) == count:
                return found
    return found


def test_the_stream_tells_each_what_changed_and_goes_on_where_it_was_left(at):
    case = opened(at)
    do(at, "wanda", case, "notice")
    first = events(at, "wanda", 2)
    assert [told["state"] for _, told in first] == ["open", "open"]
    do(at, "sam", case, "close", exit="unsubstantiated")
    assert [told["exit"] for _, told in events(at, "wanda", 1, first[-1][0])] == ["unsubstantiated"]
    ben = events(at, "ben", 3)
    assert {name.partition("-")[2] for name, _ in ben}.isdisjoint({first[0][0].partition("-")[2]})
    assert events(at, "ben", 3, first[-1][0]) == ben  # another's id begins one's own stream anew


def test_the_public_stream_tells_of_a_release_when_it_comes(at):
    case, told = opened(at), []
    thread = threading.Thread(target=lambda: told.extend(events(at, None, 1)))
    thread.start()
    finding = shared(at, case)
    thread.join(20)
    assert told[0][0].startswith("1-")
    assert told[0][1] == {"at": told[0][1]["at"], "case": case, "findings": 1}
    assert at.get("/findings").json()["findings"][0]["finding"] == finding


def test_a_quiet_stream_says_that_it_is_alive(at, monkeypatch):
    monkeypatch.setattr("truceline.server.routes.events.BEAT", 0.3)
    with at.client.stream("GET", "/api/v1/events/stream") as answer:
        assert answer.headers["cache-control"] == "no-store"
        assert next(line for line in answer.iter_lines() if line.startswith(":")) == ": alive"


def test_a_stream_ends_when_the_persons_rights_change(at):
    opened(at)
    at.as_("wanda")
    done = []
    thread = threading.Thread(target=lambda: done.append(events(at, "wanda", 99)))
    thread.start()
    while not at.desk.feeds._held:
        pass
    at.desk.accounts.alter(CONSOLE, "wanda", {"role": "liaison", "of": "B"})
    thread.join(20)
    assert len(done[0]) == 1
