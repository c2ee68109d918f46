# SPDX-License-Identifier: Apache-2.0
"""Laws of the coverage field: a look never lowers it, a denial or cloud never raises it, no place on Earth is special."""

from __future__ import annotations

from dataclasses import replace

import field_cases as cases
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.base.geo import Line
from truceline.coverage import cells

FEW = settings(max_examples=12, deadline=None)
LOOKS = cases.everything()
chosen = st.lists(st.sampled_from(range(len(LOOKS))), unique=True, max_size=len(LOOKS))


@FEW
@given(chosen, st.sampled_from(range(len(LOOKS))), st.floats(0, 1))
def test_a_look_more_never_lowers_coverage(numbers, extra, share):
    fewer = cases.build([LOOKS[n] for n in numbers if n != extra], sky=cases.cloud(share=share))
    more = cases.build([LOOKS[n] for n in {*numbers, extra}], sky=cases.cloud(share=share))
    assert (more.together >= fewer.together - 1e-6).all()
    for name, values in fewer.by_family.items():
        assert (more.by_family[name] >= values - 1e-6).all()


@FEW
@given(st.sampled_from(sorted({look.sensor for look in LOOKS})), st.floats(0, 11), st.floats(0, 6), st.floats(0, 1))
def test_a_denial_or_cloud_never_raises_coverage(sensor, low, length, share):
    free = cases.build(LOOKS, sky=cases.cloud(share=share))
    denied = cases.build(LOOKS, denials=[cases.denial(sensor, low, low + length)], sky=cases.cloud(share=share))
    cloudy = cases.build(LOOKS, sky=cases.cloud(share=min(1, share + 0.2)))
    # A cut leg is walked in other pieces, so a visit may begin some seconds sooner or later.
    assert (denied.together <= free.together + 0.02).all()
    assert (cloudy.together <= free.together + 1e-6).all()


@FEW
@given(st.permutations(range(len(LOOKS))), st.sampled_from(sorted({look.sensor for look in LOOKS})), st.floats(0, 10))
def test_any_order_of_arrival_gives_the_batch(order, sensor, low):
    denied = [cases.denial(sensor, low, low + 1.7)]
    whole = cases.build(LOOKS, denials=denied, sky=cases.cloud())
    grown = cases.build([LOOKS[n] for n in order[:3]], sky=cases.cloud())
    grown.add([LOOKS[n] for n in order[3:5]])
    grown.deny(denied)
    grown.add([LOOKS[n] for n in order[5:]])
    np.testing.assert_allclose(grown.together, whole.together, atol=2e-6)


def turned(look, by):
    """A look moved east by some degrees."""
    if hasattr(look, "track"):
        angle = np.radians(by)
        x, y, z = look.track.T
        east = np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), z], axis=1)
        return replace(look, track=east)
    if hasattr(look, "rings"):
        return replace(look, rings=tuple(tuple(((x + by + 180) % 360 - 180, y) for x, y in r) for r in look.rings))
    return replace(look, lon=(look.lon + by + 180) % 360 - 180)


@pytest.mark.parametrize("by", [143.0, 142.3, -90.0, 180.0])
def test_moved_around_the_earth_the_field_is_the_same(by):
    """Over the antimeridian too: the region's cells keep their places relative to each other."""
    there = replace(cases.WHERE, lon=(cases.WHERE.lon + by + 180) % 360 - 180)
    here, moved = cases.build(LOOKS), cases.build([turned(look, by) for look in LOOKS], where=there)
    # A cell on the very edge of a footprint may fall to either side of it by rounding.
    apart = np.abs(here.together - moved.together) > 1e-5
    assert apart.any(axis=1).mean() < 0.002


def test_over_the_pole_a_pass_sees_all_around():
    line = Line((((10.0, 88.5), (10.0, 89.9)),))
    where = cells.along_line(line, 100)
    looks = cases.passes(where, count=3, names=("VIIRS/NOAA-20",))
    assert len(looks) > 12  # every orbit passes
    found = cases.build(looks, where=where)
    assert found.together.max() > 0.4
    quarter = ((where.lon + 180) // 90).astype(int)
    means = [found.together[quarter == q].mean() for q in range(4)]
    assert max(means) < 1.3 * min(means)
