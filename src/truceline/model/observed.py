# SPDX-License-Identifier: Apache-2.0
"""What was seen of things that are to be in a state: inspections, weapons seen, strengths counted; and the states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from truceline.lang import catalogue

OUTCOMES = ("all_in_situ", "serials_blocked", "missing", "unmanned", "denied", "withdrawn", "still_there")
"""Outcomes of inspections (layer C); they are never added to acts or signatures."""


@dataclass(frozen=True)
class Inspection:
    """One visit to a site, or of a zone that was to be left."""

    id: str
    """Stable id."""

    clause: str
    """Id of the storage site or stage it was for."""

    at: datetime
    """When, UTC."""

    outcome: str
    """One of :data:`OUTCOMES`."""

    inspectors: int = 1
    """How many signed the record."""

    party: str | None = None
    """Whose weapons it was about, for a stage that binds several; None: all of them."""

    text: str | None = None
    """What they wrote."""


@dataclass(frozen=True)
class Sighting:
    """A weapon that was seen at a place."""

    id: str
    """Stable id."""

    at: datetime
    """When, UTC."""

    lon: float
    """Longitude, degrees, WGS 84."""

    lat: float
    """Latitude, degrees."""

    sigma_m: float
    """One standard deviation of its place, metres."""

    weapon: str
    """Weapon or class."""

    p_weapon: float = 1.0
    """Probability that it is one."""

    p_party: tuple[tuple[str, float], ...] = ()
    """Probability of whose it is, by party; what is left is unknown."""

    serial: str | None = None
    """Its serial, where it could be read."""


@dataclass(frozen=True)
class Strength:
    """A count or estimate of forces."""

    id: str
    """Stable id."""

    at: datetime
    """For when, UTC."""

    party: str
    """Whose."""

    what: str
    """``personnel``, or a weapon or class."""

    low: float
    """Least."""

    high: float
    """Greatest."""


@dataclass(frozen=True)
class Observed:
    """Everything seen that bears on states."""

    inspections: tuple[Inspection, ...] = ()
    """Visits."""

    sightings: tuple[Sighting, ...] = ()
    """Weapons seen."""

    strengths: tuple[Strength, ...] = ()
    """Forces counted."""


STATES = ("ahead", "due", "done", "late", "unverifiable")
"""What a thing that is to be done by a day can be. Not having seen it undone is no proof that it is done."""


@dataclass(frozen=True)
class State:
    """What a clause is at one moment, for one party."""

    clause: str
    """Id of the stage, storage site, force limit or schedule."""

    section: str
    """``stages``, ``storage_sites``, ``force_limits`` or ``schedules``."""

    party: str
    """Whose duty."""

    state: str
    """One of :data:`STATES`."""

    why: str
    """Why: a key of the languages' section ``states``."""

    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What goes into that sentence."""

    evidence: tuple[str, ...] = ()
    """Ids of what it rests on."""

    probability: float | None = None
    """For ``late`` by a sighting: how probable it is; None where that is not the question."""

    @property
    def reason(self) -> str:
        """Return why, in one English sentence."""
        return self.told("en")

    def told(self, language: str) -> str:
        """Return why, in one sentence of a language.

        Raises:
            ConfigError: there is no such language.
        """
        words = catalogue(language)
        values = dict(self.values)
        if "outcome" in values:
            values["outcome"] = words.texts[f"states.{values['outcome']}"]
        return words.say(f"states.{self.why}", **values)


@dataclass(frozen=True)
class Spell:
    """A stretch of time in which a state did not change."""

    start: datetime
    """From when."""

    end: datetime
    """Until when."""

    state: State
    """The state."""
