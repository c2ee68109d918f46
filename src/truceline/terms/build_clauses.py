# SPDX-License-Identifier: Apache-2.0
"""Clauses other than provisions, proof, commission, ladder and publication of a terms file, from their entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from truceline.base.deadline import days_off, zone_of
from truceline.errors import ConfigError, Malformed
from truceline.model.clauses import (
    DEFAULT_ATTRIBUTION,
    DEFAULT_PUBLICATION,
    DEFAULT_STANDARD,
    NO_CLOCK,
    NO_COMMISSION,
    AccessDuty,
    Attribution,
    Ceiling,
    Clause,
    Clock,
    Commission,
    Condition,
    Member,
    NoticeDuty,
    Point,
    Publication,
    Schedule,
    Stage,
    Standard,
    Step,
    StorageSite,
)
from truceline.model.ladder import Breaches, Trigger
from truceline.terms.build import Named, clause
from truceline.terms.context import (
    Context,
    Entries,
    each_known,
    in_order,
    known,
    one_known,
    source,
    unique,
    unknown_keys,
    when,
)
from truceline.terms.kinds import Entry, Name, suggest
from truceline.terms.places import check_swapped
from truceline.terms.triggers import loops


def _point(entry: Entry, named: Named, context: Context) -> Clause:
    at = f"point {entry['id'].text!r}"
    return Point(
        number=entry.get("number"),
        title=entry.get("title"),
        expressed_by=known(entry, "expressed_by", named.ids, "clause", at),
        **clause(entry, context, at),
    )


def _condition(entry: Entry, named: Named, context: Context) -> Clause:
    at = f"condition {entry['id'].text!r}"
    return Condition(
        kind=entry["kind"],
        actors=known(entry, "actors", context.parties, "party", at),
        on=known(entry, "on", context.parties, "party", at),
        provisions=known(entry, "provisions", named.ids, "clause", at),
        notice_hours=entry.get("notice_hours"),
        **clause(entry, context, at),
    )


def _times(entry: Entry, context: Context, at: str) -> dict[str, Any]:
    first, last = when(entry, "start_by", context), when(entry, "done_by", context)
    in_order(entry, first, last, at)
    return {"start_by": first, "done_by": last}


def _schedule(entry: Entry, named: Named, context: Context) -> Clause:
    del named  # it names parties only
    at = f"schedule {entry['id'].text!r}"
    actors = known(entry, "actors", context.parties, "party", at)
    return Schedule(actors=actors, **_times(entry, context, at), **clause(entry, context, at))


def _ceiling(entry: Entry, named: Named, context: Context) -> Clause:
    at = f"force limit {entry['id'].text!r}"
    what = entry["what"]
    if what.text != "personnel":
        _weapon(what, context)
    party = one_known(entry, "party", context.parties, "party", at)
    assert party is not None  # the form needs it
    return Ceiling(
        party=party,
        what=what.text,
        most=entry["most"],
        tolerance=entry.get("tolerance", 0.0),
        zone=one_known(entry, "zone", named.zones, "zone", at),
        done_by=when(entry, "done_by", context),
        **clause(entry, context, at),
    )


def _weapon(name: Any, context: Context) -> str:
    words = {*context.vocabulary.weapons, *context.vocabulary.classes}
    if name.text not in words:
        reason = f"{name.at}: {name.text!r:.80} is an unknown weapon: no weapon or class{suggest(name.text, words)}"
        raise Malformed(reason, line=name.line)
    return str(name.text)


def _site(entry: Entry, named: Named, context: Context) -> Clause:
    del named  # it has a place of its own
    at = f"storage site {entry['id'].text!r}"
    party = one_known(entry, "party", context.parties, "party", at)
    assert party is not None  # the form needs it
    if ("lon" in entry) != ("lat" in entry):
        raise Malformed(f"{at}: needs both lon and lat, or neither", line=entry.node.line)
    if entry.get("lon") is not None and entry.get("lat") is not None:
        check_swapped([(entry["lon"], entry["lat"])], at, entry.line("lon"), context.held)
    stored, serials = [], set[str]()
    for item in entry.get("weapons", []):
        own = tuple(item.get("serials", ()))
        if len(own) > item["count"]:
            raise Malformed(f"{at}: more serials than weapons", line=item.line("serials"))
        twice = next((s for i, s in enumerate(own) if s in serials or s in own[:i]), None)
        if twice is not None:
            raise Malformed(f"{at}: the serial {twice!r} appears twice", line=item.line("serials"))
        serials |= set(own)
        stored.append((_weapon(item["weapon"], context), item["count"], own))
    return StorageSite(
        party=party,
        lon=entry.get("lon"),
        lat=entry.get("lat"),
        radius_m=entry.get("radius_m", 500.0),
        weapons=tuple(stored),
        done_by=when(entry, "done_by", context),
        **clause(entry, context, at),
    )


def _stage(entry: Entry, named: Named, context: Context) -> Clause:
    at = f"stage {entry['id'].text!r}"
    zone = one_known(entry, "zone", named.zones, "zone", at)
    assert zone is not None  # the form needs it
    return Stage(
        actors=known(entry, "actors", context.parties, "party", at),
        weapons=named.words.read(entry.get("weapons", []), "weapons")[0],
        zone=zone,
        share=entry.get("share", 1.0),
        **_times(entry, context, at),
        **clause(entry, context, at),
    )


def _notice(entry: Entry, named: Named, context: Context) -> Clause:
    del named  # it names people only
    at = f"notification {entry['id'].text!r}"
    return NoticeDuty(
        kind=entry["kind"],
        actors=known(entry, "actors", context.parties, "party", at),
        lead_hours=entry.get("lead_hours"),
        to=known(entry, "to", context.people("commission", "monitors"), "party", at),
        acknowledged=entry.get("acknowledged", False),
        late=entry.get("late", "no_excuse"),
        **clause(entry, context, at),
    )


def _access(entry: Entry, named: Named, context: Context) -> Clause:
    at = f"access {entry['id'].text!r}"
    return AccessDuty(
        kind=entry["kind"],
        actors=known(entry, "actors", context.parties, "party", at),
        zone=one_known(entry, "zone", named.zones, "zone", at),
        acts=named.words.read(entry.get("acts", []), "acts")[0],
        within_hours=entry.get("within_hours"),
        **clause(entry, context, at),
    )


_MAKERS: dict[str, Callable[[Entry, Named, Context], Clause]] = {
    "points": _point,
    "conditions": _condition,
    "schedules": _schedule,
    "force_limits": _ceiling,
    "storage_sites": _site,
    "stages": _stage,
    "notifications": _notice,
    "access": _access,
}


def clauses(sections: Mapping[str, Entries], named: Named, context: Context) -> tuple[Clause, ...]:
    """Return all clauses but provisions and steps, section by section.

    Raises:
        InputError: one names what is not there, or its times run backwards.
    """
    return tuple(
        make(entry, named, context) for section, make in _MAKERS.items() for entry in sections[section].values()
    )


def steps(entries: Entries, named: Named, context: Context) -> tuple[Step, ...]:
    """Return the response ladder, lowest step first.

    Raises:
        Malformed: two steps have one number, a step names what is not there, or steps wait for each other.
    """
    found: dict[int, Step] = {}
    for name, entry in entries.items():
        at = f"step {name!r}"
        number = entry["number"]
        if number in found:
            raise Malformed(f"{at}: step {number} is {found[number].id!r} already", line=entry.line("number"))
        clock: Entry | None = entry.get("clock")
        after = one_known(entry, "after", entries, "step", at)
        found[number] = Step(
            number=number,
            trigger=entry["trigger"],
            clock=_clock(clock, at) if clock else NO_CLOCK,
            accused=known(entry, "accused", context.parties, "party", at),
            declared_by=known(entry, "declared_by", context.people("commission"), "party", at),
            acts_by=known(entry, "acts_by", context.people("commission"), "party", at),
            rests_on=one_known(entry, "rests_on", context.standards, "standard", at),
            after=after,
            when=_when(entry, entries, named, at),
            acknowledge_hours=entry.get("acknowledge_hours"),
            done=entry.get("done"),
            conflict=entry.get("conflict"),
            **{**clause(entry, context, at), "unknown": (*unknown_keys(entry), *_unknown(clock))},
        )
    climbed = tuple(found[number] for number in sorted(found))
    _refuse_loops(climbed, entries)
    return climbed


def _clock(entry: Entry, at: str) -> Clock:
    """A step's clock; its days off and its time zone must be ones that deadlines can be reckoned with."""
    stops, off, zone = entry.get("stops"), tuple(entry.get("off", ())), entry.get("time_zone")
    try:
        days_off(off, zone)
        zone_of(zone or "UTC")
    except (Malformed, ConfigError) as error:
        key = "time_zone" if isinstance(error, ConfigError) else "off"
        raise Malformed(f"{at}: clock: {error.reason}", line=entry.line(key)) from error
    stopped = None if stops is None else tuple(stops)
    return Clock(entry["from"], entry["hours"], entry.get("pauses"), stopped, off, zone)


def _when(entry: Entry, entries: Entries, named: Named, at: str) -> Trigger | None:
    """What sets a step off; the steps, provisions, zones and acts that it names must be there."""
    trigger: Trigger | None = entry.get("when")
    at, line = f"{at}: when", entry.line("when")

    def looked_up(atom: Breaches) -> Breaches:
        each_known([Name(name, line) for name in atom.provisions], named.ids, "provision", at)
        each_known([Name(name, line) for name in atom.zones], named.zones, "zone", at)
        each_known([Name(atom.after, line)] if atom.after else [], entries, "step", at)
        acts, _ = named.words.read([Name(name, line, at) for name in atom.acts], "acts")
        return replace(atom, acts=tuple(acts))

    return None if trigger is None else trigger.over(looked_up)


def _refuse_loops(climbed: Iterable[Step], entries: Entries) -> None:
    for name, way in loops(climbed).items():
        reason = f"step {name!r} waits for itself ({' → '.join(way)}); let one of them wait for none of the others"
        key = "after" if entries[name].get("after") is not None else "when"
        raise Malformed(reason, line=entries[name].line(key))


def _unknown(clock: Entry | None) -> tuple[str, ...]:
    return tuple(f"clock.{key}" for key in unknown_keys(clock)) if clock else ()


def standards(entries: Entries, named: Named, context: Context) -> tuple[Standard, ...]:
    """Return the standards of proof; that of a clear breach is added where the file gives none.

    Raises:
        Malformed: a policy asks for a word that nobody defines.
    """
    found = []
    for name, entry in entries.items():
        at = f"standard {name!r}"
        for word in sorted(entry["require"].names() - set(context.vocabulary.evidence)):
            near = suggest(word, context.vocabulary.evidence)
            raise Malformed(f"{at}: unknown evidence {word!r:.80}{near}", line=entry.line("require"))
        acts = named.words.read(entry.get("acts", []), "acts")[0]
        found.append(Standard(of=entry["of"].text, policy=entry["require"], acts=acts, **clause(entry, context, at)))
    return tuple(found) if any(s.of == "clear_breach" for s in found) else (*found, DEFAULT_STANDARD)


def attribution(entry: Entry | None, context: Context) -> Attribution:
    """Return the thresholds of attribution.

    Raises:
        Malformed: ``likely`` is above ``attributed``.
    """
    if entry is None:
        return DEFAULT_ATTRIBUTION
    acts = []
    for item in entry.get("acts", []):
        acts.append((item["act"].text, *_thresholds(item, item["likely"], item["attributed"])))
        each_known([item["act"]], context.vocabulary.incidents(), "act", "attribution")
    likely = entry.get("likely", DEFAULT_ATTRIBUTION.likely)
    attributed = entry.get("attributed", DEFAULT_ATTRIBUTION.attributed)
    return Attribution(*_thresholds(entry, likely, attributed), tuple(acts))


def _thresholds(entry: Entry, likely: float, attributed: float) -> tuple[float, float]:
    if likely > attributed:
        raise Malformed(f"attribution: likely ({likely:g}) is above attributed ({attributed:g})", line=entry.node.line)
    return likely, attributed


def commission(entry: Entry | None, context: Context) -> Commission:
    """Return who finds, and how.

    Raises:
        Malformed: the quorum is larger than the commission, or nobody chairs one whose chair decides.
    """
    if entry is None:
        return NO_COMMISSION
    members = tuple(
        Member(name, item["name"], item.get("role", "member"), one_known(item, "of", context.people(), "party", "seat"))
        for name, item in unique(entry.get("members", []), "seat").items()
    )
    voting = [member for member in members if member.role != "observer"]
    quorum = entry.get("quorum")
    if members and quorum is not None and quorum > len(voting):
        reason = f"commission: a quorum of {quorum} of {len(voting)} voting members can never be met"
        raise Malformed(reason, line=entry.line("quorum"))
    if members and entry.get("rule") == "chair" and not any(member.role == "chair" for member in members):
        raise Malformed("commission: the chair decides, but no member is the chair", line=entry.line("rule"))
    keys = ("rule", "recused", "reply_hours", "rectification_hours", "text")
    return Commission(
        members=members,
        quorum=quorum,
        source=source(entry.get("source"), context, "commission"),
        unknown=unknown_keys(entry),
        **{key: entry.get(key) for key in keys},
    )


def publication(entry: Entry | None, context: Context) -> Publication:
    """Return the release and delay rules; what the file does not say is the default."""
    if entry is None:
        return DEFAULT_PUBLICATION
    said = {key: value for key, value in entry.values.items() if key != "source"}
    return Publication(source=source(entry.get("source"), context, "publication"), **said)
