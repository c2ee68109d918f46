# SPDX-License-Identifier: Apache-2.0
"""A case as each may see it: who is not concerned sees what was released; nobody learns a name too early."""

from __future__ import annotations

import json

import pytest
from commission_world import PEOPLE
from test_commission_acts import SEATS, Desk

from truceline.errors import AccessError
from truceline.model.case import Actor
from truceline.services.views import case_view, title_for

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
    assert view["title"] is None
    assert not {"allegations", "notices", "clocks", "opened", "proposals"} & set(view)
    assert '"A"' not in json.dumps(view)
    assert view["withheld"] == {"exhibits": 2}


@pytest.mark.parametrize("who", ["wanda", "sam", "aud"])
def test_inside_only_analysts_and_commissioners_see_a_name_below_80_per_cent(who):
    desk = matter()
    view = case_view(desk.case, PEOPLE[who], desk.rules)
    assert list(view["allegations"]) == list(view["clocks"]["reply_due"]) == ["accused 1"]
    assert view["findings"][0]["party"] is None
    named = case_view(desk.case, PEOPLE["anna"], desk.rules)
    assert list(named["allegations"]) == ["A"]
    assert named["findings"][0]["party"] == "A"


def test_at_80_per_cent_the_released_finding_names_the_party():
    desk = matter(0.85)
    assert case_view(desk.case, PUBLIC, desk.rules)["findings"][0]["party"] == "A"


def test_the_accused_sees_what_it_is_accused_of_and_the_other_party_does_not():
    desk = Desk(title="Mill").two_kinds().alleged()
    assert list(case_view(desk.case, PEOPLE["lia"], desk.rules)["allegations"]) == ["A"]
    assert title_for(desk.case, PEOPLE["lib"]) is None
    with pytest.raises(AccessError, match="there is no case"):
        case_view(desk.case, PEOPLE["lib"], desk.rules)
