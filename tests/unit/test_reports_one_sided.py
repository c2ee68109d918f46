# SPDX-License-Identifier: Apache-2.0
"""What binds or shows only one side is said as it is: no holder of a reading is made up, none is said to be missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from run_factory import make_run

from truceline.reports.one_sided import one_sided


def readings_of(*held_by):
    run = make_run()
    readings = tuple(replace(r, held_by=h) for r, h in zip(run.agreement.readings, held_by, strict=True))
    return {each["title"]: each["text"] for each in one_sided(replace(run.agreement, readings=readings), run.lines)}


def test_where_nobody_is_said_to_hold_a_reading_no_party_is_said_to_lack_one():
    found = readings_of((), ())
    assert "do not say" in found["Whose reading it is"]
    assert "Whose reading is missing" not in found
    assert not any(name in found["Whose reading it is"] for name in ("Kyiv", "Moscow"))


@pytest.mark.parametrize(
    ("held_by", "said"),
    [((("A",), ()), "held by Moscow was found"), (((), ("B",)), "held by Kyiv was found")],
)
def test_a_reading_that_only_one_party_holds_is_told_alike_of_either(held_by, said):
    assert said in readings_of(*held_by)["Whose reading is missing"]


def test_readings_of_neither_party_name_both_with_or():
    assert "held by Kyiv or Moscow was found" in readings_of(("mediator",), ())["Whose reading is missing"]
    assert "Whose reading is missing" not in readings_of(("A",), ("B",))
