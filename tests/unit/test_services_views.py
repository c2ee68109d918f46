# SPDX-License-Identifier: Apache-2.0
"""A case as each may see it: who is not concerned sees what was released; nobody learns a name too early."""

from __future__ import annotations

import json
import re

import pytest
from commission_world import PEOPLE, START, rules
from test_commission_acts import SEATS, Desk

from truceline.base.clock import iso
from truceline.commission.rules import NOTICE_WITHIN
from truceline.errors import AccessError, StateError
from truceline.model.case import Actor
from truceline.services.views import case_line, case_view

PUBLIC = Actor("public", "public", clearance="public")


def matter(share=0.6):
    """A finding that names A as *likely*, released to the public although the share is below 80 %."""
    desk = Desk(title="Salvo near the mill").two_kinds().tested().alleged().attributed(share)
    desk.do("lia", "reply", "r", party="A", text="no")
    desk.proposed(attribution="likely", party="A").voted(seats=SEATS[:4]).determined()
    desk.do("sam", "release", "out", item="f", audience=["public"])
    return desk.do("anna", "approve", "yes", of="out")


@pytest.mark.parametrize("who", [PUBLIC, PEOPLE["gus"]])
def test_who_is_not_concerned_learns_neither_name_nor_place_nor_time(who):
    desk = matter()
    view = case_view(desk.case, who, desk.rules)
    assert view["findings"][0]["party"] is None
    assert set(view) == {"case", "exhibits", "findings", "caveat"}  # neither state nor counts of what is withheld
    assert '"A"' not in json.dumps(view)


@pytest.mark.parametrize("who", ["wanda", "sam", "aud"])
def test_inside_only_analysts_and_commissioners_see_a_name_below_80_per_cent(who):
    desk = matter()
    view = case_view(desk.case, PEOPLE[who], desk.rules)
    assert list(view["allegations"]) == list(view["clocks"]["reply_due"]) == ["accused 1"]
    assert view["findings"][0]["party"] is None
    named = case_view(desk.case, PEOPLE["anna"], desk.rules)
    assert list(named["allegations"]) == ["A"]
    assert named["findings"][0]["party"] == "A"


@pytest.mark.parametrize("who", ["sam", "aud"])
def test_below_80_per_cent_neither_who_may_vote_nor_what_is_lacking_tells_who_is_accused(who):
    """With the accused's seat recused, the seat that is missing would name it; so would a refusal's words."""
    desk = Desk(rules(recused="accused")).two_kinds().tested().alleged().attributed(0.6)
    desk.proposed(attribution="likely", party="A").voted(seats=SEATS[:3])

    def left(actor):
        return case_view(desk.case, PEOPLE[actor], desk.rules)["proposals"][0]["waiting"]

    assert left(who) == ["pine"]
    assert left("anna") == left("c-oak") == ["pine", "seat-of-B"]
    desk.refused("until the deadline 2 may still vote", "sam", "determine", proposal="p")
    desk.voted(seats=("pine", "seat-of-B"))
    with pytest.raises(StateError, match=r"it lacks: .*accused's reply") as refused:
        desk.do("sam", "determine", "f", proposal="p")
    assert not set(re.findall(r"\w+", refused.value.reason)) & {"A", "B"}


def test_at_80_per_cent_the_released_finding_names_the_party():
    desk = matter(0.85)
    assert case_view(desk.case, PUBLIC, desk.rules)["findings"][0]["party"] == "A"


def test_the_accused_sees_what_it_is_accused_of_and_the_other_party_does_not():
    desk = Desk(title="Mill").two_kinds().alleged()
    assert list(case_view(desk.case, PEOPLE["lia"], desk.rules)["allegations"]) == ["A"]
    with pytest.raises(AccessError, match="there is no case"):
        case_view(desk.case, PEOPLE["lib"], desk.rules)


def test_a_name_once_rightly_published_does_not_follow_the_analysts_later_shares():
    desk = matter(0.85).attributed(0.6)
    assert case_view(desk.case, PUBLIC, desk.rules)["findings"][0]["party"] == "A"
    desk = matter(0.6).attributed(0.85)
    assert case_view(desk.case, PUBLIC, desk.rules)["findings"][0]["party"] is None


def test_a_correction_that_was_not_released_is_not_named():
    desk = matter()
    desk.proposed("p2", status="recorded", corrects="f").voted(proposal="p2", seats=SEATS[:4]).determined("f2", "p2")
    shown = case_view(desk.case, PUBLIC, desk.rules)
    assert [f["superseded"] for f in shown["findings"]] == ["withheld"]
    assert case_view(desk.case, PEOPLE["anna"], desk.rules)["findings"][0]["superseded"] == "f2"


def test_the_line_of_a_case_has_a_clock_for_whom_it_concerns():
    desk = Desk(title="Mill").two_kinds()
    assert case_line(desk.case, PEOPLE["wanda"], desk.rules)["due"] == {
        "at": iso(START + NOTICE_WITHIN),
        "what": "notice",
    }
    desk.do("machine", "notice", "n").alleged()
    desk.do("lia", "order", "o-a", party="A").do("lib", "order", "o-b", party="B")
    line = case_line(desk.case, PEOPLE["lia"], desk.rules)
    assert line["due"]["what"] == "reply"
    assert case_line(desk.case, PEOPLE["lib"], desk.rules)["due"] is None  # the other party's clock is not theirs
    desk.do("wanda", "silence", "s-a", party="A").do("wanda", "silence", "s-b", party="B")
    desk.do("lia", "reply", "r", party="A", text="no").proposed(status="recorded")
    assert case_line(desk.case, PEOPLE["c-oak"], desk.rules)["due"]["what"] == "vote"
    assert case_line(desk.case, PEOPLE["lia"], desk.rules)["due"] is None
    assert case_line(matter().case, PUBLIC, desk.rules) == {"case": "c", "findings": 1}


def test_the_caveat_spells_out_nobody():
    desk = Desk(title="Mill").two_kinds().alleged()
    desk.do("sam", "release", "out", item="c", audience=["accused", "public"]).do("anna", "approve", "yes", of="out")
    assert case_view(desk.case, PEOPLE["wanda"], desk.rules)["caveat"] == "Releasable to: accused, public."
    assert case_view(desk.case, PUBLIC, desk.rules)["caveat"] == "Releasable to: public."
