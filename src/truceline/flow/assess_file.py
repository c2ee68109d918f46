# SPDX-License-Identifier: Apache-2.0
"""A file of events against terms: every event, provision and reading, with reasons (``truceline assess --terms``)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from truceline.access.release import coarse_time
from truceline.assessment.judge import Judge, Pair
from truceline.assessment.parting import Happened
from truceline.base.bounded import read_bytes, read_text
from truceline.base.clock import from_column
from truceline.base.geo import Line
from truceline.base.yaml import MAX_CHARS
from truceline.flow.assess_sheet import Sheet
from truceline.flow.terms_files import find_terms, notices_of, read_notices, read_terms_file
from truceline.lang import catalogue
from truceline.model.agreement import Agreement
from truceline.model.clauses import Publication
from truceline.model.notice import Notice
from truceline.reports.readings_page import Assessed
from truceline.sources import line as lines
from truceline.sources.event_file import EventFile, Refused, read_events
from truceline.terms.geometry import Geometry

AT_ONCE = 20_000
"""Events worked on in one go, to bound memory."""

EXACT_UP_TO = 20_000
"""Up to so many events places are integrated to ten digits; of more, to some thousandths."""

_RESERVED = ("neither", "proxy", "unknown")


@dataclass(frozen=True, eq=False)
class Job:
    """All that one run needs."""

    agreements: tuple[Agreement, ...]
    """The terms: one or several files."""

    events: EventFile
    """The events."""

    notices: tuple[tuple[Notice, ...], ...]
    """Per agreement, what was notified."""

    refused: tuple[Refused, ...]
    """Rows of events that cannot be used."""

    line: Line | None
    """A line of contact for zones that ask for the watch's own."""

    language: str
    """Language of reasons."""


def prepare(terms: Path, events: Path, notices: Path | None, line: Path | None, language: str) -> Job:
    """Read everything.

    Raises:
        InputError: a file is refused, with line and reason.
        ConfigError: there is no such language.

    Where ``notices`` is None and ``terms`` a folder with one agreement, the ``notices*.yaml`` of the folder are read.
    """
    catalogue(language)
    agreements = tuple(read_terms_file(path).agreement for path in find_terms(terms))
    given = None
    if line is not None:
        given, _ = lines.read(read_bytes(line, limit=1 << 26), file=str(line))
    found = read_events(events)
    texts: tuple[tuple[str, str], ...] = ()
    if notices is not None:
        texts = ((str(notices), read_text(notices, limit=4 * MAX_CHARS)),)
    elif terms.is_dir() and len(agreements) == 1:
        texts = notices_of(terms)
    told = tuple(read_notices(texts, agreement) for agreement in agreements)
    return Job(agreements, found, told, found.refused, given, language)


def head(job: Job) -> dict[str, Any]:
    """Return what stands before the assessments."""
    return {
        "agreements": [{"id": a.id, "title": a.title, "version": a.version, "file": a.file} for a in job.agreements],
        "n_events": len(job.events),
        "language": job.language,
        "rejected": [{"record": r.record, "row": r.row, "reason": r.reason} for r in job.refused],
        "notes": list(job.events.notes) + _unknown_words(job),
    }


def sheets(job: Job) -> Iterator[Sheet]:
    """Yield the assessments of some events after others, agreement by agreement."""
    fast = len(job.events) > EXACT_UP_TO
    shared: list[dict[str, Geometry]] = [{} for _ in job.agreements]
    for start in range(0, len(job.events), AT_ONCE):
        end = min(start + AT_ONCE, len(job.events))
        for agreement, notices, drawn in zip(job.agreements, job.notices, shared, strict=True):
            judge = _judge(job, agreement, notices, start, end, fast, drawn)
            yield Sheet(judge, pairs(judge), job.events.ids[start:end], catalogue(job.language))


def rows(job: Job) -> Iterator[dict[str, Any]]:
    """Yield one assessment after another: events in the order of the file, then provisions, then readings."""
    for sheet in sheets(job):
        for line in sheet.lines():
            yield json.loads(line)


def earliest(job: Job, most: int) -> tuple[Job, int]:
    """Return the job with its first events by time, at most so many, and how many later ones are left out."""
    order = np.argsort(job.events.first, kind="stable")[:most]
    return replace(job, events=job.events.some(order)), len(job.events) - len(order)


def released(job: Job, rules: Publication) -> tuple[Job, int]:
    """Return the job without what is believed of authors where no author is sure enough to be shown, and how often.

    Below the rules' ``name_party_from`` even a probability under a clause that binds one party would point at it.
    """
    told = {name: values for name, values in job.events.beliefs["p_actor"].items() if name not in ("unknown", "proxy")}
    if not told:
        return job, 0
    shares = np.nan_to_num(np.stack(list(told.values())))
    hidden = (shares.max(axis=0) < rules.name_party_from) & (shares.max(axis=0) > 0)
    actors = {name: np.where(hidden, np.nan, values) for name, values in job.events.beliefs["p_actor"].items()}
    events = replace(job.events, beliefs={**job.events.beliefs, "p_actor": actors})
    return replace(job, events=events), int(hidden.sum())


def assessed(job: Job, agreement: Agreement) -> list[Assessed]:
    """Return the events of a job with their assessments under its one agreement, in the order of the file.

    Times that are shown are as fine as the agreement lets the accused have them.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for row in rows(job):
        told.setdefault(row["event"], []).append(row)
    events, minutes = job.events, agreement.publication.impact_minutes
    found = []
    for at, name in enumerate(events.ids):
        first, last = from_column(events.first[at]), from_column(events.last[at])
        shown = coarse_time(first, minutes)
        assert shown is not None  # the rules of a text are finite
        happened = Happened(name, _likeliest(events.beliefs["p_act"], at), first, last, shown)
        place = float(events.columns["lon"][at]), float(events.columns["lat"][at])
        spread = float(events.columns["sigma_major_m"][at])
        found.append(Assessed(happened, place, spread, told.get(name, ())))
    return found


def _likeliest(beliefs: Mapping[str, Any], at: int) -> str:
    """The act most believed of one event; of equals the first; empty where nothing is believed."""
    shares = {name: float(column[at]) for name, column in beliefs.items() if column[at] > 0}
    return max(shares, key=lambda name: shares[name], default="")


def _judge(
    job: Job,
    agreement: Agreement,
    notices: Sequence[Notice],
    start: int,
    end: int,
    fast: bool,
    drawn: dict[str, Geometry],
) -> Judge:
    events = job.events.events(start, end)
    events = replace(events, p_actor=_named(events.p_actor, agreement))
    return Judge(events, agreement, job.line, notices=notices, fast=fast, drawn=drawn)


def pairs(judge: Judge) -> list[Pair]:
    """Return every provision under every reading, the readings of one provision side by side."""
    names = list(dict.fromkeys(p.id for reading in judge.agreement.readings for p in reading.provisions))
    return [
        judge.pair(reading, provision)
        for name in names
        for reading in judge.agreement.readings
        for provision in reading.provisions
        if provision.id == name
    ]


def _named(columns: Any, agreement: Agreement) -> dict[str, Any]:
    """Beliefs about actors under the ids of the agreement: names and aliases of parties and proxies are known."""
    found: dict[str, Any] = {}
    for name, values in columns.items():
        known = _actor(name, agreement)
        # A share that is not given is nothing, if another one is.
        found[known] = (
            np.where(np.isnan(found[known]), values, found[known] + np.nan_to_num(values))
            if (known in found)
            else values
        )
    return found


def _actor(name: str, agreement: Agreement) -> str:
    if name in _RESERVED:
        return name
    party = agreement.party(name)
    if party is not None:
        return party.id
    wanted = name.strip().casefold()
    for each in agreement.parties:
        for proxy in each.proxies:
            if wanted in {proxy.id.casefold(), proxy.name.casefold(), *(a.casefold() for a in proxy.aliases)}:
                return proxy.id
    return name


def _unknown_words(job: Job) -> list[str]:
    """Notes about words of the events that the terms do not know."""
    found = []
    for agreement in job.agreements:
        words = agreement.vocabulary
        acts = [name for name in job.events.beliefs["p_act"] if name not in words.acts]
        ids = {party.id for party in agreement.parties} | {p.id for party in agreement.parties for p in party.proxies}
        actors = [n for n in job.events.beliefs["p_actor"] if _actor(n, agreement) not in {*ids, *_RESERVED}]
        if acts:
            found.append(f"{agreement.id}: unknown acts, which may be anything: {', '.join(acts)[:200]}")
        if actors:
            found.append(f"{agreement.id}: actors bound by nothing: {', '.join(actors)[:200]}")
    return found
