# SPDX-License-Identifier: Apache-2.0
"""Rules on what a text names: acts, windows, zones, lines, and what could see a breach of it."""

from __future__ import annotations

from collections.abc import Iterator

from truceline.model.agreement import EARLIEST, LATEST, Provision
from truceline.model.clauses import AccessDuty, Ceiling, Stage, StorageSite
from truceline.model.territory import Zone
from truceline.scrutiny.finding import DANGEROUS, NOTICE, UNVERIFIABLE, Finding, View

_BELTS = ("belt", "buffer", "near_line")
_MAYBE_BELTS = ("no_fly", "maritime")


def undefined_words(view: View) -> Iterator[Finding]:
    """Acts and weapons that are unknown, or that a definition names without listing any."""
    for section, thing in view.things("provisions", "exceptions", "zones", "stages", "access"):
        for key, rule in (("acts", "undefined-act"), ("weapons", "undefined-weapon")):
            if getattr(thing, key, None) != () or view.raw(section, thing.id, key) is None:
                continue
            told = view.words(section, thing.id, key)
            if told:
                what = f"{' and '.join(map(repr, told))}, which no definition spells out as {key}"
                rest = "; it then stands for any, which nobody may have meant" if section != "provisions" else ""
                grave = DANGEROUS if section != "provisions" else UNVERIFIABLE
                message = f"It speaks of {what}{rest}."
            elif isinstance(thing, Provision):
                message, grave = (
                    f"It does not say which {key} it is about; whether it is broken cannot be told.",
                    UNVERIFIABLE,
                )
            else:
                continue
            yield view.finding(
                rule, grave, section, thing.id, message, f"list the {key}, or define the word by them", key
            )
    for section, duty in view.things("access"):
        if (
            isinstance(duty, AccessDuty)
            and duty.kind == "anti_tamper"
            and not duty.acts
            and not view.words(section, duty.id, "acts")
        ):
            message = "It forbids tampering and names no act that would be tampering."
            yield view.finding(
                "undefined-act", UNVERIFIABLE, section, duty.id, message, "name the acts, such as jamming"
            )


def unsourced_positions(view: View) -> Iterator[Finding]:
    """Positions on a draft's clause of which nobody can check where or when they were held."""
    for section, thing in view.things(*view.parts):
        for position in getattr(thing, "positions", ()):
            source = position.source
            lost = [] if source else ["where it was said"]
            lost += [] if position.date or (source and source.date) else ["when it was held"]
            if lost:
                message = f"The position of {view.who(position.held_by)} does not say {' or '.join(lost)}."
                mend = "give the position's source and date"
                yield view.finding("position-without-source", NOTICE, section, thing.id, message, mend, "positions")


def unknown_windows(view: View) -> Iterator[Finding]:
    """Windows of which an end is not known, or that count from an entry into force that nobody dates."""
    for section, thing in view.things("provisions", "exceptions"):
        window = thing.window
        node = view.raw(section, thing.id, "window")
        if window is None or node is None:
            continue
        ends = node.value if isinstance(node.value, dict) else {}
        written: dict[str, str] = {key: str(ends[key].value) for key in ("from", "to") if key in ends}
        lost = [key for key, edge, at in (("from", EARLIEST, window.start), ("to", LATEST, window.end)) if at == edge]
        lost = [key for key in lost if written.get(key) != "open"]
        if not lost:
            continue
        counted = [key for key in lost if written.get(key, "unknown") != "unknown"]
        if counted:
            told = f"Its window counts from entry into force ({written[counted[0]]}), and nobody says when that is."
        else:
            told = (
                "When it binds is not known." if len(lost) == 2 else f"When its window {_EDGE[lost[0]]} is not known."
            )
        mend = "give both ends with their time zone, or a date of entry into force"
        keys = ("window",) if len(lost) == 2 else ("window", lost[0])
        yield view.finding("unknown-window", UNVERIFIABLE, section, thing.id, told, mend, *keys)


_EDGE = {"from": "begins", "to": "ends"}


def belts_without_line(view: View) -> Iterator[Finding]:
    """Zones measured from a line that is not named, or whose course no source gives."""
    for section, zone in view.things("zones"):
        kind = view.raw(section, zone.id, "kind")
        far = view.raw(section, zone.id, "to_km")
        word = str(kind.value) if kind is not None else ""
        if not (word in _BELTS or (word in _MAYBE_BELTS and far is not None)):
            continue
        rule, told = "belt-without-reference-line", view.raw(section, zone.id, "line")
        line = view.parts["lines"].get(zone.line or "")
        if told is None:
            message = f"This {word.replace('_', ' ')} has no reference line: whoever draws the line moves it."
            mend = "name one of the file's lines, with the date whose line it is"
            yield view.finding(rule, DANGEROUS, section, zone.id, message, mend)
        elif line is not None and line.kind == "unknown":
            message = f"It is measured from the line {line.id!r}, whose course no source gives."
            yield view.finding(
                rule, UNVERIFIABLE, section, zone.id, message, "give the line's coordinates and date", "line"
            )


def zones_without_geometry(view: View) -> Iterator[Finding]:
    """Zones, sides, protected objects and storage sites that lie nowhere."""
    rule = "zone-without-geometry"
    for section, zone in view.things("zones"):
        if (zone.id, zone.kind) == ("unknown", "unknown") and view.raw(section, zone.id, "kind") is None:
            continue  # made by the loader for provisions that say so themselves
        if zone.shape == "unknown":
            message = "Nobody gives its place: whether anything happened in it cannot be told."
            yield view.finding(
                rule, UNVERIFIABLE, section, zone.id, message, "give coordinates, or a distance from a named line"
            )
        elif zone.side is not None and not _told_apart(view):
            message = (
                f"It lies on the side of {view.who([zone.side])}, and nothing tells which side of the line that is."
            )
            yield view.finding(
                rule, UNVERIFIABLE, section, zone.id, message, "give places that the parties hold or control", "side"
            )
        else:
            yield from _objects(view, zone)
    for section, thing in view.things("provisions", "stages"):
        if thing.zone == "unknown":
            message = "Where it binds is not known."
            yield view.finding(
                rule, UNVERIFIABLE, section, thing.id, message, "name a zone that has coordinates", "zone"
            )
    for section, site in view.things("storage_sites"):
        if site.lon is None:
            message = "The storage site has no place: nobody can tell whether a weapon is at it."
            yield view.finding(rule, UNVERIFIABLE, section, site.id, message, "give its place to the monitors", "lon")


def _told_apart(view: View) -> bool:
    """Whether places held or controlled tell the sides of a line."""
    parties = view.agreement.parties
    return any(p.controls for p in parties) or sum(bool(p.holds) for p in parties) > 1


def _objects(view: View, zone: Zone) -> Iterator[Finding]:
    lost = [each.name for each in zone.objects if each.lon is None and not each.rings]
    if zone.kind == "objects" and lost:
        message = f"{len(lost)} of its {len(zone.objects)} objects have no place ({', '.join(lost[:5])})."
        mend = "give their places to the monitors"
        yield view.finding("zone-without-geometry", UNVERIFIABLE, "zones", zone.id, message, mend, "objects")


_STATES = {
    "storage_sites": frozenset({"inspector_record", "two_inspectors", "patrol", "imagery", "video"}),
    "force_limits": frozenset({"inspector_record", "two_inspectors", "patrol"}),
}
"""What can show a state: a count needs people who may count."""


def unobservable(view: View) -> Iterator[Finding]:
    """Prohibitions and duties of whose breach no sensor could show anything."""
    by = (
        f"this watch ({', '.join(sorted(view.sensors)) or 'it has none'})"
        if view.of_watch
        else "any kind of sensor that is known"
    )
    words = view.agreement.vocabulary
    for section, thing in view.things("provisions", "access", "stages", "storage_sites", "force_limits"):
        if isinstance(thing, StorageSite | Ceiling):
            seen = _STATES[section] | (
                {"imagery"} if isinstance(thing, Ceiling) and thing.what != "personnel" else set()
            )
            acts, unseen = ["its state"], [] if seen & view.sensors else ["its state"]
        elif isinstance(thing, Provision) and thing.rule == "permitted":
            continue
        else:
            acts = ["weapon_in_wrong_belt"] if isinstance(thing, Stage) else sorted(words.expand(thing.acts))
            unseen = [act for act in acts if not view.sensors.intersection(words.seen_by.get(act, ()))]
        if not unseen:
            continue
        named = ", ".join(act.replace("_", " ") if act == "its state" else words.word(act) for act in unseen[:8])
        more = f" and {len(unseen) - 8} more" if len(unseen) > 8 else ""
        keys = () if isinstance(thing, Stage | StorageSite | Ceiling) else ("acts",)
        if len(unseen) == len(acts):
            message, grave = f"Nothing of it can be observed by {by}: {named}{more}.", UNVERIFIABLE
        else:
            message, grave = f"Of its {len(acts)} acts {len(unseen)} cannot be observed by {by}: {named}{more}.", NOTICE
        mend = "add a sensor or inspection that can show it, or say that it is kept on trust"
        yield view.finding("unobservable-prohibition", grave, section, thing.id, message, mend, *keys)
