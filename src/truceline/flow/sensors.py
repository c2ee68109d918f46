# SPDX-License-Identifier: Apache-2.0
"""Which kinds of sensor a watch has, by its ``watch.toml`` and the lists it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from truceline.base.bounded import read_bytes
from truceline.coverage import catalogue
from truceline.flow.watchfile import Watch, read_watch
from truceline.model.proof import FACTS
from truceline.sources import get

_FROM_SPACE: Mapping[str, str] = {catalogue.FAMILY: "thermal", "optical": "imagery", "radar": "imagery"}
"""Kind of a satellite's sensor by its error family: optics and radar make images."""

_NEAR: Mapping[str, str] = {"optical": "video", "thermal-infrared": "video"}
"""Kind of a sensor on the ground or a drone by its error family, where that is no kind itself."""


def sensors_of(folder: Path) -> tuple[str, ...]:
    """Return the kinds of sensor (words of ``model.proof.FACTS``) of the watch in a folder, sorted.

    Fires are heat; orbital elements bring the satellites of the catalogue, the watch's own too; stations and tracks
    say their family themselves. A family that is no kind we know shows nothing.

    Raises:
        InputError: there is no watch, or a list it names cannot be read.
    """
    watch = read_watch(folder)
    found = {"thermal"} if watch.of("firms") else set()
    if watch.of("elements"):
        found |= {_FROM_SPACE.get(each.family, each.family) for each in catalogue.catalogue(watch.sensors)}
    found |= {_NEAR.get(family, family) for family in _families(watch)}
    return tuple(sorted(found & set(FACTS)))


def _families(watch: Watch) -> set[str]:
    """Error families of fixed sensors, drones and patrols."""
    return {
        each.family
        for source in (*watch.of("stations"), *watch.of("tracks"))
        for each in get(source.kind).read(read_bytes(source.path), file=source.path.name)[0]
    }
