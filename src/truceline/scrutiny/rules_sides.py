# SPDX-License-Identifier: Apache-2.0
"""What binds, frees or answers one side only. Whatever is written once for each side alike is no such thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from truceline.model.agreement import Provision, RuleException
from truceline.model.clauses import (
    AccessDuty,
    Ceiling,
    Clause,
    Condition,
    NoticeDuty,
    Schedule,
    Stage,
    Step,
    StorageSite,
)
from truceline.model.territory import BANDS
from truceline.scrutiny.finding import DANGEROUS, NOTICE, Finding, View

_SECTIONS = (
    *("provisions", "exceptions", "conditions", "schedules", "force_limits", "storage_sites", "stages"),
    *("notifications", "access", "ladder"),
)


def one_sided(view: View) -> Iterator[Finding]:
    """Duties, freedoms and responses that one side has and nothing like it the other."""
    everyone = set(view.parties)
    groups: dict[Any, list[tuple[str, Any, set[str]]]] = {}
    for section, thing in view.things(*_SECTIONS):
        bound = set(_bound(thing))
        if bound and bound != everyone:
            groups.setdefault((section, _likeness(view, thing, bound)), []).append((section, thing, bound))
    for group in groups.values():
        covered = set().union(*(bound for _, _, bound in group))
        lines = {
            view.parts["zones"][t.zone].line for _, t, _ in group if getattr(t, "zone", None) in view.parts["zones"]
        }
        for section, thing, bound in group:
            who, rest = view.who(bound), view.who(everyone - bound)
            if covered != everyone:
                touch = "frees" if section == "exceptions" else "concerns"
                message = f"{_VERB.get(section, 'It binds only')} {who}; nothing like it {touch} {rest}."
                mend = "write the same for the other side, or say in the text why not"
                yield view.finding("one-sided-duty", DANGEROUS, section, thing.id, message, mend, *_key(thing))
            elif len(lines) > 1:
                message = f"It binds {who}; what binds {rest} alike is measured from another line."
                yield view.finding(
                    "one-sided-duty", NOTICE, section, thing.id, message, "measure both from one line", "zone"
                )
    yield from _responses(view)


_VERB: Mapping[str, str] = {"exceptions": "It frees only", "ladder": "It answers only breaches by"}


def _bound(thing: Any) -> tuple[str, ...]:
    if isinstance(thing, Ceiling | StorageSite):
        return (thing.party,)
    if isinstance(thing, Step):
        return thing.accused
    found: tuple[str, ...] = thing.actors or getattr(thing, "on", ())
    return found


def _key(thing: Any) -> tuple[str, ...]:
    if isinstance(thing, Ceiling | StorageSite):
        return ("party",)
    return ("accused",) if isinstance(thing, Step) else ("actors",)


def _likeness(view: View, thing: Any, bound: set[str]) -> Any:
    """What a duty and its counterpart for the other side share: all but whose it is and where it is written."""
    zone = _zone(view, getattr(thing, "zone", None), bound)
    if isinstance(thing, Provision):
        excused = tuple(sorted(each.id for each in thing.exceptions))
        return thing.rule, frozenset(thing.acts), frozenset(thing.weapons), thing.window, zone, excused
    if isinstance(thing, RuleException):
        range_ = thing.excused_low, thing.excused_high
        return thing.kind, frozenset(thing.acts), thing.window, zone, thing.notice, range_
    if isinstance(thing, Stage):
        return frozenset(thing.weapons), zone, thing.start_by, thing.done_by, thing.share
    if isinstance(thing, Ceiling):
        return thing.what, zone, thing.done_by
    if isinstance(thing, Condition):
        return thing.kind, thing.provisions, _side(set(thing.on), bound), thing.notice_hours
    if isinstance(thing, NoticeDuty):
        return thing.kind, thing.lead_hours, thing.acknowledged
    if isinstance(thing, AccessDuty):
        return thing.kind, frozenset(thing.acts), zone, thing.within_hours
    if isinstance(thing, Step):
        return thing.clock
    return _unnamed(view, thing) if isinstance(thing, Schedule) else type(thing)


def _unnamed(view: View, thing: Clause) -> Any:
    """A schedule's times and words, without the names of those concerned."""
    names = {word.casefold() for p in view.agreement.parties for word in (p.id, p.name, p.forces, *p.aliases)}
    text = thing.text.casefold()
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text, getattr(thing, "start_by", None), getattr(thing, "done_by", None)


def _side(whose: set[str], bound: set[str]) -> str:
    return "own" if whose == bound else "both" if not whose else "other"


def _zone(view: View, name: str | None, bound: set[str]) -> Any:
    zone = view.parts["zones"].get(name or "")
    if zone is None or (zone.kind not in BANDS and zone.side is None):
        return name
    return (
        zone.kind,
        zone.from_km,
        zone.to_km,
        zone.within_km,
        _side({zone.side} - {None}, bound),
        frozenset(zone.weapons),
    )


def _responses(view: View) -> Iterator[Finding]:
    told = view.agreement.responses
    if len(set(told.values())) < 2:
        return
    none = [party for party, text in told.items() if text.startswith("none published")]
    rest = [party for party in told if party not in none]
    if none:
        message = f"A response is foreseen for breaches by {view.who(rest)}, and none for breaches by {view.who(none)}."
        grave = DANGEROUS
    else:
        message, grave = "The responses foreseen for the parties' breaches differ.", NOTICE
    mend = "foresee the same for the same breach, or say in the text why not"
    yield view.finding("one-sided-duty", grave, "responses", "responses", message, mend)
