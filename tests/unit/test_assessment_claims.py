# SPDX-License-Identifier: Apache-2.0
"""What may be said of a claim, and the figures in the reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from assessment_factory import WINDOW, agreement

from truceline.assessment import Seen, judge_claims, measurable
from truceline.base.clock import Interval, to_column
from truceline.model.claim import Claim, Verdict
from truceline.model.watching import CloudDay, Estimate, ReferenceAct


def hour(after):
    return WINDOW.start + timedelta(hours=after)


def column(*after):
    return np.array([to_column(hour(a)) for a in after], dtype="datetime64[us]")


def seen(coverage=0.3, cloud=()):
    return Seen(
        pass_times=column(10, 11, 12, 20, 22),
        pass_groups=(Interval(hour(10), hour(12)), Interval(hour(20), hour(22)), Interval(hour(21), hour(22.5))),
        near_times=column(10.5, 11.5, 20.5),
        hours=np.array([np.datetime64("2026-04-11T13", "h") + i for i in range(32)]),
        hourly=np.full(32, coverage),
        act=ReferenceAct(),
        cloud=cloud,
    )


def estimate(low=50.0, high=90.0, cannot=False):
    ends = (None, None, None) if cannot else (low, 70.0, high)
    wide = None if cannot else (low - 10, high + 10)
    return Estimate(*ends, cannot, "Because it is so.", "fires", 3, 2.0, (), wide)


def claim(value=70, unit="fires near the line", qualifier="", start=WINDOW.start, end=WINDOW.end):
    return Claim("t", "Northern army", "South", value, qualifier, unit, start, end, {}, "o", "", "", "low")


def check(claim_=None, seen_=None, estimate_=None, floor=0.05):
    (found,) = judge_claims(
        [claim_ or claim()], agreement(floor=floor), seen_ or seen(), estimate() if estimate_ is None else estimate_
    )
    return found


def headings(found):
    return [heading for heading, _ in found.reasons]


def test_violations_cannot_be_judged_whatever_was_seen():
    found = check(claim(value=1971, unit="ceasefire violations", end=hour(16)))
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert headings(found) == [
        "Different things are counted",
        "Different hours are counted",
        "Most hours were not watched",
        "Who",
        "Reference act",
    ]
    text = dict(found.reasons)
    assert "“ceasefire violations”" in text["Different things are counted"]
    assert "covers 16 h of the truce's 32 h" in text["Different hours are counted"].replace("\N{NO-BREAK SPACE}", " ")
    assert "during 2 h (3 passes) and saw 2 fire pixels" in text["Most hours were not watched"].replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "South's forces" in text["Who"]
    assert "a fire of 5 MW lasting 1 hour" in text["Reference act"]
    assert (found.hours, found.passes, found.pass_hours, found.detections_near) == (16.0, 3, 2.0, 2)
    assert found.coverage == pytest.approx(0.3)
    assert (found.claimant_party, found.accused_party) == ("A", "B")


@pytest.mark.parametrize(
    ("value", "qualifier", "verdict"),
    [
        (70, "", Verdict.CONSISTENT),
        (50, "", Verdict.CONSISTENT),
        (91, "", Verdict.CONSISTENT),
        (41, "", Verdict.CONSISTENT),
        (101, "", Verdict.INCONSISTENT),
        (0, "", Verdict.INCONSISTENT),
        (39, "", Verdict.CANNOT_BE_JUDGED),  # a claim may count only those that its author knows of
        (40, "more than", Verdict.CONSISTENT),
        (101, "more than", Verdict.INCONSISTENT),
        (101, "no more than", Verdict.CONSISTENT),
        (39, "fewer than", Verdict.INCONSISTENT),
        (101, "not less than", Verdict.INCONSISTENT),
        (110, "about", Verdict.CONSISTENT),
        (120, "about", Verdict.INCONSISTENT),
    ],
)
def test_a_count_of_fires_is_held_against_the_estimate(value, qualifier, verdict):
    found = check(claim(value=value, qualifier=qualifier))
    assert found.verdict is verdict
    said = found.reasons[0][1]
    inside = verdict is Verdict.CONSISTENT
    assert ("50 to 90 (90 %)" in said) is inside
    assert ("40 to 100 (99 %)" in said) is ("lies outside" in said or not inside)


def test_consistent_is_not_confirmed():
    assert "does not confirm" in check().reasons[0][1]


def test_without_enough_coverage_nothing_is_inconsistent():
    found = check(claim(value=10_000), seen(coverage=0.04))
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert "at least 5\N{NO-BREAK SPACE}%" in found.reasons[0][1]
    assert check(claim(value=10_000), seen(coverage=np.nan)).verdict is Verdict.CANNOT_BE_JUDGED


def test_no_estimate_no_verdict():
    found = check(estimate_=estimate(cannot=True))
    assert (found.verdict, found.reasons[0]) == (
        Verdict.CANNOT_BE_JUDGED,
        ("No estimate can be given", "Because it is so."),
    )
    (found,) = judge_claims([claim()], agreement(), seen())
    assert found.verdict is Verdict.CANNOT_BE_JUDGED


@pytest.mark.parametrize("end", [hour(16), hour(40), None])
def test_other_hours_than_the_estimates_cannot_be_judged(end):
    found = check(claim(end=end))
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert headings(found)[0] == "Different hours are counted"


def test_a_cut_off_not_stated_is_said_and_leaves_hours_and_coverage_unknown():
    found = check(claim(unit="violations", end=None))
    assert (found.hours, found.coverage) == (None, None)
    assert (found.passes, found.detections_near) == (5, 3)
    assert found.pass_hours == 4.5
    text = dict(found.reasons)
    assert "no stated end" in text["Different hours are counted"]
    assert "if it ran on to the truce's end" in text["Most hours were not watched"]
    assert "not known" in text["Reference act"]


def test_a_claim_before_any_pass_says_so():
    found = check(claim(unit="violations", end=hour(8)))
    assert (found.passes, found.pass_hours, found.detections_near) == (0, 0.0, 0)
    assert "no satellite passed" in dict(found.reasons)["Most hours were not watched"]


def test_a_claim_that_ends_before_it_starts_has_no_period():
    found = check(claim(start=hour(5), end=hour(4)))
    assert found.hours is None
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert "ends before it starts" in dict(found.reasons)["Different hours are counted"]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, hour(16), "if it began with the truce"),
        (None, None, "taking the whole truce"),
        (hour(5), hour(4), "taking the whole truce"),
    ],
)
def test_what_was_taken_for_an_unknown_period_is_said(start, end, said):
    found = check(claim(unit="violations", start=start, end=end))
    assert said in dict(found.reasons)["Most hours were not watched"]
    assert isinstance(found.pass_hours, float)


def test_hours_outside_the_truce_are_told():
    text = dict(check(claim(unit="violations", start=hour(-24), end=hour(2))).reasons)["Different hours are counted"]
    assert text.replace("\N{NO-BREAK SPACE}", " ") == "The figure covers 2 h of the truce's 32 h, and 24 h outside it."


def test_coverage_outside_the_known_hours_is_unknown():
    assert check(claim(start=hour(-24), end=hour(2))).coverage is None


def test_coverage_is_the_mean_of_the_claims_own_hours():
    told = replace(seen(), hourly=np.arange(32) / 100)
    assert check(claim(start=hour(10), end=hour(12)), told).coverage == pytest.approx(0.105)
    assert check(claim(start=hour(10.5), end=hour(11.5)), told).coverage == pytest.approx(0.105)


def test_a_breakdown_is_never_added_up():
    found = check(replace(claim(value=None), breakdown={"shellings": 5, "assaults": 7}))
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert found.reasons[0][0] == "No total is claimed"
    assert "12" not in found.reasons[0][1]


def test_cloud_is_told_for_the_days_of_the_claim():
    days = tuple(
        CloudDay(datetime(2026, 4, d, tzinfo=UTC), {"country": s, "east": s + 0.01})
        for d, s in ((10, 0.1), (11, 0.75), (12, 0.69), (13, 0.2))
    )
    text = dict(check(seen_=seen(cloud=days)).reasons)["Cloud"].replace("\N{NO-BREAK SPACE}", " ")
    assert "69 % to 76 %" in text


def test_strangers_are_no_party():
    found = check(replace(claim(unit="violations"), claimant="OSCE", accused="nobody known"))
    assert (found.claimant_party, found.accused_party) == (None, None)
    assert "accuses nobody known" in dict(found.reasons)["Who"]


@pytest.mark.parametrize(
    ("unit", "is_measured"),
    [
        ("fires near the line", True),
        ("fires", True),
        ("thermal anomalies", True),
        ("Hotspots within 20 km", True),
        ("ceasefire violations", False),
        ("violations of the cease-fire", False),
        ("artillery fires", False),
        ("opened fire", False),
        ("small arms fires", False),
        ("shellings", False),
        ("", False),
    ],
)
def test_only_heat_is_measurable(unit, is_measured):
    assert measurable(unit) is is_measured
