# SPDX-License-Identifier: Apache-2.0
"""Files of notices (``notices*.yaml``), each matched with the duty of the agreement that asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import shapely

from truceline.base import offsets
from truceline.base.clock import Interval, iso
from truceline.base.yaml import parse
from truceline.errors import InputError, Malformed, NoTime
from truceline.model.agreement import Agreement, RuleException
from truceline.model.clauses import NoticeDuty
from truceline.model.notice import Notice
from truceline.terms.build import Words
from truceline.terms.context import Context, each_known, one_known, source, unique
from truceline.terms.geometry import Geometry
from truceline.terms.kinds import Choice, Entry, Field, Id, ListOf, Moment, Number, Shape, Text
from truceline.terms.kinds_more import Maybe, Word
from truceline.terms.places import polygon
from truceline.terms.schema_clauses import NOTICE_KINDS
from truceline.terms.schema_core import INCIDENTS, LAT, LON, RINGS, SAID, may
from truceline.terms.sides import area_of

_WINDOW = Shape({"from": Field(Moment(), "When it begins"), "to": Field(Moment(), "When it is over")})
_ACKNOWLEDGED = Shape(
    {"by": Field(Id(), "Who acknowledged it"), "at": Field(Maybe(Moment()), "When, or unknown")}, "acknowledged"
)
_NOTICE = Shape(
    {
        "id": Field(Id(), "Id of the notice"),
        "kind": Field(Choice(NOTICE_KINDS, "a kind of notice"), "What is notified"),
        "by": Field(Id(), "Party that gave it"),
        "text": Field(Text(), "What it says"),
        "window": Field(_WINDOW, "When it will be done"),
        "duty": may(Id(), "Id of the agreement's notification; left out: the one of its kind"),
        "given": may(Maybe(Moment()), "When it was received, or unknown"),
        "acknowledged": may(ListOf(_ACKNOWLEDGED), "Who acknowledged it"),
        "zone": may(Id(), "Id of the agreement's zone it is for"),
        "lon": may(LON, "Longitude, degrees, WGS 84"),
        "lat": may(LAT, "Latitude, degrees, WGS 84"),
        "radius_m": may(Number(1, 1_000_000, "m"), "How far around that place, metres"),
        "rings": may(RINGS, "Its area, outer rings"),
        "acts": may(ListOf(Word(INCIDENTS)), "Acts it announces"),
        "weapons": may(ListOf(Word()), "Weapons and classes it names"),
        "source": may(SAID, "Where it was published or how it came"),
    },
    "notice",
)
NOTICES = Shape({"notices": Field(ListOf(_NOTICE), "Notices")})
"""A whole file of notices."""


def load_notices(text: str, *, file: str, agreement: Agreement) -> tuple[Notice, ...]:
    """Return the notices of a file, in its order.

    Args:
        text: the whole file.
        file: its name, for messages.
        agreement: whose parties, zones, words and duties they name.

    Raises:
        InputError: with file, line and what was expected.
    """
    entry: Entry = NOTICES.read(parse(text, file=file), "", file)
    context = Context(
        parties=[party.id for party in agreement.parties],
        others=[other.id for other in agreement.others],
        vocabulary=agreement.vocabulary,
        sources={},
        attachments={},
        entry=agreement.entry.at,
        held=[(lon, lat) for party in agreement.parties for _, lon, lat in party.holds],
    )
    words = Words(context, {definition.id: definition for definition in agreement.definitions})
    try:
        return tuple(_notice(item, agreement, words) for item in unique(entry["notices"], "notice").values())
    except InputError as error:
        error.file = error.file or file
        raise


def _notice(entry: Entry, agreement: Agreement, words: Words) -> Notice:
    context = words.context
    at = f"notice {entry['id'].text!r}"
    start, end = entry["window"]["from"], entry["window"]["to"]
    if end <= start:
        raise NoTime(f"{at}: ends before it begins: {iso(start)} to {iso(end)}", line=entry["window"].line("to"))
    _one_place(entry, at)
    by = each_known([entry["by"]], context.parties, "party", at)[0]
    duty = _duty(entry, agreement, by, at)
    given: datetime | None = entry.get("given")
    people = context.people("commission", "monitors")
    seen = tuple(
        (each_known([each["by"]], people, "party", at)[0], each["at"]) for each in entry.get("acknowledged", [])
    )
    return under(
        Notice(
            id=entry["id"].text,
            kind=entry["kind"],
            by=by,
            text=entry["text"],
            window=Interval(start, end),
            duty=duty.id if duty else None,
            given=given,
            acknowledged=seen,
            zone=one_known(entry, "zone", [zone.id for zone in agreement.zones], "zone", at),
            lon=entry.get("lon"),
            lat=entry.get("lat"),
            radius_m=entry.get("radius_m", 0.0),
            rings=polygon(entry, "rings", at, context.held) if "rings" in entry else (),
            acts=words.read(entry.get("acts", []), "acts")[0],
            weapons=words.read(entry.get("weapons", []), "weapons")[0],
            source=source(entry.get("source"), context, at),
            lead_hours=None if given is None else (start - given).total_seconds() / 3600,
        ),
        agreement.notifications,
    )


def under(notice: Notice, duties: Iterable[NoticeDuty]) -> Notice:
    """Return a notice as these duties judge it: those of an agreement, or of one reading of it."""
    duty = next((each for each in duties if each.id == notice.duty), None)
    kept, others = _kept(duty, notice.lead_hours), [(who, at) for who, at in notice.acknowledged if who != notice.by]
    late = None
    if duty is not None and duty.lead_hours is not None and notice.lead_hours is not None and not kept:
        late = duty.lead_hours - notice.lead_hours
    return replace(
        notice,
        lead_kept=kept,
        acknowledged_enough=_acknowledged(duty, others, notice.window.start),
        late_hours=late,
        late=duty.late if duty is not None else "no_excuse",
    )


def _one_place(entry: Entry, at: str) -> None:
    """Refuse a notice without a place, or with two."""
    point = [key for key in ("lon", "lat", "radius_m") if key in entry]
    if point and len(point) < 3:
        raise Malformed(f"{at}: lon, lat and radius_m belong together", line=entry.line(point[0]))
    given = [key for key in ("zone", "lon", "rings") if key in entry]
    if len(given) != 1:
        raise Malformed(f"{at}: needs one place: zone, or lon, lat and radius_m, or rings", line=entry.node.line)


def _duty(entry: Entry, agreement: Agreement, by: str, at: str) -> NoticeDuty | None:
    """Return the duty a notice answers: the one it names, else the only one of its kind for its party."""
    duties = {duty.id: duty for duty in agreement.notifications}
    named = one_known(entry, "duty", duties, "notification", at)
    if named is not None:
        if duties[named].kind != entry["kind"]:
            raise Malformed(f"{at}: {named!r} is for {duties[named].kind}", line=entry.line("duty"))
        return duties[named]
    fitting = [d for d in duties.values() if d.kind == entry["kind"] and (not d.actors or by in d.actors)]
    return fitting[0] if len(fitting) == 1 else None


def _kept(duty: NoticeDuty | None, lead: float | None) -> bool | None:
    """Whether the lead time was kept; without a duty there is none to keep."""
    if duty is None:
        return True
    if lead is None or duty.lead_hours is None:
        return None
    return lead >= duty.lead_hours


def _acknowledged(duty: NoticeDuty | None, seen: Sequence[tuple[str, datetime | None]], start: datetime) -> bool | None:
    if duty is None or not duty.acknowledged or any(at is not None and at <= start for _, at in seen):
        return True
    return None if any(at is None for _, at in seen) else False


def matching(exception: RuleException, notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return the notices on which an exception can rest: of the duty it names, else of its own kind."""
    if exception.notice is not None:
        return tuple(notice for notice in notices if notice.duty == exception.notice)
    return tuple(notice for notice in notices if notice.kind == exception.kind and notice.kind != "other")


def area(notice: Notice, geometry: Geometry) -> tuple[shapely.Geometry | None, str]:
    """Return where a notice holds, lon/lat, or None and why that is not known; None and nothing: everywhere."""
    if notice.rings:
        return area_of(notice.rings), ""
    if notice.lon is not None and notice.lat is not None:
        return offsets.disc(notice.lon, notice.lat, notice.radius_m), ""
    assert notice.zone is not None  # the loader has seen to it
    drawn = geometry.drawn(notice.zone)
    return drawn.area, drawn.why
