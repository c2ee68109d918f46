# SPDX-License-Identifier: Apache-2.0
"""What each field of an agreement says, in plain words of a language: for explanation, comparison and page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any

from pyproj import Geod

from truceline.base.clock import Interval
from truceline.base.deadline import WEEKDAYS
from truceline.lang import Catalogue
from truceline.lang.catalogue import NBSP
from truceline.model.agreement import EARLIEST, LATEST, Agreement, Change, RuleException
from truceline.model.clauses import (
    DEFAULT_PUBLICATION,
    Attribution,
    Ceiling,
    Clock,
    Condition,
    Member,
    Position,
    Source,
    Standard,
    Step,
    StorageSite,
    When,
)
from truceline.model.ladder import Breaches, EachOf, Trigger
from truceline.model.proof import AllOf, AnyOf, AtLeast, Fact, Independent, Policy, Probability, UnsafeNoProof
from truceline.model.territory import Party, ProtectedObject, Proxy, Zone
from truceline.scrutiny.parts import Retired, Word, values

_GEOD = Geod(ellps="WGS84")

_OWN_LABEL: Mapping[type, str] = {
    RuleException: "exception",
    Condition: "condition",
    Ceiling: "ceiling",
    Step: "step",
    Breaches: "breach",
    ProtectedObject: "object",
    Standard: "standard",
    Word: "object",
    Retired: "retired",
}
"""Kinds whose labels may differ: ``labels.actors_exception`` goes before ``labels.actors``."""

_SPOKEN: Mapping[tuple[str, str], str] = {
    ("Provision", "weapons"): "any_weapon",
    ("Provision", "exceptions"): "none",
    ("Condition", "actors"): "all_parties",
    ("Condition", "on"): "all_others",
    ("Condition", "provisions"): "whole_agreement",
    ("Schedule", "actors"): "all_parties",
    ("NoticeDuty", "actors"): "all_parties",
    ("NoticeDuty", "lead_hours"): "unknown",
    ("NoticeDuty", "acknowledged"): "no",
    ("NoticeDuty", "late"): "no_excuse",
    ("AccessDuty", "actors"): "all_parties",
    ("Stage", "weapons"): "any_weapon",
    ("Ceiling", "most"): "unknown",
    ("Ceiling", "zone"): "everywhere",
    ("Ceiling", "done_by"): "entry_into_force",
    ("Step", "accused"): "any_party",
    ("Step", "declared_by"): "unknown",
    ("Step", "acts_by"): "unknown",
    ("Step", "rests_on"): "unknown",
    ("Step", "origin"): "unknown",
    ("Step", "hours"): "not_set",
    ("Step", "pauses"): "unknown",
    ("Step", "stops"): "unknown",
    ("Step", "when"): "unknown",
    ("Step", "acknowledge_hours"): "not_set",
    ("Step", "done"): "unknown",
    ("Step", "conflict"): "unknown",
    ("Standard", "acts"): "all_acts",
    ("Party", "recognises_mechanism"): "not_said",
    ("Commission", "quorum"): "unknown",
    ("Commission", "rule"): "unknown",
    ("Commission", "recused"): "unknown",
    ("Commission", "reply_hours"): "unknown",
    ("Commission", "rectification_hours"): "unknown",
    ("Head", "entry"): "unknown",
    ("Head", "ends"): "unknown",
}
"""What is said where a field is left at its default; other defaults go without saying."""

_WHO = ("actors", "accused", "declared_by", "acts_by", "held_by", "on", "to", "party", "side")
_WORDS = ("kind", "role", "rule", "recused", "severity", "status", "origin", "done", "conflict", "late")
_HOURS = (
    *("hours", "reply_hours", "rectification_hours", "within_hours", "notice_hours", "lead_hours"),
    *("acknowledge_hours", "after_hours"),
    *("coverage_delay_hours", "imagery_delay_hours", "origin_delay_hours"),
)
_KM = ("within_km", "from_km", "to_km", "impact_km", "origin_km", "uncertainty_km")
_SHARES = (
    "share",
    "likely",
    "attributed",
    "excused_low",
    "excused_high",
    "name_party_from",
    "coverage_floor",
    "probability",
)
_QUOTED = (
    "text",
    "title",
    "term",
    "outlet",
    "trigger",
    "pauses",
    "time_zone",
    "why",
    "summary",
    "coverage_detail",
    "forces",
)
_IDS = (
    "replaces",
    "uses",
    "expressed_by",
    "provisions",
    "standard",
    "rests_on",
    "after",
    "notice",
    "exceptions",
    "omits",
)
_RINGS = ("coordinates", "holes", "rings", "controls")


class Teller:
    """Says what an agreement's data say, in one language. Same data, same words."""

    def __init__(self, agreement: Agreement, words: Catalogue) -> None:
        """Take the agreement whose names are used, and the language."""
        self.agreement = agreement
        self.words = words
        self._names = _names(agreement, words)
        self._definitions = {each.id: each for each in agreement.definitions}
        self._say: dict[str, Callable[[Any, Any], str]] = {
            **dict.fromkeys(_WHO, lambda _, value: self.who(value)),
            **dict.fromkeys(_WORDS, lambda _, value: self.word(value.replace(" ", "_"))),
            **dict.fromkeys(_HOURS, lambda _, value: words.count(value, "hour")),
            **dict.fromkeys(_KM, lambda _, value: words.count(value, "km")),
            **dict.fromkeys(_SHARES, lambda _, value: self.share(value)),
            **dict.fromkeys(_QUOTED, lambda _, value: words.quote(value)),
            **dict.fromkeys(_IDS, lambda _, value: self._ids(value)),
            **dict.fromkeys(_RINGS, lambda _, value: self.outline(value)),
            **dict.fromkeys(("acts", "weapons", "classes", "what"), lambda _, value: self.things(value)),
            **dict.fromkeys(("zone", "line"), self._place),
            "aliases": lambda _, value: words.join([words.quote(each) for each in value]),
            "changes": lambda _, value: "; ".join(map(self._change, value)),
            **dict.fromkeys(("date", "as_of"), lambda _, value: self.dated(value)),
            "holds": lambda _, value: "; ".join(self._point(*each) for each in value),
            "impact_minutes": lambda _, value: words.count(value, "minute"),
            "lat": lambda _, value: self.degrees(value),
            "local_offset_hours": lambda _, value: words.count(value, "hour"),
            "lon": lambda _, value: self.degrees(value),
            "members": lambda _, value: "; ".join(map(self._member, value)),
            "names": lambda _, value: "; ".join(self._named(*each) for each in value.items()),
            "objects": lambda _, value: "; ".join(map(self._object, value)),
            "of": self._of,
            "parts": lambda _, value: self.course(value),
            "policy": lambda _, value: self.policy(value),
            "positions": lambda _, value: "; ".join(map(self.position, value)),
            "off": lambda _, value: words.join([self.word(day) if day in WEEKDAYS else day for day in value]),
            "preconditions": lambda _, value: words.join([words.quote(each) for each in value]),
            "proxies": lambda _, value: "; ".join(map(self._proxy, value)),
            "radius_m": lambda _, value: words.count(value, "m"),
            "seen_by": lambda _, value: self._seen_by(value),
            "source": lambda _, value: self.source(value),
            "stops": lambda _, value: words.join([self.word(each) for each in value]),
            "unknown": lambda _, value: words.join([self._key(each) for each in value]),
            "when": lambda _, value: self.trigger(value),
            "withheld_report_days": lambda _, value: words.count(value, "day"),
            "witness_settlement": lambda _, value: words.count(value, "person"),
            "zones": lambda thing, value: words.join([self._place(thing, each) for each in value]),
        }

    def label(self, thing: Any, name: str) -> str:
        """Return what a field is called."""
        own = f"labels.{name}_{_OWN_LABEL.get(type(thing), '')}"
        key = own if own in self.words else f"labels.{name}"
        return self.words.texts[key]

    def value(self, thing: Any, name: str, value: Any) -> str:
        """Return what a field of ``thing`` says; what goes without saying or is not known in those words."""
        if value is None or value in ((), "", {}):
            spoken = _SPOKEN.get((type(thing).__name__, name), "none" if value in ((), {}) else "not_said")
            if {name, *(key for key, of in _FILE_KEYS.items() if of == name)} & set(getattr(thing, "unknown", ())):
                spoken = "unknown"
            return self.words.texts[f"words.{spoken}"]
        if isinstance(thing, Attribution) and name == "acts":
            return "; ".join(self._threshold(*each) for each in value)
        if isinstance(thing, StorageSite) and name == "weapons":
            return "; ".join(self._stored(*each) for each in value)
        if value == DEFAULT_PUBLICATION.coverage_detail and name == "coverage_detail":
            return self.words.texts["words.province_and_day"]
        if isinstance(value, When):
            return self.when(value)
        if isinstance(value, Interval):
            return self.stretch(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if name in self._say:
            return self._say[name](thing, value)
        return self.words.value(value)

    def told(self, thing: Any, skip: Sequence[str] = ()) -> list[tuple[str, str, str]]:
        """Return (field, label, words) of every field that says something, in the order of the model."""
        default = _defaults(type(thing))
        found = []
        for name, value in values(thing).items():
            spoken = (type(thing).__name__, name) in _SPOKEN
            if name in skip or (not spoken and (value in (None, (), "", {}) or value == default.get(name, _UNSET))):
                continue
            found.append((name, self.label(thing, name), self.value(thing, name, value)))
        return found

    def who(self, names: str | Sequence[str]) -> str:
        """Return parties and others by their names in this language."""
        if isinstance(names, str):
            return self._names.get(names, names)
        return self.words.join([self._names.get(name, name) for name in names])

    def word(self, name: str) -> str:
        """Return a word of the model or the vocabulary; one that has no words in this language is quoted."""
        for key in (f"words.{name}", f"evidence.{name}"):
            if key in self.words:
                return self.words.texts[key]
        return self.thing(name)

    def thing(self, name: str) -> str:
        """Return an act, weapon or class of objects in this language, else quoted as the vocabulary has it."""
        texts = self.agreement.vocabulary.texts.get(name, {})
        said = texts.get(self.words.code)
        if said is not None:
            return said
        if f"words.{name}" in self.words:
            return self.words.texts[f"words.{name}"]
        return self.words.quote(texts.get("en") or name.replace("_", " "))

    def things(self, names: str | Sequence[str]) -> str:
        """Return a list of acts, weapons or classes; ``act_of_war`` is every act of war."""
        if isinstance(names, str):
            return self.word(names)
        if "act_of_war" in names:
            return self.words.texts["words.all_acts"]
        return self.words.join([self.thing(name) for name in names])

    def when(self, when: When) -> str:
        """Return a moment that terms name."""
        if when.is_open:
            return self.words.texts["format.no_end"]
        parts = [self.moment(when.at)] if when.at is not None else []
        if when.after_hours is not None:
            after = self.words.say("format.after_entry", after=self.after(when.after_hours))
            parts.append(after if when.after_hours else self.words.texts["format.at_entry"])
        return " = ".join(parts) or self.words.texts["words.unknown"]

    def after(self, hours: float) -> str:
        """Return a length of time: in days where it is three whole days or more, else in hours."""
        if hours >= 72 and hours % 24 == 0:
            return self.words.count(hours / 24, "day")
        return self.words.count(hours, "hour_after")

    def moment(self, moment: datetime) -> str:
        """Return a moment in UTC and in local time."""
        return self.words.moment(moment, self.agreement.local_offset_hours)

    def stretch(self, window: Interval) -> str:
        """Return a window in UTC and in local time; an end that is none is said so."""
        start, end = window.start > EARLIEST, window.end < LATEST
        if start and end:
            return self.words.stretch(window, self.agreement.local_offset_hours)
        if start:
            return self.words.say("format.stretch_from", start=self.moment(window.start))
        if end:
            return self.words.say("format.stretch_to", end=self.moment(window.end))
        return self.words.texts["format.stretch_always"]

    def share(self, value: float) -> str:
        """Return a share as the text gives it, per cent, not rounded to a whole one."""
        return self.words.say("format.percent", n=self.words.number(round(value * 100, 4))).replace(" ", NBSP)

    def degrees(self, value: float) -> str:
        """Return a coordinate to a millionth of a degree (a tenth of a metre)."""
        return self.words.number(value, 6)

    def outline(self, rings: Sequence[Sequence[tuple[float, float]]]) -> str:
        """Return rings in words: how many, corners, area, bounds, and a checksum that any moved corner changes."""
        corners = sum(len(ring) - (ring[0] == ring[-1]) for ring in rings)
        return self.words.say(
            "explain.outline", n=len(rings), m=corners, area=float(f"{area_km2(rings):.4g}"), **self._bounds(rings)
        )

    def course(self, parts: Sequence[Sequence[tuple[float, float]]]) -> str:
        """Return a line's parts in words."""
        return self.words.say("explain.course", n=len(parts), m=sum(map(len, parts)), **self._bounds(parts))

    def policy(self, policy: Policy) -> str:
        """Return what a standard of proof asks for."""
        say = self.words.say
        if isinstance(policy, AllOf | AnyOf):
            key = "explain.all_of" if isinstance(policy, AllOf) else "explain.any_of"
            return say(key, parts="; ".join(map(self._inner, policy.parts)))
        if isinstance(policy, AtLeast):
            return say("explain.at_least", n=policy.n, parts="; ".join(map(self._inner, policy.parts)))
        if isinstance(policy, Independent) and policy.of:
            return say("explain.independent_of", n=policy.n, parts="; ".join(map(self.word, policy.of)))
        if isinstance(policy, Independent):
            return say("explain.independent", n=policy.n)
        if isinstance(policy, Probability):
            return say("explain.probability", share=self.share(policy.least))
        if isinstance(policy, UnsafeNoProof):
            return say("explain.unsafe_no_proof", why=self.words.quote(policy.why))
        assert isinstance(policy, Fact)  # there are no other policies
        return self.evidence(policy.name)

    def trigger(self, trigger: Trigger) -> str:
        """Return what sets a step off."""
        if isinstance(trigger, Breaches):
            told = [f"{label}: {text}" for _, label, text in self.told(trigger)]
            return (
                self.words.say("explain.breaches", told=", ".join(told)) if told else self.words.texts["explain.breach"]
            )
        key = "explain.all_of" if isinstance(trigger, EachOf) else "explain.any_of"
        return self.words.say(key, parts="; ".join(f"({self.trigger(part)})" for part in trigger.parts))

    def evidence(self, name: str) -> str:
        """Return a kind of sensor, record or fact in words."""
        key = f"evidence.{name}"
        return self.words.texts[key] if key in self.words else self.thing(name)

    def position(self, position: Position) -> str:
        """Return who holds what about a clause, when, and where that was said."""
        text = self.words.say("explain.position", who=self.who(position.held_by), text=self.words.quote(position.text))
        when = [position.date] if position.date else []
        when += [self.source(position.source)] if position.source else []
        return self.words.say("explain.dated", text=text, date=", ".join(when)) if when else text

    def dated(self, said: str) -> str:
        """Return a date as it was said: quoted where it has words, which are in the language of the text."""
        return self.words.quote(said) if any(mark.isalpha() for mark in said) else said

    def source(self, source: Source) -> str:
        """Return where something was said."""
        return ", ".join(
            part for part in (self.words.quote(source.outlet), self.dated(source.date or ""), source.url) if part
        )

    def _inner(self, policy: Policy) -> str:
        """A part of a policy; in brackets where it has parts of its own."""
        text = self.policy(policy)
        nested = isinstance(policy, AllOf | AnyOf | AtLeast) or (isinstance(policy, Independent) and policy.of)
        return f"({text})" if nested else text

    def _bounds(self, rings: Sequence[Sequence[tuple[float, float]]]) -> dict[str, str]:
        lons = [lon for ring in rings for lon, _ in ring]
        lats = [lat for ring in rings for _, lat in ring]
        west, east, south, north = (self.degrees(v) for v in (min(lons), max(lons), min(lats), max(lats)))
        return {"west": west, "east": east, "south": south, "north": north, "sum": checksum(rings)}

    def _ids(self, value: str | Sequence[str]) -> str:
        return value if isinstance(value, str) else ", ".join(value)

    def _place(self, thing: Any, name: str) -> str:
        """A zone or line by its id, and what kind of thing it is."""
        zones = {zone.id: zone for zone in self.agreement.zones}
        if name in zones and not isinstance(thing, Zone):
            return f"{self.word(zones[name].kind)} ({name})"
        line = next((each for each in self.agreement.lines if each.id == name), None)
        return f"{self.words.quote(line.name)} ({name})" if line else name

    def _point(self, name: str, lon: float, lat: float) -> str:
        place = self.words.say("explain.point", lon=self.degrees(lon), lat=self.degrees(lat))
        return f"{self.words.quote(name)} ({place})"

    def _named(self, key: str, name: str) -> str:
        called = self.words.texts["words.own"] if key == "own" else self._names.get(key, key)
        return f"{self.words.quote(name)} ({called})"

    def _proxy(self, proxy: Proxy) -> str:
        more = [self.words.quote(alias) for alias in proxy.aliases]
        more += [self.words.quote(proxy.text)] if proxy.text else []
        more += [self.source(proxy.source)] if proxy.source else []
        return ", ".join([f"{self.words.quote(proxy.name)} ({proxy.id})", *more])

    def _member(self, member: Member) -> str:
        of = [self.who(member.of)] if member.of else []
        return f"{self.words.quote(member.name)} ({', '.join([member.id, self.word(member.role), *of])})"

    def _object(self, thing: ProtectedObject) -> str:
        told = [f"{label}: {text}" for _, label, text in self.told(thing, ("name",))]
        return f"{self.words.quote(thing.name)} ({', '.join([thing.id, *told])})"

    def _of(self, thing: Any, value: str) -> str:
        if isinstance(thing, Member):
            return self.who(value)
        return self.word(value) if isinstance(thing, Standard) else self.thing(value)

    def _threshold(self, act: str, likely: float, attributed: float) -> str:
        shares = {"likely": self.share(likely), "attributed": self.share(attributed)}
        return self.words.say("explain.per_act", act=self.thing(act), **shares)

    def _stored(self, weapon: str, count: int, serials: Sequence[str]) -> str:
        text = self.words.say("explain.weapon_count", weapon=self.thing(weapon), n=count)
        return self.words.say("explain.serials", what=text, serials=", ".join(serials)) if serials else text

    def _seen_by(self, sensors: Sequence[str]) -> str:
        return self.words.say("explain.seen_by", sensors=[self.evidence(each) for each in sensors])

    def _change(self, change: Change) -> str:
        return f"{change.id}: {', '.join(map(self._key, change.keys))}"

    def _key(self, key: str) -> str:
        """A key of the file by its label."""
        name = _FILE_KEYS.get(key, key.rpartition(".")[2])
        return self.words.texts.get(f"labels.{name}", self.words.quote(key))


_FILE_KEYS: Mapping[str, str] = {
    "require": "policy",
    "rings": "coordinates",
    "path": "coordinates",
    "from": "origin",
    "clock.from": "origin",
    "clock.hours": "hours",
    "clock.pauses": "pauses",
    "class": "of_object",
    "geometry": "kind",
    "clock": "hours",
}
"""Keys of the file that the model calls otherwise."""


_UNSET = object()


def _defaults(kind: type) -> dict[str, Any]:
    """Defaults of a dataclass's fields; of a step those of its clock too."""
    found = {each.name: each.default for each in fields(kind) if each.default is not MISSING}
    found |= {e.name: e.default_factory() for e in fields(kind) if e.default_factory is not MISSING}
    return found | _defaults(Clock) if kind is Step else found


def _names(agreement: Agreement, words: Catalogue) -> dict[str, str]:
    """What parties, others and roles are called in a language."""
    found = {name: words.texts[f"words.{name}"] for name in ("mediator", "neither", "proxy", "unknown", "parties")}
    found |= {"commission": words.texts["sections.commission"], "monitors": words.texts["words.monitor"]}
    found |= {other.id: other.name for other in agreement.others}
    found |= {party.id: name_of(party, words.code) for party in agreement.parties}
    return found


def name_of(party: Party, code: str) -> str:
    """Return a party's name in a language, else its short name."""
    return party.names.get(code) or party.name


def area_km2(rings: Sequence[Sequence[tuple[float, float]]]) -> float:
    """Return the area of rings (lon/lat, degrees) on the WGS 84 ellipsoid, square kilometres."""
    found = [_GEOD.polygon_area_perimeter([lon for lon, _ in ring], [lat for _, lat in ring])[0] for ring in rings]
    return sum(abs(float(each)) for each in found) / 1e6


def checksum(rings: Sequence[Sequence[tuple[float, float]]]) -> str:
    """Return eight hexadecimal digits that change when any vertex does (SHA-256 of the coordinates)."""
    text = ";".join(" ".join(f"{lon:.9g},{lat:.9g}" for lon, lat in ring) for ring in rings)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
