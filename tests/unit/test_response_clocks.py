# SPDX-License-Identifier: Apache-2.0
"""Three origins, what is disputed or not known, hours used, triggers and how probably they are false, faults."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest
from response_world import FORCES, JOINT, OLGA, START, WANDA, WARNING, Play, gus, h, ladder, sign

from truceline.base.clock import Interval, iso
from truceline.model.agreement import Provision
from truceline.model.clauses import Clock, Commission
from truceline.model.ladder import Breaches, EachOf, EitherOf
from truceline.model.response import Promise, Sign
from truceline.response import faults
from truceline.response.clocks import clock, clock_changes, clocks, hours_used, told
from truceline.response.trigger import falsely, judge


def of(play, response, step, now, origin=None):
    found = clock(play.situation, play.situation.responses[response], step, h(now), origin)
    return found.earliest, found.latest


def test_each_origin_has_its_own_moment():
    play = Play()
    response = play.begun()
    tenth = 1 / 6
    assert of(play, response, WARNING, 3) == (h(24 - tenth), h(24 + tenth))  # the breach is known to ten minutes
    assert of(play, response, WARNING, 3, "detection") == (h(25), h(25))
    assert of(play, response, WARNING, 3, "determination") == (h(27), None)  # nobody has found it: not before now
    play.sign(logged=20, found=iso(h(20)))
    assert of(play, response, WARNING, 21, "determination") == (h(44), h(44))
    with pytest.raises(ValueError, match="origin 'noon'"):
        of(play, response, WARNING, 21, "noon")


def test_an_origin_that_is_not_known_spans_all_three():
    play = Play()
    response = play.begun()
    assert of(play, response, FORCES, 3) == (h(48) - (h(1) - h(0)) / 6, None)
    play.sign(logged=20, found=iso(h(20)))
    assert of(play, response, FORCES, 21)[1] == h(68)


def test_no_deadline_is_none():
    play = Play(ladder(replace(WARNING, clock=Clock())))
    response = play.begun()
    assert clock(play.situation, play.situation.responses[response], play.ladder.steps["warning"], h(3)).possible == ()
    assert told(play.situation, play.ladder, h(3)) == {response: {"warning": [None, None]}}


def test_a_dispute_shows_both_clocks():
    play = Play()
    response = play.begun()
    play.sign(6, name="c2")
    play.make("dispute", gus("B"), 7, response=response, breach="c2")
    found = clock(play.situation, play.situation.responses[response], WARNING, h(7))
    assert [(each.sign, each.held_by) for each in found.possible] == [("c1", "chosen"), ("c2", "B")]
    assert (found.earliest, found.latest) == (h(24) - (h(1) - h(0)) / 6, h(29) + (h(1) - h(0)) / 6)
    assert found.possible[1].to_json()["latest"] == "2026-05-04T01:10:00Z"


def test_what_stops_a_clock_by_the_terms_stops_it():
    play = Play()
    response = play.begun()
    name = play.make("stop", WANDA, 4, what="outage")
    earliest, latest = of(play, response, WARNING, 6)
    assert latest is None  # nobody knows how long it lasts
    assert earliest == h(26) - (h(1) - h(0)) / 6  # two hours so far
    play.make("resume", WANDA, 9, stop=name)
    assert of(play, response, WARNING, 10)[1] == h(29) + (h(1) - h(0)) / 6
    play.make("stop", WANDA, 10, what="reply")
    assert of(play, response, WARNING, 11)[1] == h(29) + (h(1) - h(0)) / 6  # the reply does not stop this one
    assert of(play, response, JOINT, 11)[1] == h(72) + (h(1) - h(0)) / 6  # nothing stops that one


def test_where_nobody_knows_whether_a_clock_pauses_both_are_shown():
    play = Play()
    response = play.begun()
    play.sign(logged=3, found=iso(h(3)))
    play.make("stop", WANDA, 14, what="verification", **{"from": iso(h(4)), "to": iso(h(14))})
    found = clock(play.situation, play.situation.responses[response], FORCES, h(15))
    assert {each.stands_still for each in found.possible} == {True, False}
    assert (found.earliest, found.latest) == (h(48) - (h(1) - h(0)) / 6, h(61))


def test_a_finding_corrected_moves_a_clock_and_keeps_the_old_version():
    play = Play()
    response = play.begun()
    play.sign(logged=20, found=iso(h(20)))
    before = of(play, response, WARNING, 20, "determination")
    play.sign(logged=30, found=iso(h(30)), breach=[iso(h(-2)), iso(h(-2))], looked=None)
    assert before == (h(44), h(44))
    assert of(play, response, WARNING, 30, "determination") == (h(54), h(54))
    assert of(play, response, WARNING, 30) == (h(22), h(22))
    assert len(play.situation.signs["c1"]) == 3


def test_hours_used_from_the_breach_to_the_finding():
    play = Play()
    play.sign(3, logged=12, breach=[iso(h(0)), iso(h(1))], looked=iso(h(2)), noticed=iso(h(3.5)), found=iso(h(12)))
    assert hours_used(play.situation.sign("c1"), h(12)) == {
        "since_breach": [11.0, 12.0],
        "breach_to_looked": [1.0, 2.0],
        "looked_to_received": 1.0,
        "received_to_noticed": 0.5,
        "noticed_to_found": 8.5,
    }
    play.sign(4, name="c2", logged=12, looked=None)
    told_ = hours_used(play.situation.sign("c2"), h(12))
    assert (told_["breach_to_looked"], told_["looked_to_received"], told_["noticed_to_found"]) == (None, None, None)


def made(name, at=0.0, **more):
    data = sign(name, at + 1, breach=[iso(h(at)), iso(h(at))])
    return Sign.from_json({**data, **more})


@pytest.mark.parametrize(
    ("trigger", "signs", "met"),
    [
        (Breaches(), [], False),
        (Breaches(), [made("a")], True),
        (Breaches(), [made("a", party="A")], False),
        (Breaches(), [made("a", party=None)], None),
        (Breaches(), [made("a", status="recorded")], False),
        (Breaches(status="verified breach"), [made("a")], False),
        (Breaches(status="verified breach"), [made("a", status="clear breach")], True),
        (Breaches(severity="minor"), [made("a", severity="grave")], True),
        (Breaches(severity="minor"), [made("a", severity="technical")], False),
        (Breaches(severity="minor"), [made("a")], None),
        (Breaches(acts=("mining",)), [made("a")], False),
        (Breaches(acts=("mining",)), [made("a", acts=None)], None),
        (Breaches(zones=("capital",)), [made("a", zones=["capital", "belt"])], True),
        (Breaches(provisions=("quiet",)), [made("a", provisions=["quiet"])], True),
        (Breaches(provisions=("quiet",)), [made("a")], None),
        (Breaches(probability=0.8), [made("a")], True),
        (Breaches(probability=0.85), [made("a")], None),
        (Breaches(probability=0.95), [made("a")], False),
        (Breaches(probability=0.95), [made("a", probability=None)], None),
        (Breaches(count=2), [made("a")], False),
        (Breaches(count=2, within_hours=6), [made("a"), made("b", 6)], True),
        (Breaches(count=2, within_hours=6), [made("a"), made("b", 6.1)], False),
        (Breaches(count=2, within_hours=6), [made("a"), made("b", 7, breach=[iso(h(5)), iso(h(7))])], None),
        (Breaches(count=3, within_hours=6), [made(str(n), 2 * n) for n in range(3)], True),
        (Breaches(count=2, within_hours=1), [made("a", 2, breach=[iso(h(0)), iso(h(2))]), made("b", 9)], False),
        (Breaches(after="warning"), [made("a")], False),
        (EitherOf((Breaches(count=9), Breaches())), [made("a")], True),
        (EitherOf((Breaches(count=9), Breaches(severity="grave"))), [made("a")], None),
        (EachOf((Breaches(count=9), Breaches())), [made("a")], False),
        (EachOf((Breaches(severity="grave"), Breaches())), [made("a")], None),
        (EachOf((Breaches(zones=("everywhere",)), Breaches())), [made("a")], True),
        (None, [made("a")], None),
        (None, [made("a", party="A")], False),
    ],
)
def test_triggers_are_met_or_not_or_cannot_be_told(trigger, signs, met):
    assert judge(trigger, signs, ("B",), {}).met is met


def test_a_trigger_comes_back_as_it_is_written():
    assert JOINT.when.to_json() == {
        "any_of": [
            {"breach": {"count": 2, "within_hours": 6, "acts": ["missile_strike"]}},
            {
                "all_of": [
                    {"breach": {"status": "verified_breach", "severity": "grave"}},
                    {"breach": {"zones": ["capital"]}},
                ]
            },
        ]
    }
    assert FORCES.when.to_json() == {"continues": {"after": "warning", "hours": 6}}
    assert len(list(JOINT.when.atoms())) == 3


def test_bounds_hold_whatever_signs_have_in_common():
    """Against every joint law of three signs that a coarse search finds."""
    rng, atoms = random.Random(7), list(product((0, 1), repeat=3))
    for _ in range(3_000):
        weights = [rng.random() ** 6 for _ in atoms]
        law = [each / sum(weights) for each in weights]
        shares = [sum(p for p, atom in zip(law, atoms, strict=True) if atom[n]) for n in range(3)]
        signs = [made(str(n), probability=[share, share]) for n, share in enumerate(shares)]
        for count in (1, 2, 3):
            low, high = falsely(signs, count)
            truth = sum(p for p, atom in zip(law, atoms, strict=True) if sum(atom) < count)
            assert low - 1e-9 <= truth <= high + 1e-9


def test_bounds_are_as_tight_as_they_can_be():
    alike = [made("a", probability=[0.7, 0.7]), made("b", probability=[0.6, 0.6])]
    assert falsely(alike, 1) == pytest.approx((0.0, 0.3))
    assert falsely(alike, 2) == pytest.approx((0.4, 0.7))
    assert falsely([made("a", probability=[0.8, 0.9])], 1) == pytest.approx((0.1, 0.2))
    assert falsely([*alike, made("c", probability=None)], 1) is None  # cannot tell


def test_how_probably_a_step_was_set_off_falsely():
    signs = [made("a", severity="grave"), made("b", 1, zones=["capital"], probability=[0.5, 0.6])]
    found = judge(EachOf((Breaches(severity="grave"), Breaches(zones=("capital",)))), signs, ("B",), {})
    assert found.met is True
    assert found.falsely == pytest.approx((0.4, 0.7))
    either = judge(EitherOf((Breaches(severity="grave"), Breaches(zones=("capital",)))), signs, ("B",), {})
    assert either.falsely == pytest.approx((0.0, 0.2))
    assert judge(Breaches(), [made("a", probability=None)], ("B",), {}).falsely is None


def test_who_may_declare_by_the_terms():
    how = ladder()
    assert how.seats() == {"oak", "seat-a"}
    assert how.may_declare(WARNING, OLGA)
    assert not how.may_declare(WARNING, gus("oak"))  # a state is not the seat that is called like it
    assert how.may_declare(FORCES, gus("oak"))
    assert not how.may_declare(WARNING, gus("birch"))
    assert how.may_declare(JOINT, gus("birch"))


@pytest.mark.parametrize(
    ("steps", "said", "mend"),
    [
        ([replace(WARNING, after="forces"), FORCES], "Step 1 waits for itself: warning → forces → warning.", "let one"),
        ([replace(WARNING, acts_by=())], "Nobody is named who acts at step 1.", "name who acts"),
        ([replace(WARNING, declared_by=())], "Nobody is named who declares step 1.", "name who declares it"),
        ([replace(WARNING, when=Breaches(provisions=("gone",)))], "there is no provision gone.", "name provisions"),
        ([replace(WARNING, when=Breaches(acts=("mining",)))], "nothing prohibits mining.", "prohibit the act"),
    ],
)
def test_what_keeps_a_ladder_from_being_climbed(steps, said, mend):
    found = faults(ladder(*steps))
    assert any(each.message.endswith(said) and each.mend.startswith(mend) for each in found), found
    assert all(each.clause in ("warning", "forces") and each.key for each in found)


def test_a_trigger_that_asks_for_a_finding_that_nobody_can_make():
    how = replace(ladder(replace(WARNING, when=Breaches(severity="grave"))), commission=Commission())
    assert any("no members, quorum or rule" in each.message for each in faults(how))
    assert faults(ladder(WARNING)) == ()


def test_a_trigger_on_breaches_of_what_binds_another_party_alone():
    binds = {"p": Provision("p", "Stop.", ("act_of_war",), ("A",), "z", Interval(h(0), h(9)))}
    (found,) = faults(replace(ladder(WARNING), provisions=binds))
    assert found.message.endswith("what it asks for does not bind B.")
    assert faults(replace(ladder(replace(WARNING, accused=("A",))), provisions=binds)) == ()


def test_commitments_that_contradict_each_other_or_were_withdrawn():
    how = ladder(WARNING, FORCES)
    said = {
        "oak": {"warning": (Promise("p1"), Promise("p2", "none"))},
        "elm": {"forces": (Promise("p3", withdrawn=h(5)),), "picnic": (Promise("p4"),)},
    }
    found = {(each.clause, each.key): each.message for each in faults(how, said, h(6))}
    assert found["p2", "stance"] == "oak both promises step warning (p1) and does not (p2)."
    assert found["p3", "withdrawn"] == "elm withdrew its signature under step forces (p3)."
    assert "picnic" in found["p4", "step"]
    assert ("p3", "withdrawn") not in {(f.clause, f.key) for f in faults(how, said, h(4))}
    assert faults(how, said) == ()


def test_a_deadline_in_a_change_of_clocks_is_said():
    step = replace(WARNING, clock=Clock("detection", 24, None, (), (), "Europe/Kyiv"))
    play = Play(ladder(step))
    autumn = (iso(moment) for moment in (START.replace(month=10, day=24, hour=0, minute=20),) * 2)
    at = (START.replace(month=10, day=24, hour=0, minute=30) - START).total_seconds() / 3600
    play.sign(at, logged=at, breach=list(autumn), looked=None)
    response = play.make("begin", OLGA, at, breach="c1")
    each = clocks(play.situation, play.situation.responses[response], play.ladder, h(at))["warning"]
    (found,) = clock_changes(step, each)
    assert (
        found["message"]
        == "Step 1 is due at 2026-10-25T03:30+03:00 (Europe/Kyiv): this local time comes twice that day."
    )
    assert found["mend"] == "go by 2026-10-25T00:30:00Z"
    assert list(clock_changes(WARNING, each)) == []
