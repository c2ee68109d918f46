# SPDX-License-Identifier: Apache-2.0
"""The form of a terms file's other clauses: points, conditions, schedules, limits, duties, proof, ladder."""

from __future__ import annotations

from truceline.model.ladder import CONFLICTS, DONE, STOPS
from truceline.terms.kinds import Choice, Field, Id, ListOf, Number, Shape, Text
from truceline.terms.kinds_more import Due, Flag, Integer, Maybe, Proof, Word
from truceline.terms.schema_core import CLAUSE, IDS, INCIDENTS, LAT, LON, SAID, may
from truceline.terms.triggers import SetOff

NOTICE_KINDS = ("exercise", "demining", "repair", "flight", "medevac", "silence", "other")
"""Kinds of notice."""

CONDITION_KINDS = ("entry", "reciprocity", "release", "suspension", "renewal", "other")
"""Kinds of condition."""

HOURS_SET = Number(0, 1_000_000, "hours")
HOURS = Maybe(HOURS_SET)
POINT = Shape(
    {
        **CLAUSE,
        "number": may(Text(40), "Its number in the text"),
        "title": may(Text(200), "Its subject in a few words"),
        "expressed_by": may(IDS, "Ids of the clauses that say it as data"),
    },
    "point",
)
CONDITION = Shape(
    {
        **CLAUSE,
        "kind": Field(Choice(CONDITION_KINDS, "a kind of condition"), "What kind of condition"),
        "actors": may(IDS, "Parties it binds or frees"),
        "on": may(IDS, "Parties whose conduct it looks at"),
        "provisions": may(IDS, "Provisions it bears on"),
        "notice_hours": may(HOURS, "Notice to be given first, hours"),
    },
    "condition",
)
SCHEDULE = Shape(
    {
        **CLAUSE,
        "actors": may(IDS, "Who must do it; left out: all parties"),
        "start_by": may(Due(), "When it must have begun"),
        "done_by": may(Due(), "When it must be done"),
    },
    "schedule",
)
CEILING = Shape(
    {
        **CLAUSE,
        "party": Field(Id(), "Whose forces"),
        "what": Field(Word(("personnel",)), "personnel, or a weapon or class"),
        "most": Field(Maybe(Number(0, 1e9)), "The ceiling"),
        "tolerance": may(Number(0, 1e9), "How much more is not yet a breach"),
        "zone": may(Id(), "Where it holds"),
        "done_by": may(Due(), "From when it must be kept"),
    },
    "force_limit",
)
HELD = Shape(
    {
        "weapon": Field(Word(), "Weapon or class"),
        "count": Field(Integer(0, 1_000_000), "How many"),
        "serials": may(ListOf(Text(60), 0, 5000), "Declared serials"),
    },
    "stored",
)
SITE = Shape(
    {
        **CLAUSE,
        "party": Field(Id(), "Whose site"),
        "lon": may(Maybe(LON), "Longitude, degrees, WGS 84"),
        "lat": may(Maybe(LAT), "Latitude, degrees, WGS 84"),
        "radius_m": may(Number(0, 100_000, "m"), "How far from there a weapon is still at the site, metres"),
        "weapons": may(ListOf(HELD), "What was declared"),
        "done_by": may(Due(), "By when they must be there"),
    },
    "storage_site",
)
STAGE = Shape(
    {
        **CLAUSE,
        "actors": Field(ListOf(Id(), 1), "Who withdraws"),
        "weapons": may(ListOf(Word()), "Weapons and classes; left out: all"),
        "zone": Field(Id(), "Zone that must be free of them"),
        "start_by": may(Due(), "When it must have begun"),
        "done_by": may(Due(), "When it must be done"),
        "share": may(Number(0, 1), "Share of the declared weapons to be out by then"),
    },
    "stage",
)
NOTICE = Shape(
    {
        **CLAUSE,
        "kind": Field(Choice(NOTICE_KINDS, "a kind of notice"), "What is notified"),
        "actors": may(IDS, "Who notifies; left out: all parties"),
        "lead_hours": may(HOURS, "How long before, hours"),
        "to": may(IDS, "Whom"),
        "acknowledged": may(Flag(), "Whether it counts only once acknowledged"),
        "late": may(
            Maybe(Choice(("excuses", "no_excuse"), "what a late notice does")),
            "What a notice given too late does; left out: it does not excuse",
        ),
    },
    "notification",
)
ACCESS = Shape(
    {
        **CLAUSE,
        "kind": Field(Choice(("access", "anti_tamper"), "a kind of access clause"), "What it is"),
        "actors": may(IDS, "Who owes it; left out: all parties"),
        "zone": may(Id(), "Where"),
        "acts": may(ListOf(Word(INCIDENTS)), "Acts that break it, such as jamming"),
        "within_hours": may(HOURS, "How soon access must be given, hours"),
    },
    "access",
)
STANDARD = Shape(
    {
        **CLAUSE,
        "of": Field(Word(("corroborated", "verified_breach", "clear_breach", "step")), "What it allows to say"),
        "require": Field(Proof(), "What must be on the table"),
        "acts": may(ListOf(Word(INCIDENTS)), "Acts it is for; left out: all"),
    },
    "standard",
)
THRESHOLD = Shape(
    {
        "act": Field(Word(INCIDENTS), "The act"),
        "likely": Field(Number(0, 1), "From which probability an author is likely"),
        "attributed": Field(Number(0, 1), "From which an author is attributed"),
    },
    "threshold",
)
ATTRIBUTION = Shape(
    {
        "likely": may(Number(0, 1), "From which probability an author is likely"),
        "attributed": may(Number(0, 1), "From which an author is attributed"),
        "acts": may(ListOf(THRESHOLD), "Acts for which they differ"),
    },
    "attribution",
)
MEMBER = Shape(
    {
        "id": Field(Id(), "Id of the seat"),
        "name": Field(Text(200), "As pages show it"),
        "role": may(Choice(("chair", "member", "observer"), "a role"), "Member unless said otherwise"),
        "of": may(Id(), "The party or other that sends it"),
    },
    "member",
)
COMMISSION = Shape(
    {
        "members": may(ListOf(MEMBER, 0, 200), "Seats"),
        "quorum": may(Maybe(Integer(1, 1000)), "Members that must be present"),
        "rule": may(Maybe(Choice(("consensus", "majority", "chair"), "a rule")), "How it decides"),
        "recused": may(Maybe(Choice(("accused", "parties", "none"), "who")), "Who may not vote"),
        "reply_hours": may(HOURS, "Time the accused has to reply, hours"),
        "rectification_hours": may(HOURS, "Time to put a thing right, hours"),
        "text": may(Text(), "As said"),
        "source": may(SAID, "Where it was said"),
    },
    "commission",
)
CLOCK = Shape(
    {
        "from": Field(Maybe(Choice(("breach", "detection", "determination"), "an origin")), "What it counts from"),
        "hours": Field(HOURS, "Deadline, hours; unknown where none was reported"),
        "pauses": may(Maybe(Text(500)), "What stops it"),
        "stops": may(Maybe(ListOf(Choice(STOPS, "what stops a clock"))), "The same as data; an empty list: nothing"),
        "off": may(ListOf(Text(10), 0, 400), "Days on which it stands still: days of the week, or dates"),
        "time_zone": may(Text(60), "Time zone of these days and of the deadline, such as Europe/Kyiv"),
    },
    "clock",
)
STEP = Shape(
    {
        **CLAUSE,
        "number": Field(Integer(1, 100), "Its place, from 1"),
        "trigger": Field(Text(), "What sets it off"),
        "clock": may(CLOCK, "Its deadline; expiry means that a decision is due, never an act"),
        "accused": may(IDS, "Parties against whose breaches it is foreseen; left out: any party's"),
        "declared_by": may(Maybe(IDS), "Who declares it"),
        "acts_by": may(Maybe(IDS), "Who acts"),
        "rests_on": may(Maybe(Id()), "Id of the standard of proof it rests on"),
        "after": may(Id(), "Id of the step that must have come before"),
        "when": may(Maybe(SetOff()), "What sets it off, as data"),
        "acknowledge_hours": may(HOURS, "How soon a state that is asked acknowledges, hours; then it is silent"),
        "done": may(Maybe(Choice(DONE, "what counts as done")), "The state's own word, or what the centre verified"),
        "conflict": may(Maybe(Choice(CONFLICTS, "a rule")), "What a responder does that is itself a party"),
    },
    "step",
)
PUBLICATION = Shape(
    {
        "coverage_delay_hours": may(HOURS_SET, "Age at which coverage may be shown to parties and public, hours"),
        "coverage_detail": may(Text(100), "How fine it is then"),
        "impact_km": may(Number(0, 1000, "km"), "The accused gets impacts no finer than this, kilometres"),
        "impact_minutes": may(Number(0, 100_000, "minutes"), "And no finer than this in time, minutes either way"),
        "imagery_delay_hours": may(HOURS_SET, "Age at which damage imagery may go to the accused, hours"),
        "origin_km": may(Number(0, 1000, "km"), "Firing origins leave the centre no finer than this, kilometres"),
        "origin_delay_hours": may(HOURS_SET, "And no younger than this, hours"),
        "name_party_from": may(Number(0, 1), "Attribution at which more than analysts and commissioners see a name"),
        "witness_settlement": may(Integer(0, 10_000_000), "A notice names no settlement smaller than this, people"),
        "withheld_report_days": may(Number(0, 3660, "days"), "How often what is withheld is counted, days"),
        "board_to_parties": may(Flag(), "Whether the parties see the board of the response; no if absent"),
        "text": may(Text(), "As said"),
        "source": may(SAID, "Where it was said"),
    },
    "publication",
)
