# SPDX-License-Identifier: Apache-2.0
"""Notices: who, where, when, lead time kept or not, acknowledged by whom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from truceline import terms
from truceline.errors import InputError, Malformed, NoTime
from truceline.terms.geometry import Geometry
from truceline.terms.notices import area, load_notices, matching, under

FULL = terms.load((Path(__file__).parents[1] / "vectors/terms/full.yaml").read_text("utf-8"), file="full.yaml")
DRILL = """notices:
  - id: drill
    kind: exercise
    by: A
    text: Guns fire on the range.
    window: {from: 2026-05-10T06:00:00Z, to: 2026-05-10T12:00:00Z}
    given: 2026-05-08T06:00:00Z
    acknowledged: [{by: G, at: 2026-05-08T09:00:00Z}]
    lon: 35.0
    lat: 48.5
    radius_m: 3000
    acts: [heavy-fire]
    weapons: [artillery]
    source: {outlet: North's ministry}
"""


def one(text):
    (notice,) = load_notices(text, file="notices.yaml", agreement=FULL)
    return notice


def test_a_notice_is_matched_with_the_duty_of_its_kind():
    notice = one(DRILL)
    assert (notice.duty, notice.lead_hours, notice.lead_kept, notice.counts) == ("tell-exercises", 48.0, True, True)
    assert notice.acts == ("shelling",)
    exercise = next(e for e in FULL.exceptions if e.id == "exercise")
    assert matching(exercise, [notice]) == (notice,)
    assert matching(FULL.exceptions[0], [notice]) == ()
    assert notice.body()["acknowledged"] == [["G", "2026-05-08T09:00:00Z"]]


@pytest.mark.parametrize(
    ("old", "new", "kept", "counts"),
    [
        ("given: 2026-05-08T06:00:00Z", "given: 2026-05-08T06:00:01Z", False, False),
        ("given: 2026-05-08T06:00:00Z", "given: unknown", None, None),
        ("at: 2026-05-08T09:00:00Z", "at: 2026-05-10T06:00:01Z", True, False),
        ("at: 2026-05-08T09:00:00Z", "at: unknown", True, None),
        ("    acknowledged: [{by: G, at: 2026-05-08T09:00:00Z}]\n", "", True, False),
        ("{by: G, at: 2026-05-08T09:00:00Z}", "{by: A, at: 2026-05-08T09:00:00Z}", True, False),
        ("{by: G, at: 2026-05-08T09:00:00Z}", "{by: B, at: 2026-05-08T09:00:00Z}", True, True),
    ],
)
def test_a_notice_counts_only_in_time_and_acknowledged_and_what_is_unknown_stays_so(old, new, kept, counts):
    notice = one(DRILL.replace(old, new))
    assert (notice.lead_kept, notice.counts) == (kept, counts)


@pytest.mark.parametrize(("late", "counts"), [("excuses", True), ("unknown", None), ("no_excuse", False)])
def test_what_a_late_notice_does_is_the_terms_to_say_and_each_reading_s(late, counts):
    text = (Path(__file__).parents[1] / "vectors/terms/full.yaml").read_text("utf-8")
    agreement = terms.load(text.replace("late: no_excuse", f"late: {late}"), file="full.yaml")
    given = DRILL.replace("given: 2026-05-08T06:00:00Z", "given: 2026-05-09T06:00:00Z")
    (notice,) = load_notices(given, file="notices.yaml", agreement=agreement)
    assert (notice.lead_kept, notice.late_hours, notice.counts) == (False, 24.0, counts)
    (duty,) = agreement.notifications
    shorter = under(notice, [replace(duty, lead_hours=24)])
    assert (shorter.state, shorter.late_hours) == ("in_time", None)


def test_a_notice_without_a_duty_has_no_lead_time_to_keep():
    notice = one(
        DRILL.replace("kind: exercise", "kind: demining").replace("given: 2026-05-08T06:00:00Z", "given: unknown")
    )
    assert (notice.duty, notice.counts) == (None, True)


def test_where_a_notice_holds():
    geometry = Geometry.of(FULL)
    place, why = area(one(DRILL), geometry)
    assert why == ""
    assert shapely.contains_xy(place, 35.0, 48.52)
    assert not shapely.contains_xy(place, 35.0, 48.53)
    point = "    lon: 35.0\n    lat: 48.5\n    radius_m: 3000\n"
    place, why = area(one(DRILL.replace(point, "    zone: islands\n")), geometry)
    assert (place, why) == (None, "No source gives their bounds.")
    place, _ = area(one(DRILL.replace(point, "    zone: harbour\n")), geometry)
    assert shapely.contains_xy(place, 35.3, 47.9)


@pytest.mark.parametrize(
    ("old", "new", "fault", "line"),
    [
        ("by: A", "by: C", Malformed, 4),
        ("kind: exercise", "kind: party", Malformed, 3),
        ("to: 2026-05-10T12:00:00Z", "to: 2026-05-10T05:00:00Z", NoTime, 6),
        ("to: 2026-05-10T12:00:00Z", "to: 2026-05-10T12:00:00", NoTime, 6),
        ("    radius_m: 3000\n", "", Malformed, 9),
        ("    radius_m: 3000\n", "    radius_m: 3000\n    zone: harbour\n", Malformed, 2),
        ("artillery", "artilery", Malformed, 13),
        ("    by: A\n", "    by: A\n    duty: tell-nothing\n", Malformed, 5),
        ("kind: exercise\n", "kind: repair\n    duty: tell-exercises\n", Malformed, 4),
    ],
)
def test_bad_notices_are_refused_with_their_line(old, new, fault, line):
    with pytest.raises(InputError) as caught:
        one(DRILL.replace(old, new))
    assert (type(caught.value), caught.value.file, caught.value.line) == (fault, "notices.yaml", line), str(
        caught.value
    )
