# SPDX-License-Identifier: Apache-2.0
"""Which acts each may read: one's own always, the others by the table, and no party named to whom it is too early."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from commission_world import PEOPLE, World
from desk_world import office

from truceline.errors import AccessError, KeyReused, Malformed, NotHere, Outdated, StateError
from truceline.model.case import RECORD_OF, Act, Actor
from truceline.services import reading
from truceline.services.acts import act_json, acts_seen, version
from truceline.services.cases import Cases
from truceline.services.views import concerned

PUBLIC = Actor("public", "public", clearance="public")
OPEN = {"title": "Mill", "origin": "event", "events": [7]}


def walked(seed, steps=250):
    world = World(seed)
    for _ in range(steps):
        world.step()
    return world, list(enumerate(world.acts))


def kinds(world, indexed, who):
    return {act.kind for _, act in acts_seen(world.case, indexed, PEOPLE[who], world.rules)}


@pytest.mark.parametrize("seed", range(6))
def test_everybody_reads_the_own_acts_and_none_reads_what_the_table_refuses(seed):
    world, indexed = walked(seed)
    for who, actor in PEOPLE.items():
        seen = {act.id for _, act in acts_seen(world.case, indexed, actor, world.rules)}
        if not concerned(world.case, actor):
            assert not seen
            continue
        own = {act.id for act in world.acts if act.by.user == actor.user}
        assert own <= seen
        if actor.role == "liaison":
            others = {a.kind for a in world.acts if a.id in seen - own}
            assert not others & {"vote", "note", "conflict", "boycott", "assess", "attribute", "test_exceptions"}, who


@pytest.mark.parametrize("seed", range(6))
def test_a_liaison_never_reads_what_passed_between_the_centre_and_the_other_party(seed):
    world, indexed = walked(seed)
    for who, other in (("lia", "B"), ("lib", "A")):
        for _, act in acts_seen(world.case, indexed, PEOPLE[who], world.rules):
            assert act.data.get("party") != other, act


@pytest.mark.parametrize("seed", range(6))
def test_below_80_per_cent_only_analysts_and_commissioners_read_who_is_meant(seed):
    world, indexed = walked(seed)
    for who in ("wanda", "sam", "aud"):
        for _, act in acts_seen(world.case, indexed, PEOPLE[who], world.rules):
            if act.by.user == PEOPLE[who].user or act.kind in ("acknowledge", "order", "silence", "request"):
                continue
            named = {p for p in "AB" if p == act.data.get("party") or p in act.data.get("hypotheses", ())}
            assert all(world.case.hypotheses.get(party, 0) >= 0.8 for party in named), act
    assert "attribute" not in kinds(world, indexed, "sam")
    # What is proposed, names anybody or not, is the deliberation's.
    assert not {"propose", "vote"} & (kinds(world, indexed, "wanda") | kinds(world, indexed, "lia"))
    if any(act.kind == "propose" and act.data.get("party") is None for act in world.acts):
        assert "propose" in kinds(world, indexed, "aud")


def test_an_approval_is_read_by_whoever_reads_what_it_approves():
    for seed in range(30):
        world, indexed = walked(seed)
        by_id = {act.id: act for act in world.acts}
        for who in ("lia", "lib", "wanda"):
            seen = {act.id for _, act in acts_seen(world.case, indexed, PEOPLE[who], world.rules)}
            for act in (by_id[name] for name in seen):
                if act.kind == "approve" and act.by.user != PEOPLE[who].user:
                    assert act.data["of"] in seen


def test_to_ask_for_a_review_tells_nothing_of_a_finding_that_may_not_be_read():
    reviewed = 0
    for seed in range(100):
        world, indexed = walked(seed, 150)
        if world.case.exit is not None or not world.case.findings:
            continue
        cases = Cases(world.rules, lambda records: list(range(1000, 1000 + len(records))))
        cases.load(
            lambda kind, held=indexed: [(i, act.record().body) for i, act in held if RECORD_OF[act.kind] == kind]
        )

        def done(who, kind, name, world=world, cases=cases, **data):
            try:
                return cases.do(Act(name, world.case.id, kind, PEOPLE[who], world.now, "because", data))[1]
            except StateError as error:
                return error.reason

        for number, (name, found) in enumerate(world.case.findings.items()):
            if found.id in world.case.released:
                continue
            for who in ("lia", "lib"):
                asked = done(who, "request", f"a-{number}-{who}", what="review", finding=name)
                assert asked == done(who, "request", "x", what="review", finding="no such finding")
            done("sam", "release", f"r-{number}", item=name, audience=["public"])
            done("anna", "approve", f"y-{number}", of=f"r-{number}")
            for who in ("lia", "lib"):
                after = done(who, "request", f"b-{number}-{who}", what="review", finding=name)
                assert after.requests[f"b-{number}-{who}"].finding == name
                reviewed += 1
    assert reviewed > 4


HEARD = {"modality": "acoustic", "family": "array", "owner": "mission", "grade": "B2"}
NEXT = {"status": "corroborated", "reading": "text", "deadline": "2026-05-09T00:00:00Z"}
NEXT |= {"coverage": {"share": 0.4, "reference_act": "a shell", "period": "2 May"}}
OUT = {"audience": ["public"]}
LAW = {"fields": ["witness"], "basis": "article 9"}


@pytest.mark.parametrize(
    ("who", "kind", "place", "data"),
    [
        ("lia", "evidence", "counters", {**HEARD, "owner": "A"}),
        ("wanda", "evidence", "counters", HEARD),
        ("wanda", "withdraw_evidence", "evidence", {}),
        ("wanda", "custody", "evidence", {"to": "store"}),
        ("sam", "release", "item", OUT),
        ("sam", "redact", "evidence", LAW),
        ("emma", "propose", "basis", NEXT),
    ],
)
def test_what_one_may_not_read_is_answered_as_if_it_were_not_there(at, who, kind, place, data):
    """Neither that it exists is told, nor can it be acted upon; the same of an allegation to another party."""
    case = at.desk.act(at.desk.person("wanda"), "open", None, "seen", {**OPEN, "origin": "call"})[1].id
    secret = at.desk.act(at.desk.person("anna"), "evidence", case, "heard", {**HEARD, "level": "secret"})[1].id
    asked = at.desk.act(at.desk.person("ben"), "allege", case, "asked", {"party": "B", "text": "you?"})[1].id
    for name in (secret, asked) if place == "counters" else (secret,):
        said = []
        for each in (name, "01AAAAAAAAAAAAAAAAAAAAAAAA"):
            asks = {**data, place: [each] if place == "basis" else each}
            with pytest.raises(StateError) as refused:
                at.desk.act(at.desk.person(who), kind, case, "because", asks)
            said.append(refused.value.reason.replace(each, "it"))
        assert said[0] == said[1]
    shown = reading.case(at.desk, at.desk.person("olga"), case)["exhibits"]  # a seat cleared for it judges by it
    assert [each["id"] for each in shown] == [secret]
    step = at.desk.act(at.desk.person("anna"), "release", case, "out", {**OUT, "item": secret})[1].id
    with pytest.raises(StateError, match="may not read what this is about"):
        at.desk.act(at.desk.person("sam"), "approve", case, "unread", {"of": step})
    at.desk.act(at.desk.person("ben"), "approve", case, "read", {"of": step})


def test_a_party_takes_nothing_out_of_a_case_and_acts_in_no_other_name(at):
    wanda, lia = at.desk.person("wanda"), at.desk.person("lia")
    case = at.desk.act(wanda, "open", None, "seen", {**OPEN, "events": [7, 8]})[1].id
    complaint = {"title": "Mill", "origin": "complaint"}
    for data in (
        {**complaint, "split_from": case, "events": [7]},
        {**complaint, "split_from": "nothing", "events": [7]},
        {**complaint, "complainant": "B", "party": "A"},
        {**complaint, "complainant": "B", "owner": "A"},
    ):
        with pytest.raises((AccessError, Malformed)):
            at.desk.act(lia, "open", None, "because", data)
    with pytest.raises(AccessError, match="may not split"):
        at.desk.act(wanda, "open", None, "because", {**OPEN, "split_from": case, "events": [7]})
    assert at.desk.cases.case(case).events == (7, 8)
    own = at.desk.act(lia, "open", None, "because", complaint)[1].id
    for more in ({}, {"party": "A"}):
        with pytest.raises((AccessError, Malformed)):
            at.desk.act(lia, "evidence", own, "because", {**HEARD, "owner": "mission", **more})


@pytest.mark.parametrize("data", [{"reading": "of-nobody"}, {"provisions": ["no-such-clause"]}])
def test_a_reading_or_clause_that_the_agreement_has_not_is_refused(at, data):
    case = at.desk.act(at.desk.person("wanda"), "open", None, "seen", OPEN)[1].id
    with pytest.raises(StateError, match=r"is none of text|is no clause of the agreement"):
        at.desk.act(at.desk.person("olga"), "propose", case, "because", {**NEXT, "basis": [], **data})


def test_notes_are_for_whom_they_are_addressed_to():
    world, _ = walked(1, 0)
    note = Act(
        "n", world.case.id, "note", PEOPLE["anna"], world.now, "because", {"audience": ["commissioner"], "text": "x"}
    )
    indexed = [(0, world.acts[0]), (5, note)]
    assert "note" in kinds(world, indexed, "c-oak")
    assert "note" in kinds(world, indexed, "anna")  # her own
    assert "note" not in kinds(world, indexed, "ben")
    assert "note" not in kinds(world, indexed, "sam")
    assert version(world.case, indexed, PEOPLE["c-oak"], world.rules) == 5
    assert version(world.case, indexed, PEOPLE["sam"], world.rules) == 0
    assert version(world.case, indexed, PUBLIC, world.rules) is None


def test_a_party_is_not_told_the_names_of_the_missions_people():
    act = Act("x", "c", "silence", PEOPLE["wanda"], World(1).now, "seen", {"party": "A"})
    assert act_json(3, act, PEOPLE["lia"])["by"] == {"user": None, "role": "watch_officer", "of": None, "seat": None}
    assert act_json(3, act, PEOPLE["sam"])["by"]["user"] == "wanda"
    own = Act("x", "c", "reply", PEOPLE["lia"], World(1).now, "seen", {"party": "A"})
    assert act_json(3, own, Actor("lio", "liaison", "A"))["by"]["user"] == "lia"


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def test_under_one_key_a_thing_is_done_once_also_after_a_restart(at):
    wanda, anna = at.desk.person("wanda"), at.desk.person("anna")
    first = at.desk.act(wanda, "open", None, "seen", OPEN, key="k")
    assert at.desk.act(wanda, "open", None, "seen", OPEN, key="k") == first
    assert at.desk.act(anna, "open", None, "seen", OPEN, key="k")[1].id != first[1].id  # keys are each person's own
    for other in ({"reason": "other"}, {"data": {**OPEN, "title": "Ford"}}, {"kind": "notice", "case": first[2].id}):
        asked = {"kind": "open", "case": None, "reason": "seen", "data": OPEN} | other
        with pytest.raises(KeyReused):
            at.desk.act(wanda, **asked, key="k")
    at.desk.act(wanda, "notice", first[2].id, "now", {}, key="k2")
    at.desk.cases.__init__(at.desk.rules, at.desk.store.append)  # as another process would
    at.desk.cases.load(at.desk.store.read)
    again = at.desk.act(wanda, "open", None, "seen", OPEN, key="k")
    assert again == first  # the state of the case as it was then, too
    assert len([body for body in at.records("case") if body["by"]["user"] == "wanda"]) == 1


@pytest.mark.parametrize(
    ("now", "error"),
    [
        ({"role": "administrator"}, NotHere),
        ({"role": "commissioner", "of": "oak", "seat": "oak"}, AccessError),
        ({"scope": frozenset({"case:read"})}, AccessError),
    ],
    ids=["not one who may know of it", "one who may not do it", "a token that may not"],
)
def test_a_request_asked_again_is_answered_with_the_rights_of_now(at, now, error):
    wanda = at.desk.person("wanda")
    _, _, case = at.desk.act(wanda, "open", None, "seen", OPEN, key="k")
    done = at.desk.act(wanda, "notice", case.id, "now", {}, key="n")
    assert at.desk.act(wanda, "notice", case.id, "now", {}, key="n") == done
    with pytest.raises(error):
        at.desk.act(replace(wanda, **now), "notice", case.id, "now", {}, key="n")
    with pytest.raises(error):
        at.desk.act(replace(wanda, **now), "open", None, "seen", OPEN, key="k")
    assert any(not body["allowed"] and body["by"]["user"] == "wanda" for body in at.records("access"))


def test_an_act_done_is_answered_again_also_after_the_state_in_which_it_could_be_done(at):
    wanda, anna, sam = (at.desk.person(name) for name in ("wanda", "anna", "sam"))
    _, _, case = at.desk.act(wanda, "open", None, "seen", OPEN)
    assess = {}
    done = at.desk.act(anna, "assess", case.id, "looked", assess, key="a")
    at.desk.act(sam, "close", case.id, "nothing", {"exit": "unsubstantiated"})
    with pytest.raises(AccessError):
        at.desk.act(anna, "assess", case.id, "again", assess)
    assert at.desk.act(anna, "assess", case.id, "looked", assess, key="a") == done


def test_the_log_of_accesses_is_read_by_the_page_and_nothing_twice(at):
    aud = at.desk.person("aud")
    for name in ("wanda", "anna", "ben", "sam", "olga"):
        reading.cases(at.desk, at.desk.person(name))
    whole = [body["record"] for body in reading.access(at.desk, aud)]
    assert whole == sorted(whole, reverse=True) == [i for i, _ in at.desk.store.read("access")][::-1]
    told, before = [], None
    while page := reading.access(at.desk, aud, before, 2):
        told += [body["record"] for body in page]
        before = told[-1]
        reading.findings(at.desk, at.desk.person("bert"))  # what others do meanwhile moves nothing
    assert told == whole
    got, cursor = [], ""
    while True:
        answer = at.get(f"/access?limit=3{cursor}", "aud").json()
        got += [body["record"] for body in answer["access"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert got == sorted(set(got), reverse=True)
    assert set(whole) <= set(got)


def test_who_acts_on_what_has_changed_is_told(at):
    wanda, sam = at.desk.person("wanda"), at.desk.person("sam")
    index, _, case = at.desk.act(wanda, "open", None, "seen", OPEN)
    assert at.desk.version(case, sam) == index
    at.desk.act(wanda, "notice", case.id, "now", {}, seen=index)
    with pytest.raises(Outdated):
        at.desk.act(sam, "close", case.id, "nothing", {"exit": "unsubstantiated"}, seen=index)
    # What a person may not read cannot be what it has not seen.
    newest = at.desk.version(at.desk.cases.case(case.id), sam)
    at.desk.act(at.desk.person("anna"), "note", case.id, "for us", {"audience": ["analyst"], "text": "x"})
    at.desk.act(sam, "close", case.id, "nothing", {"exit": "unsubstantiated"}, seen=newest)


def test_what_the_public_is_told_is_withheld_is_counted_at_fixed_times(at):
    wanda = at.desk.person("wanda")
    _, _, case = at.desk.act(wanda, "open", None, "seen", OPEN)
    found = {"modality": "acoustic", "family": "array", "owner": "mission", "grade": "B2"}
    at.desk.act(wanda, "evidence", case.id, "heard", found)
    assert reading.counted(at.desk)["withheld"] == 0
    at.clock.forward(days=8)
    told = reading.counted(at.desk)
    assert told["withheld"] == 1
    at.desk.act(wanda, "evidence", case.id, "heard", found)
    assert reading.counted(at.desk) == told


def test_every_read_of_what_is_not_public_is_logged_and_only_auditors_read_the_log(at):
    wanda, aud = at.desk.person("wanda"), at.desk.person("aud")
    _, _, case = at.desk.act(wanda, "open", None, "seen", OPEN)
    at.clock.forward(seconds=1)
    for read in (reading.cases, reading.findings, reading.notices):
        read(at.desk, wanda)
        read(at.desk, PUBLIC)
    reading.case(at.desk, wanda, case.id)
    with pytest.raises(NotHere):
        reading.exhibit(at.desk, wanda, case.id, "nothing")
    log = reading.access(at.desk, aud)
    told = {(each["by"]["user"], each["resource"], each["name"], each["allowed"]) for each in log}
    assert {
        ("wanda", "case", "all", True),
        ("wanda", "case", case.id, True),
        ("wanda", "exhibit", "nothing", False),
    } <= told
    assert ("aud", "access", "all", True) in told
    assert not [each for each in log if each["by"]["user"] == "public"]


def test_seats_and_terms_are_told(at):
    told = reading.terms(at.desk)
    assert [seat["id"] for seat in told["seats"]] == ["birch", "elm", "oak", "seat-a", "seat-b"]
    assert (told["quorum"], told["rule"], told["recused"], told["reply_hours"]) == (3, "majority", "accused", 48)
    assert json.dumps(told["document"])
