# SPDX-License-Identifier: Apache-2.0
"""Custody, counter-evidence, readings, reviews, remedies and their verification, merged and split cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from commission_world import PEOPLE, START, rules
from test_commission_acts import COVERAGE, Desk

from truceline.base.clock import iso
from truceline.commission.waiting import waiting
from truceline.errors import InputError, StateError
from truceline.model.case import Act, Actor
from truceline.services.cases import Cases
from truceline.services.views import case_view

BLOBS = ["a" * 64, "b" * 64]


def corroborated(desk):
    return desk.proposed(status="corroborated").voted().determined().case.proposals["p"].outcome


def test_the_chain_of_custody_says_who_held_it_and_whether_its_files_are_the_same():
    desk = Desk().evidence("sound", blobs=BLOBS, held_by="post A10")
    desk.do("anna", "custody", "c1", evidence="sound", to="laboratory", blobs=BLOBS[::-1])
    desk.do("anna", "custody", "c2", evidence="sound", to="store")
    chain = desk.case.exhibits["sound"].custody
    assert [(link.holder, link.by, link.intact) for link in chain] == [
        ("post A10", "wanda", None),
        ("laboratory", "anna", True),
        ("store", "anna", None),
    ]
    assert not desk.case.exhibits["sound"].broken
    told = case_view(desk.case, PEOPLE["anna"], desk.rules)["exhibits"][0]
    assert (told["chain"], told["blobs"], told["held"][1]["holder"]) == ("whole", BLOBS, "laboratory")
    desk.refused("who holds it now", "anna", "custody", evidence="sound", to=" ")
    desk.refused("there is no 'ghost' here", "anna", "custody", evidence="ghost", to="store")
    desk.refused("SHA-256", "anna", "custody", evidence="sound", to="store", blobs=["abc"])
    desk.refused("SHA-256", "wanda", "evidence", modality="v", family="f", owner="o", grade="B2", blobs=BLOBS * 51)


def test_files_that_are_not_the_same_corroborate_nothing_and_reopen_what_rests_on_them():
    desk = Desk().evidence("sound", blobs=BLOBS).evidence("image", "imagery", "sar", "elm").tested()
    assert corroborated(desk) == "found"
    desk.do("anna", "custody", "c1", evidence="sound", to="store", blobs=BLOBS[:1])
    assert desk.case.exhibits["sound"].broken
    assert desk.case.finding is None
    assert desk.case.findings["f"].superseded == "reopened"
    desk.proposed("q", status="corroborated").voted(proposal="q").determined("g", "q")
    assert desk.case.proposals["q"].outcome == "standard not met"


def test_counter_evidence_is_kept_and_never_counts_against_its_own_side():
    desk = Desk().evidence("sound").alleged()
    desk.do("lia", "evidence", "film", modality="video", family="phone", owner="A", grade="B2", counters="ask-A")
    assert corroborated(desk.evidence("image", "imagery", "sar", "elm")) == "found"
    again = Desk().evidence("sound").alleged()
    again.do("lia", "evidence", "image", modality="imagery", family="sar", owner="A", grade="B2", counters="sound")
    again.do("anna", "grade", "judged", evidence="image", grade="B2")
    assert corroborated(again) == "standard not met"
    again.refused(
        "there is no 'ghost' here",
        "lia",
        "evidence",
        modality="video",
        family="x",
        owner="A",
        grade="B2",
        counters="ghost",
    )


def test_nobody_grades_its_own_witness():
    desk = Desk().evidence("sound")
    desk.do("lia", "evidence", "image", modality="imagery", family="sar", owner="A", grade="A1")
    assert desk.case.exhibits["image"].grade == "F6"
    assert corroborated(desk) == "standard not met"
    desk.do("anna", "grade", "g1", evidence="image", grade="B2")
    desk.proposed("q", status="corroborated").voted(proposal="q").determined("g", "q")
    assert desk.case.proposals["q"].outcome == "found"
    desk.do("anna", "grade", "g2", evidence="image", grade="C3")
    assert desk.case.finding is not None  # judged otherwise, and judged all the same
    desk.do("anna", "grade", "g3", evidence="image", grade="F3")
    assert desk.case.findings["g"].superseded == "reopened"
    desk.refused("Admiralty code", "anna", "grade", evidence="image", grade="G1")
    desk.refused("there is no 'ghost' here", "anna", "grade", evidence="ghost", grade="B2")


def test_the_assessment_under_each_reading_stays_with_the_case():
    desk = Desk().do("machine", "assess", "a", readings={"text": [0.7, 0.9], "mirror": [0.2, 0.6]})
    assert desk.case.probability == 0.2  # of the reading kindest to the accused
    assert desk.case.assessments == {"text": (0.7, 0.9), "mirror": (0.2, 0.6)}
    desk.do("machine", "assess", "b", readings={"mirror": [None, None]})
    assert desk.case.probability is None
    assert case_view(desk.case, PEOPLE["wanda"], desk.rules)["assessments"]["mirror"] == {"low": None, "high": None}
    desk.refused("shares from 0 to 1", "machine", "assess", readings={"text": [0.9, 0.7]})
    desk.refused("shares from 0 to 1", "machine", "assess", readings={"text": [-1, 0.7]})


def found(desk, share=0.9):
    """A finding that names A, after its reply."""
    desk.two_kinds().tested().alleged().attributed(share).do("lia", "reply", "r", party="A", text="no")
    return desk.proposed(attribution="attributed", party="A").voted().determined()


def test_a_finding_is_reviewed_and_the_outcome_says_what_became_of_it():
    desk = found(Desk()).do("lia", "request", "q", what="review", finding="f")
    desk.refused("is upheld, not corrected", "sam", "outcome", request="q", outcome="corrected")
    desk.refused("outcome: upheld, corrected, reopened", "sam", "outcome", request="q", outcome="denied")
    desk.do("c-oak", "propose", "p2", status="recorded", reading="text", basis=["sound"], coverage=COVERAGE,
            corrects="f", deadline=iso(desk.now + timedelta(hours=9)))  # fmt: skip
    desk.voted(proposal="p2").determined("g", "p2")
    desk.refused("is corrected, not upheld", "sam", "outcome", request="q", outcome="upheld")
    desk.do("sam", "outcome", "o", request="q", outcome="corrected")
    desk.refused("ended already: corrected", "sam", "outcome", request="q", outcome="corrected")
    desk.do("lia", "request", "q2", what="review", finding="g").do(
        "sam", "outcome", "o2", request="q2", outcome="upheld"
    )
    desk.do("lia", "request", "q3", what="review", finding="g").do("wanda", "withdraw_evidence", "w", evidence="sound")
    desk.do("sam", "outcome", "o3", request="q3", outcome="reopened")
    desk.refused("is of a finding of this case", "lia", "request", what="review")
    desk.refused("is of a finding of this case", "lia", "request", what="look", finding="g")


def test_a_remedy_is_reported_by_its_party_and_verified_by_others():
    desk = found(Desk()).do("sam", "remedy", "fix", finding="f", kind="rectify", party="A", due_hours=24)
    remedy = desk.case.remedies["fix"]
    assert not remedy.overdue(desk.now)
    assert remedy.overdue(desk.now + timedelta(hours=25))
    desk.refused("only the liaison of A", "lib", "report_remedy", remedy="fix", party="A")
    desk.refused("only the liaison of A", "lia", "report_remedy", remedy="fix", party="B")
    desk.do("lia", "report_remedy", "said", remedy="fix", party="A", text="the guns are back")
    assert desk.case.remedies["fix"].result == "open"  # saying so verifies nothing
    own = Actor("olena", "analyst", "A")
    with pytest.raises(StateError, match="does not verify it itself"):
        desk_do(desk, own, "verify_remedy", {"remedy": "fix", "result": "done"})
    desk.do("wanda", "verify_remedy", "v1", remedy="fix", result="cannot be verified")
    desk.do("sam", "close", "end", exit="found")
    desk.do("wanda", "verify_remedy", "v2", remedy="fix", result="done")
    assert desk.case.remedies["fix"].checks == (("v1", "cannot be verified"), ("v2", "done"))
    desk.refused("verified already", "lia", "report_remedy", remedy="fix", party="A")
    told = {who: case_view(desk.case, PEOPLE[who], desk.rules)["remedies"] for who in ("lia", "wanda")}
    assert told["lia"][0]["party"] == told["wanda"][0]["party"] == "A"
    assert told["lia"][0]["checks"][1]["result"] == "done"


def test_who_may_not_see_a_name_does_not_learn_it_from_a_remedy():
    desk = Desk().two_kinds().tested().alleged().attributed(0.6).do("lia", "reply", "r", party="A", text="no")
    desk.proposed(attribution="likely", party="A").voted().determined()
    desk.do("sam", "remedy", "fix", finding="f", kind="apology", party="A")
    assert case_view(desk.case, PEOPLE["wanda"], desk.rules)["remedies"][0]["party"] is None
    assert case_view(desk.case, PEOPLE["anna"], desk.rules)["remedies"][0]["party"] == "A"


def desk_do(desk, who, kind, data):
    from truceline.commission import apply

    desk.now += timedelta(minutes=1)
    return apply(desk.case, Act(f"{kind}-{who.user}", "c", kind, who, desk.now, "because", data), desk.rules)


def test_votes_carry_their_reasons_and_dissents_are_shown():
    desk = found(Desk())
    desk.do("c-oak", "propose", "p2", status="recorded", reading="text", basis=["sound"], coverage=COVERAGE,
            deadline=iso(desk.now + timedelta(hours=9)))  # fmt: skip
    desk.voted("for", ("oak", "birch"), "p2").voted("against", ("elm",), "p2").determined("g", "p2")
    told = case_view(desk.case, PEOPLE["c-oak"], desk.rules)
    assert told["findings"][-1]["dissents"] == [{"act": "v-p2-elm", "seat": "elm", "reason": "because"}]
    assert told["proposals"][-1]["votes"][0]["reason"] == "because"


def test_what_stands_in_the_way_is_a_state_with_consequences():
    how = replace(rules(quorum=5), not_recognising=frozenset({"B"}))
    desk = Desk(how).two_kinds().do("c-elm", "boycott", "b").do("c-pine", "conflict", "k")
    told = {row["state"]: row["follows"] for row in case_view(desk.case, PEOPLE["sam"], desk.rules)["in_the_way"]}
    assert told["quorum out of reach"] == "nothing can be found: 4 seats can vote, the quorum is 5"
    assert told["boycott"].startswith("elm is not waited for")
    assert told["does not recognise the mechanism"].startswith("B is served by publication")
    bare = case_view(desk.case, PEOPLE["sam"], replace(how, quorum=None))
    assert bare["in_the_way"][0]["state"] == "no quorum"
    stuck = Desk(rules("consensus", 1)).two_kinds().proposed().voted("for", ("oak",)).voted("against", ("elm",))
    stuck.determined()
    assert case_view(stuck.case, PEOPLE["sam"], stuck.rules)["in_the_way"][0]["state"] == "deadlock"


class Office:
    """Cases through the service, in a ledger that only counts."""

    def __init__(self):
        self.records, self.now, self.count = [], START, 0
        self.cases = Cases(rules(), self.append)

    def append(self, records):
        self.records += records
        return list(range(len(self.records) - len(records), len(self.records)))

    def do(self, who, kind, case=None, after=1, **data):
        self.now += timedelta(minutes=after)
        self.count += 1
        name = f"{self.count:026d}"
        self.cases.do(Act(name, case or name, kind, PEOPLE[who], self.now, "because", data))
        return name

    def again(self):
        """The same cases, read from what was logged."""
        read = Cases(rules(), self.append)
        held = [(index, record.kind, dict(record.body)) for index, record in enumerate(self.records)]
        read.load(lambda kind: [(index, body) for index, k, body in held if k == kind])
        return read


def exhibit(office, case, who="wanda", **more):
    data = {"modality": "acoustic", "family": "array", "owner": "mission", "grade": "B2", **more}
    return office.do(who, "evidence", case, **data)


def test_merged_cases_hold_all_that_both_held():
    office = Office()
    one = office.do("wanda", "open", origin="event", events=[1, 2], provisions=["quiet"])
    two = office.do("wanda", "open", origin="event", events=[3], provisions=["belts"])
    sound, image = exhibit(office, one), exhibit(office, two, modality="imagery", family="sar", owner="elm")
    for case in (one, two):
        asked = office.do("sam", "allege", case, party="A", text="x")
        office.do("anna", "approve", case, of=asked)
    reply = office.do("lia", "reply", two, party="A", text="no")
    with pytest.raises(StateError, match="heard in both first"):
        office.do("sam", "merge", two, into=one)
    assert office.cases.case(two).merged_into is None  # nothing of it happened
    first = office.do("lia", "reply", one, party="A", text="no, too")
    office.do("sam", "merge", two, into=one)
    case = office.cases.case(one)
    assert set(case.exhibits) == {sound, image}
    assert (case.events, case.provisions, case.absorbed) == ((1, 2, 3), ("quiet", "belts"), (two,))
    assert set(case.allegations["A"].replies) == {reply, first}
    assert not case.exceptions_tested
    assert office.cases.case(two).state == "merged"
    assert [record.body["act"] for record in office.records[-2:]] == ["merge", "absorb"]
    with pytest.raises(StateError, match=f"went into {one}"):
        exhibit(office, two)
    with pytest.raises(StateError, match="was not merged into"):
        office.do("sam", "absorb", one, **{"from": two})
    assert {c.id: c for c in office.again()} == {c.id: c for c in office.cases}


@pytest.mark.parametrize("into", ["ghost", None, "itself"])
def test_a_merge_into_nothing_is_refused_whole(into):
    office = Office()
    one = office.do("wanda", "open", origin="event", events=[1])
    before = len(office.records)
    with pytest.raises((StateError, InputError)):
        office.do("sam", "merge", one, **({} if into is None else {"into": one if into == "itself" else into}))
    assert len(office.records) == before
    assert office.cases.case(one).merged_into is None


def test_a_case_with_a_step_that_waits_is_not_merged():
    office = Office()
    one, two = (office.do("wanda", "open", origin="event", events=[n]) for n in (1, 2))
    office.do("sam", "allege", two, party="A", text="x")
    with pytest.raises(StateError, match="waits for a second person"):
        office.do("sam", "merge", two, into=one)


def test_a_split_case_takes_its_events_and_the_evidence_it_names():
    office = Office()
    one = office.do("wanda", "open", origin="event", events=[1, 2, 3], provisions=["quiet"])
    sound, image = exhibit(office, one, blobs=BLOBS), exhibit(office, one, modality="imagery", family="sar")
    two = office.do("anna", "open", origin="event", events=[3], split_from=one, evidence=[image])
    case, rest = office.cases.case(two), office.cases.case(one)
    assert (rest.events, case.events, case.provisions) == ((1, 2), (3,), ("quiet",))
    assert (set(case.exhibits), set(rest.exhibits)) == ({image}, {sound, image})
    assert case.exhibits[image].custody == rest.exhibits[image].custody
    assert case.split_from == one
    for data in ({"events": [1, 2]}, {"events": []}, {"events": [9]}):
        with pytest.raises(StateError, match="takes some of"):
            office.do("anna", "open", origin="event", split_from=one, **data)
    with pytest.raises(StateError, match="ghost"):
        office.do("anna", "open", origin="event", events=[1], split_from=one, evidence=["ghost"])
    assert {c.id: c for c in office.again()} == {c.id: c for c in office.cases}


def test_what_befalls_an_exhibit_befalls_it_in_every_case_it_lies_in():
    office = Office()
    one = office.do("wanda", "open", origin="event", events=[1, 2])
    sound, image = (
        exhibit(office, one, blobs=BLOBS),
        exhibit(office, one, modality="imagery", family="sar", owner="elm"),
    )
    two = office.do("anna", "open", origin="event", events=[2], split_from=one, evidence=[sound, image])
    office.do("anna", "custody", two, evidence=image, to="store")
    office.do("anna", "grade", two, evidence=image, grade="C3")
    office.do("anna", "withdraw_evidence", two, evidence=sound)
    held = [office.cases.case(name).exhibits for name in (one, two)]
    assert [each[sound].withdrawn for each in held] == [True, True]
    assert [(each[image].grade, each[image].custody[-1].holder) for each in held] == [("C3", "store")] * 2
    assert {c.id: c for c in office.again()} == {c.id: c for c in office.cases}


def test_what_cannot_be_judged_is_no_inspectors_record():
    for grade, outcome in (("B2", "found"), ("F6", "standard not met")):
        desk = Desk().tested().alleged().do("lia", "reply", "r", party="A", text="no")
        for name, owner, said in (("one", "elm", "B2"), ("two", "oak", grade)):
            desk.evidence(name, "inspector_record", "visit", owner, said)
        desk.proposed(status="clear breach", basis=("one", "two")).voted().determined()
        assert desk.case.proposals["p"].outcome == outcome


def test_a_provisional_finding_waits_for_the_allegation_and_then_for_the_last_vote():
    desk = Desk(rules(reply_hours=6.0)).two_kinds().tested().attributed()
    desk.proposed(attribution="attributed", party="A", provisional=True, hours=1).voted().determined(after=70)
    assert "allege" in kinds(desk)
    assert "propose" not in kinds(desk)
    desk.alleged()
    assert not {"allege", "propose"} & set(kinds(desk))
    over = kinds(desk, after=6 * 60 + 1)["propose"]
    assert (over.since, over.data) == (desk.case.due(desk.case.allegations["A"]), {"corrects": "f"})
    desk.do("lia", "reply", "r", party="A", text="no").do("c-elm", "conflict", "k")
    last = kinds(desk)["propose"]
    assert (last.since, last.seats) == (desk.now - timedelta(minutes=1), frozenset(desk.rules.seats) - {"elm"})
    desk.proposed("q", attribution="attributed", party="A")
    assert "propose" not in kinds(desk)


def kinds(desk, after=0):
    now = desk.now + timedelta(minutes=after)
    return {item.kind: item for item in waiting(desk.case, desk.rules, now)}


def test_what_a_case_waits_for_follows_its_clocks():
    desk = Desk()
    notice = kinds(desk)["notice"]
    assert notice.due == desk.case.opened + timedelta(minutes=15)
    desk.do("machine", "notice", "n")
    assert {item.data["party"] for item in waiting(desk.case, desk.rules, desk.now)} == {"A", "B"}
    desk.do("lia", "acknowledge", "a", party="A").do("lib", "order", "o", party="B")
    assert set(kinds(desk)) == {"order", "acknowledge", "silence"} - {"acknowledge"}
    desk.do("wanda", "silence", "s1", party="A").do("wanda", "silence", "s2", party="B")
    assert kinds(desk)["close"].data == {"exit": "stopped without blame"}
    desk.alleged()
    reply = kinds(desk)["reply"]
    assert reply.due == desk.case.due(desk.case.allegations["A"])
    assert "test_exceptions" in kinds(desk)
    desk.two_kinds().tested().attributed().do("lia", "reply", "r", party="A", text="no")
    desk.do("lib", "request", "q", what="look").do("sam", "release", "out", item="sound", audience=["accused"])
    assert {"outcome", "approve"} <= set(kinds(desk))
    assert kinds(desk)["approve"].not_by == "sam"
    desk.proposed(attribution="attributed", party="A")
    assert kinds(desk)["vote"].seats == set(desk.rules.seats)
    desk.do("c-elm", "boycott", "b").do("c-pine", "conflict", "k").voted("for", ("oak",))
    assert kinds(desk)["vote"].seats == {"birch", "seat-of-A", "seat-of-B"}
    desk.voted("for", ("birch", "seat-of-B"))
    assert "determine" in kinds(desk, after=25 * 60)
    desk.determined().do("sam", "remedy", "fix", finding="f", kind="rectify", party="A", due_hours=24)
    assert "verify_remedy" not in kinds(desk)
    assert {"report_remedy", "verify_remedy"} <= set(kinds(desk, after=25 * 60))
    desk.do("lia", "report_remedy", "said", remedy="fix", party="A")
    assert "report_remedy" not in kinds(desk)
    desk.do("wanda", "verify_remedy", "v", remedy="fix", result="done")
    desk.do("anna", "approve", "yes", of="out").do("sam", "outcome", "oo", request="q", outcome="free")
    desk.do("sam", "close", "end", exit="found")
    assert kinds(desk) == {}


def test_an_announced_exercise_wants_no_notice():
    desk = Desk().tested("yes")
    assert kinds(desk) == {}
    assert "notice" not in kinds(Desk(origin="self_report"))
    assert "notice" in kinds(Desk(origin="call"))
