# SPDX-License-Identifier: Apache-2.0
"""What may permit an act, and how several grounds add up: what is permitted in parts is permitted whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from test_assessment_judge import also, ends, pair, permit, ring, seen, terms

from truceline.assessment.grounds import Reach
from truceline.base.clock import Interval
from truceline.model.agreement import RuleException, Zone

SPRING = Interval(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
SUMMER = Interval(SPRING.end, SPRING.end + timedelta(days=90))
WHOLE, WEST, EAST = (Zone(n, "polygon", None, (ring(w, 47, e, 49),)) for n, w, e in
                     (("whole", 34, 36), ("west", 34, 35), ("east", 35, 36)))  # fmt: skip
BOTH = {"shelling": 0.5, "drone_strike": 0.5}


def left(made, events):
    """What is left of the breach: least, what the belief says, greatest."""
    found = pair(made, events)
    return [float(found.product(end)[0]) for end in ("low", "point", "high")]


def carrying(events, **weapons):
    """The event with a belief about weapons."""
    return replace(events, attributes={f"p_weapon.{name}": np.array([share]) for name, share in weapons.items()})


@pytest.mark.parametrize(
    ("one", "two", "rest"),
    [
        ({"acts": ("shelling",)}, {"acts": ("drone_strike",)}, 0.0),
        ({"acts": ("shelling",)}, {"acts": ("shelling",)}, 0.5),
        ({"acts": ("shelling", "mining")}, {"acts": ("mining", "drone_strike")}, 0.0),
        ({"actors": ("A",)}, {"actors": ("B",)}, 0.0),
        ({"acts": ("shelling",), "actors": ("A",)}, {"acts": ("shelling",), "actors": ("B",)}, 0.5),
        ({"acts": ("shelling",)}, {"actors": ("A",)}, 0.125),
        ({"zone": "west"}, {"zone": "east"}, 0.0),
        ({"zone": "west"}, {"zone": "west", "acts": ("shelling",)}, 0.5),
        ({"weapons": ("aircraft",)}, {"weapons": ("howitzer_152mm",)}, 0.0),
    ],
)
def test_two_permissions_permit_together_what_their_union_holds(one, two, rest):
    made = terms(zone="whole", zones=(WHOLE, WEST, EAST))
    made = also(made, permit(made, **one), replace(permit(made, **two), id="permits-too"))
    events = seen(lon=35.0, lat=48.0, sigma=500.0, p_act=BOTH, p_actor={"A": 0.75, "B": 0.25})
    events = carrying(events, helicopter=0.5, howitzer_152mm=0.5)
    assert left(made, events) == pytest.approx([rest] * 3, abs=1e-6)
    swapped = replace(made, readings=(replace(made.readings[0], provisions=made.readings[0].provisions[::-1]),))
    base = next(p for p in swapped.readings[0].provisions if p.rule == "prohibited")
    others = tuple(p for p in swapped.readings[0].provisions if p.rule == "permitted")
    swapped = replace(swapped, readings=(replace(swapped.readings[0], provisions=(base, *others)),))
    assert left(swapped, events) == pytest.approx([rest] * 3, abs=1e-6)


def test_a_permit_for_a_weapon_takes_out_that_weapon_s_share_of_the_breach():
    """Half helicopter, half rifle: where aircraft are prohibited and helicopters permitted nothing is left."""
    made = terms(acts=("overflight",), weapons=("aircraft",))
    made = also(made, permit(made, acts=("overflight",), weapons=("helicopter",)))
    flown = seen(p_act={"overflight": 1.0})
    assert left(made, carrying(flown, helicopter=0.5, rifle=0.5)) == [0.0, 0.0, 0.0]
    assert left(made, carrying(flown, helicopter=0.5, aeroplane=0.5)) == [0.5, 0.5, 0.5]


def test_exceptions_for_different_parties_add_up_and_for_the_same_they_need_not():
    def excuse(name, **changed):
        return RuleException(name, "Said.", 1.0, 1.0, "known", **changed)

    events = seen(p_actor={"A": 0.75, "B": 0.25})
    made = terms(exceptions=(excuse("a", actors=("A",)), excuse("b", actors=("B",))))
    assert left(made, events) == pytest.approx([0.0, 0.0, 0.0])
    doubtful = tuple(replace(one, excused_low=0.0, excused_high=0.4) for one in (excuse("a"), excuse("b")))
    assert ends(pair(terms(exceptions=doubtful), events), "exceptions")[:2] == pytest.approx((0.2, 1.0))
    once = (doubtful[0], replace(doubtful[1], actors=("B",)))
    assert ends(pair(terms(exceptions=once), events), "exceptions")[:2] == pytest.approx((0.5, 1.0))


def test_what_two_grounds_share_is_what_both_reach():
    one = Reach(frozenset("xy"), frozenset("A"), window=SPRING, low=0.7, high=0.9)
    two = Reach(frozenset("yz"), zones=frozenset(("here",)), low=0.6, high=0.8)
    both = one.meet(two)
    assert (both.acts, both.actors, both.zones, both.window) == (frozenset("y"), frozenset("A"), two.zones, SPRING)
    assert (both.low, both.high) == pytest.approx((0.3, 0.8))
    assert one.meet(Reach(window=SUMMER)) is None
    assert one.meet(Reach(actors=frozenset("B"))) is None
    assert one.meet(Reach(frozenset("z"))) is None
