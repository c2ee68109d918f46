# SPDX-License-Identifier: Apache-2.0
"""Acts on cases one by one: what is possible, what is refused, and why; clocks, proof, attribution, decision rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from commission_world import PEOPLE, SEATS, START, rules

from truceline.base.clock import iso
from truceline.commission import apply, begin, fold
from truceline.commission.checks import decide, eligible
from truceline.errors import InputError, Malformed, StateError
from truceline.model.case import Act, Actor
from truceline.model.clauses import Attribution
from truceline.model.proof import Fact

COVERAGE = {"share": 0.4, "reference_act": "a shell of 122 mm", "period": "2 May"}


class Desk:
    """A case, done act by act."""

    def __init__(self, how=None, **opening):
        self.rules = how or rules()
        self.now = START
        data = {"origin": "event", "events": [1, 2, 3], **opening}
        self.case = begin(Act("c", "c", "open", PEOPLE["wanda"], START, "seen", data), self.rules)

    def do(self, who, kind, name, /, after=1, **data):
        self.now += timedelta(minutes=after)
        self.case = apply(self.case, Act(name, "c", kind, PEOPLE[who], self.now, "because", data), self.rules)
        return self

    def refused(self, said, who, kind, name="x", after=1, error=(StateError, InputError), **data):
        before = self.case
        with pytest.raises(error, match=said):
            self.do(who, kind, name, after, **data)
        assert self.case is before
        self.now -= timedelta(minutes=after)
        return self

    def evidence(self, name, modality="acoustic", family="array", owner="mission", grade="B2", **more):
        return self.do("wanda", "evidence", name, modality=modality, family=family, owner=owner, grade=grade, **more)

    def two_kinds(self):
        return self.evidence("sound").evidence("image", "imagery", "sar", "elm")

    def tested(self, applies="no"):
        found = [{"id": "exercise", "applies": applies}]
        return self.do("anna", "test_exceptions", f"t-{applies}", exceptions=found, notices_matched=True)

    def alleged(self, party="A"):
        self.do("sam", "allege", f"ask-{party}", party=party, text="you are accused")
        return self.do("anna", "approve", f"ok-{party}", of=f"ask-{party}")

    def attributed(self, share=0.9, party="A", basis=("sound",)):
        other = {"A": "B", "B": "A"}[party]
        rest = (1 - share) / 5
        names = (other, "neither", "proxy", "accident", "unknown")
        return self.do(
            "anna",
            "attribute",
            f"at-{share}",
            hypotheses={party: share, **dict.fromkeys(names, rest)},
            basis=list(basis),
        )

    def proposed(self, name="p", status="verified breach", basis=("sound", "image"), hours=24, **more):
        return self.do(
            "c-oak",
            "propose",
            name,
            status=status,
            reading="text",
            basis=list(basis),
            coverage=COVERAGE,
            deadline=iso(self.now + timedelta(hours=hours)),
            **more,
        )

    def voted(self, choice="for", seats=("oak", "birch", "elm"), proposal="p"):
        for seat in seats:
            self.do(f"c-{seat}", "vote", f"v-{proposal}-{seat}", proposal=proposal, choice=choice)
        return self

    def determined(self, name="f", proposal="p", after=25 * 60):
        return self.do("sam", "determine", name, after, proposal=proposal)


def test_a_verified_breach_that_names_nobody():
    desk = Desk().two_kinds().tested().proposed().voted().determined()
    assert desk.case.state == "found"
    assert desk.case.finding.met == ("acoustic", "exceptions_tested", "imagery", "notices_matched", "votes")


@pytest.mark.parametrize(
    ("second", "grade"),
    [
        (("acoustic", "other", "elm"), "B2"),
        (("imagery", "array", "elm"), "B2"),
        (("imagery", "sar", "mission"), "B2"),
        (("imagery", "sar", "elm"), "F6"),
        (("imagery", "sar", "elm"), "A6"),
        (("imagery", "sar", "elm"), "F1"),
    ],
    ids=["one modality", "one family", "one owner", "cannot be judged", "truth unknown", "source unknown"],
)
def test_two_exhibits_that_are_one_voice_do_not_corroborate(second, grade):
    desk = Desk().evidence("sound").evidence("image", *second, grade=grade)
    desk.proposed(status="corroborated").voted().determined()
    assert desk.case.proposals["p"].outcome == "standard not met"
    assert desk.case.state == "open"


def test_the_pair_is_found_whatever_hides_it():
    desk = Desk().evidence("a").evidence("b", "acoustic", "other", "elm").evidence("c2", "imagery", "array2", "mission")
    desk.proposed(status="corroborated", basis=("a", "b", "c2")).voted().determined()
    assert desk.case.state == "found"  # b and c2 are independent although a is independent of neither


def test_clear_needs_the_accused_heard_or_its_time_run_out():
    desk = (
        Desk()
        .two_kinds()
        .tested()
        .alleged()
        .attributed()
        .proposed(status="clear breach", attribution="attributed", party="A")
    )
    desk.voted(seats=SEATS)
    desk.refused("the time for the accused's reply is not over", "sam", "determine", proposal="p")
    desk.do("lia", "reply", "r", party="A", text="no")
    desk.determined()
    assert desk.case.proposals["p"].status == "clear breach"
    assert desk.case.state == "found"


def test_clear_is_never_provisional():
    desk = Desk().two_kinds().tested().alleged().attributed()
    desk.proposed(status="clear breach", attribution="attributed", party="A", provisional=True).voted().determined()
    assert desk.case.proposals["p"].outcome == "standard not met"


def test_a_case_does_not_end_on_a_provisional_finding():
    desk = Desk().two_kinds().tested().alleged().attributed()
    named = {"attribution": "attributed", "party": "A"}
    desk.proposed(provisional=True, **named).voted().determined()
    assert desk.case.state == "provisional"
    desk.refused("the finding is provisional", "sam", "close", exit="found")
    desk.do("lia", "reply", "r", party="A", text="no").proposed("q", corrects="f", **named)
    desk.voted(proposal="q").determined("g", "q").do("sam", "close", "end", exit="found")
    assert (desk.case.exit, desk.case.finding.id) == ("found", "g")


def test_an_exception_that_applies_leaves_no_breach():
    desk = Desk().two_kinds().tested("yes").proposed().voted().determined()
    assert desk.case.proposals["p"].outcome == "standard not met"


def test_an_exception_nobody_can_tell_is_not_tested():
    assert not Desk().tested("cannot tell").case.exceptions_tested


@pytest.mark.parametrize(("share", "level", "outcome"), [
    (0.54, "likely", "standard not met"),
    (0.55, "likely", "found"),
    (0.79, "attributed", "standard not met"),
    (0.80, "attributed", "found"),
    (0.99, "admitted", "standard not met"),
])  # fmt: skip
def test_thresholds_of_attribution(share, level, outcome):
    desk = Desk().two_kinds().tested().alleged().attributed(share).do("lia", "reply", "r", party="A", text="no")
    desk.proposed(attribution=level, party="A").voted().determined()
    assert desk.case.proposals["p"].outcome == outcome


def test_an_act_may_have_thresholds_of_its_own():
    clauses = {"strikes": frozenset({"missile_strike"}), "quiet": frozenset({"shelling"}), "sites": frozenset()}
    how = replace(rules(), attribution=Attribution(acts=(("missile_strike", 0.5, 0.95),)), clauses=clauses)
    told = [
        how.threshold("attributed", names) for names in (("strikes",), ("quiet",), ("quiet", "strikes"), ("sites",))
    ]
    assert told == [0.95, 0.80, 0.95, 0.95]
    assert (how.threshold("likely", ("strikes",)), rules().threshold("likely")) == (0.5, 0.55)
    for number, (provision, outcome) in enumerate((("strikes", "standard not met"), ("quiet", "found"))):
        desk = Desk(how, provisions=[provision]).two_kinds().tested().alleged().attributed(0.9)
        desk.do("lia", "reply", f"r{number}", party="A", text="no")
        desk.proposed(attribution="attributed", party="A").voted().determined()
        assert desk.case.proposals["p"].outcome == outcome


def test_an_admission_is_the_partys_own():
    desk = Desk().two_kinds().tested().alleged("A").alleged("B")
    desk.do("lib", "reply", "r", party="B", text="we did", admits=True)
    desk.proposed(attribution="admitted", party="A").voted().determined()
    assert desk.case.proposals["p"].outcome == "standard not met"
    desk.proposed("q", attribution="admitted", party="B").voted(proposal="q").determined("g", "q")
    assert desk.case.proposals["q"].outcome == "found"


def test_an_agreement_can_ask_for_more_but_not_for_less():
    more = replace(rules(), standards={"verified breach": (Fact("admission"),)})
    desk = Desk(more).two_kinds().tested().proposed().voted().determined()
    assert desk.case.proposals["p"].outcome == "standard not met"
    less = replace(rules(), standards={"corroborated": (Fact("acoustic"),)})
    desk = Desk(less).evidence("sound").proposed(status="corroborated", basis=("sound",)).voted().determined()
    assert desk.case.proposals["p"].outcome == "standard not met"


def test_a_withdrawn_detection_reopens_the_case():
    desk = Desk().two_kinds().tested().proposed().voted().determined().do("sam", "close", "end", exit="found")
    assert desk.case.state == "closed"
    desk.do("wanda", "withdraw_evidence", "gone", evidence="sound")
    assert (desk.case.finding, desk.case.exit, desk.case.findings["f"].superseded) == (None, None, "reopened")
    desk.refused("withdrawn already", "wanda", "withdraw_evidence", evidence="sound")
    desk.refused("sound is withdrawn", "c-oak", "propose", status="recorded", reading="text", basis=["sound"],
                 coverage=COVERAGE, deadline=iso(desk.now + timedelta(days=1)))  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "votes", "outcome"),
    [
        ("majority", {"oak": "for", "birch": "for", "elm": "against"}, "found"),
        ("majority", {"oak": "for", "birch": "against", "elm": "abstain"}, "deadlock"),
        ("majority", {"oak": "against", "birch": "against", "elm": "for"}, "not found"),
        ("majority", {"oak": "for", "birch": "for"}, "no quorum"),
        ("consensus", {"oak": "for", "birch": "for", "elm": "abstain"}, "found"),
        ("consensus", {"oak": "for", "birch": "for", "elm": "against"}, "deadlock"),
        ("consensus", {"oak": "abstain", "birch": "abstain", "elm": "abstain"}, "deadlock"),
        ("chair", {"oak": "for", "birch": "against", "elm": "against"}, "found"),
        ("chair", {"oak": "against", "birch": "for", "elm": "for"}, "not found"),
        ("chair", {"pine": "for", "birch": "for", "elm": "for"}, "deadlock"),
    ],
)
def test_decision_rules(rule, votes, outcome):
    desk = Desk(rules(rule)).two_kinds().tested().proposed()
    for seat, choice in votes.items():
        desk.voted(choice, (seat,))
    assert decide(desk.case.proposals["p"], desk.rules) == outcome
    desk.determined()
    assert desk.case.proposals["p"].outcome == outcome
    if outcome in ("deadlock", "no quorum"):
        assert desk.case.state == outcome


@pytest.mark.parametrize(
    ("recused", "complainant", "out"),
    [
        ("none", None, set()),
        ("accused", None, {"seat-of-A"}),
        ("accused", "B", {"seat-of-A", "seat-of-B"}),
        ("parties", None, {"seat-of-A", "seat-of-B"}),
    ],
)
def test_who_is_recused(recused, complainant, out):
    more = {"origin": "complaint", "complainant": complainant} if complainant else {}
    desk = Desk(rules(recused=recused), **more).alleged("A")
    assert set(desk.rules.seats) - set(eligible(desk.case, desk.rules)) == out
    desk.two_kinds().proposed()
    for seat in out:
        desk.refused("may not vote", f"c-{seat}", "vote", proposal="p", choice="for")


def test_votes_that_are_refused():
    desk = Desk().two_kinds().evidence("secret", "radio", "net", "birch", level="secret")
    desk.proposed(basis=("sound", "secret"), hours=1).do("c-elm", "conflict", "k")
    desk.refused("declared a conflict", "c-elm", "vote", proposal="p", choice="for")
    desk.refused("cannot read 1 of", "c-birch", "vote", proposal="p", choice="for")
    desk.refused("holds no voting seat", "anna", "vote", proposal="p", choice="for")
    desk.refused("choice: for, against", "c-oak", "vote", proposal="p", choice="perhaps")
    desk.do("c-oak", "vote", "v", proposal="p", choice="for")
    desk.refused("a vote is final", "c-oak", "vote", proposal="p", choice="against")
    desk.refused("another vote is open", "c-oak", "propose", status="recorded", reading="text", basis=[],
                 coverage=COVERAGE, deadline=iso(desk.now + timedelta(days=1)))  # fmt: skip
    desk.refused("may still vote", "sam", "determine", proposal="p")
    desk.refused("deadline of the vote has passed", "c-pine", "vote", after=61, proposal="p", choice="for")


def test_one_person_votes_once_whatever_seats_the_account_is_given():
    desk = Desk().two_kinds().proposed().voted("for", ("oak",))
    then, data = desk.now + timedelta(hours=1), {"proposal": "p", "choice": "for"}
    moved = Act("m", "c", "vote", replace(PEOPLE["c-oak"], seat="elm"), then, "again", data)
    with pytest.raises(StateError, match="one person has one vote"):
        apply(desk.case, moved, desk.rules)
    desk.do("c-oak", "conflict", "k")
    with pytest.raises(StateError, match="declared a conflict"):
        apply(desk.case, moved, desk.rules)
    assert desk.case.proposals["p"].votes == ()


def test_a_vote_rests_on_no_attribution_that_the_seat_could_not_read():
    desk = Desk(rules(quorum=1)).two_kinds().evidence("intercept", "radio", "net", "birch", level="secret")
    desk.tested().alleged().attributed().do("lia", "reply", "r", party="A", text="no")
    desk.proposed(attribution="attributed", party="A").voted("for", ("oak", "birch"))  # birch reads nothing secret
    desk.attributed(0.95, basis=("sound", "intercept"))
    desk.refused("cannot read 1 of", "c-pine", "vote", proposal="p", choice="for")
    desk.determined()
    assert desk.case.proposals["p"].outcome == "standard not met"
    desk.proposed("q", attribution="attributed", party="A").voted("for", ("oak", "elm"), "q").determined("g", "q")
    assert desk.case.proposals["q"].outcome == "found"


def test_a_conflict_declared_late_takes_the_vote_back():
    desk = Desk().two_kinds().proposed().voted("for", ("elm",)).do("c-elm", "conflict", "k")
    assert desk.case.proposals["p"].votes == ()


def test_a_boycott_stops_nobody_and_can_end():
    desk = Desk(rules(quorum=1)).two_kinds().tested().proposed()
    for seat in ("pine", "seat-of-A", "seat-of-B"):
        desk.do(f"c-{seat}", "boycott", f"b-{seat}")
    desk.refused("stays away", "c-pine", "vote", proposal="p", choice="for")
    desk.do("c-pine", "return", "back").voted("for", ("oak", "birch", "elm", "pine"))
    desk.do("sam", "determine", "f", proposal="p")  # nobody is waited for
    assert desk.case.state == "found"


def test_an_outage_of_ours_is_added_to_the_time_of_a_reply():
    desk = Desk(rules(reply_hours=6.0)).alleged()
    desk.do("machine", "outage", "o", after=5 * 60, **{
        "from": iso(desk.now + timedelta(hours=1)), "to": iso(desk.now + timedelta(hours=3))
    })  # fmt: skip
    served = desk.case.allegations["A"]
    assert desk.case.due(served) == served.at + timedelta(hours=8)
    desk.do("lia", "reply", "r", after=2 * 60 + 50, party="A", text="no")
    assert desk.case.allegations["A"].late == ()
    desk.do("lia", "reply", "r2", after=20, party="A", text="more")
    assert desk.case.allegations["A"].late == ("r2",)
    assert desk.case.allegations["A"].replies == ("r", "r2")  # late, and kept all the same


@pytest.mark.parametrize("hours", [1, 3])
def test_an_outage_recorded_afterwards_lets_no_reply_be_late_and_no_finding_come_too_soon(hours):
    """It is recorded once it is over; what came between its end and the record of it is looked at again."""
    desk = Desk(rules(reply_hours=6.0)).two_kinds().tested().alleged().attributed()
    out = {"from": iso(desk.now + timedelta(hours=4)), "to": iso(desk.now + timedelta(hours=4 + hours))}
    desk.proposed(attribution="attributed", party="A", hours=2).voted().determined(after=6 * 60 + 20)
    desk.do("lia", "reply", "r", after=60, party="A", text="no").do("sam", "close", "end", exit="found")
    assert desk.case.allegations["A"].late == ("r",)
    desk.do("machine", "outage", "o", after=60, **out)
    assert desk.case.allegations["A"].late == (("r",) if hours == 1 else ())
    assert (desk.case.state, desk.case.findings["f"].superseded) == ("heard", "reopened")


def test_where_the_terms_set_no_time_no_reply_is_late_and_no_time_runs_out():
    desk = Desk(rules(reply_hours=None)).alleged()
    served = desk.case.allegations["A"]
    assert desk.case.due(served) is None
    assert not desk.case.reply_over(served, desk.now + timedelta(days=900))


REFUSED = [
    ("takes two people", "sam", "approve", {"of": "ask"}),
    ("is no party", "sam", "allege", {"party": "C"}),
    ("only the liaison of A", "lib", "reply", {"party": "A"}),
    ("A was not notified", "lia", "reply", {"party": "A"}),
    ("only an analyst", "wanda", "attribute", {"hypotheses": {}, "basis": []}),
    ("hypothesis 'C'", "anna", "attribute", {"hypotheses": {"C": 1.0}, "basis": []}),
    ("add up to 1", "anna", "attribute", {"hypotheses": {"A": 0.5}, "basis": []}),
    ("must stand beside", "anna", "attribute", {"hypotheses": {"A": 1.0}, "basis": []}),
    ("Admiralty", "wanda", "evidence", {"modality": "video", "family": "f", "owner": "o", "grade": "G1"}),
    (
        "level 'cosmic'",
        "wanda",
        "evidence",
        {"modality": "v", "family": "f", "owner": "o", "grade": "B2", "level": "cosmic"},
    ),
    ("'grade' is missing", "wanda", "evidence", {"modality": "video"}),
    ("a share from 0 to 1", "anna", "assess", {"probability": 1.2}),
    ("what: one of inspection, look, review", "wanda", "request", {"what": "raid"}),
    ("there is no 'q' here", "wanda", "outcome", {"request": "q", "outcome": "won"}),
    ("once it is over", "machine", "outage", {"from": "2030-01-01T00:00:00Z", "to": "2031-01-01T00:00:00Z"}),
    ("audience: nobody", "anna", "note", {"audience": []}),
    ("there is no finding", "c-oak", "propose", {"basis": [], "corrects": "f9"}),
    ("there is no ghost", "sam", "release", {"item": "ghost", "audience": ["public"]}),
    ("legal basis", "sam", "redact", {"evidence": "ghost", "fields": [], "basis": ""}),
    ("into itself", "sam", "merge", {"into": "c"}),
    ("leaves some", "sam", "split", {"events": [1, 2, 3]}),
    ("the case is open", "sam", "reopen", {}),
    ("exit: one of", "sam", "close", {"exit": "war"}),
    ("no finding stands", "sam", "close", {"exit": "found"}),
    ("silence was not observed", "sam", "close", {"exit": "stopped without blame"}),
    ("cannot be open again", "sam", "open", {}),
    ("the program cannot vote", "machine", "vote", {"proposal": "p", "choice": "for"}),
    ("the program cannot allege", "machine", "allege", {"party": "A"}),
]


@pytest.mark.parametrize(("said", "who", "kind", "data"), REFUSED, ids=[f"{r[2]}: {r[0]}" for r in REFUSED])
def test_what_is_refused_says_why(said, who, kind, data):
    Desk().do("sam", "allege", "ask", party="A", text="x").refused(said, who, kind, **data)


def test_acts_keep_their_order_and_happen_once():
    desk = Desk().do("wanda", "request", "r", what="look")
    with pytest.raises(StateError, match="done already"):
        desk.do("wanda", "request", "r", what="look")
    early = Act("e", "c", "request", PEOPLE["wanda"], START, "why", {"what": "look"})
    with pytest.raises(StateError, match="cannot come before"):
        apply(desk.case, early, desk.rules)
    with pytest.raises(StateError, match="belongs to case"):
        apply(desk.case, replace(early, case="d"), desk.rules)
    with pytest.raises(StateError, match="there is no case d"):
        fold([replace(early, case="d")], desk.rules)


@pytest.mark.parametrize(("kind", "reason"), [("accuse", "why"), ("vote", " ")])
def test_an_act_needs_a_kind_and_a_reason(kind, reason):
    with pytest.raises(Malformed):
        Act("1", "c", kind, Actor("anna", "analyst"), START, reason)


@pytest.mark.parametrize(
    "body", [{}, {"act": "vote"}, {"id": 1, "case": 2, "act": "vote", "by": [], "at": "", "data": {}}]
)
def test_a_body_that_is_no_act_is_refused(body):
    with pytest.raises(InputError):
        Act.from_body(body)


def test_stop_it_first():
    desk = Desk().do("machine", "notice", "n", after=6)
    assert set(desk.case.notices) == {"A", "B"}
    desk.refused("the notice was given", "wanda", "notice")
    desk.refused("only the liaison of A", "lib", "acknowledge", party="A")
    desk.do("lia", "order", "o", party="A")
    assert desk.case.notices["A"].acknowledged == desk.now  # who orders has the notice
    desk.refused("recorded already", "lia", "order", party="A")
    desk.do("wanda", "silence", "s", party="A").do("wanda", "silence", "t", party="B")
    desk.do("sam", "close", "end", exit="stopped without blame")
    assert (desk.case.state, desk.case.finding) == ("closed", None)
