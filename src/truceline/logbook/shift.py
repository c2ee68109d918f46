# SPDX-License-Identifier: Apache-2.0
"""What a shift adds up to, made from the log: counts by layer with coverage beside each, never one sum of layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from truceline.base.clock import iso, utc
from truceline.logbook.book import Book, Kept
from truceline.logbook.patrols import patrol_json
from truceline.model.logbook import Count

NO_COVERAGE: Mapping[str, Any] = {
    "share": None,
    "why": "no coverage is in the ledger: nobody can say how much was not watched",
}
"""What stands beside counts where coverage was never computed."""


def covered(body: Mapping[str, Any], since: datetime, until: datetime) -> dict[str, Any]:
    """Return the mean coverage of a shift's hours as a run reckoned it; hours it does not know count in nothing.

    Args:
        body: of the record: ``act``, and ``by_hour`` of the whole line from the hour ``from`` on.
        since: when the shift began, UTC.
        until: when it ends, UTC.
    """
    told: dict[str, Any] = {"share": None, "reference_act": body["act"], "period": f"{iso(since)} to {iso(until)}"}
    hours, begin = body.get("by_hour") or [], body.get("from")
    if not hours or begin is None:
        return {**told, "why": "the newest run does not tell coverage by the hour: nobody can say what was not watched"}
    start = utc(begin).timestamp()
    spans = [
        (max(0.0, min(until.timestamp(), start + 3600 * (n + 1)) - max(since.timestamp(), start + 3600 * n)), share)
        for n, share in enumerate(hours)
    ]
    known, whole = sum(length for length, _ in spans), (until - since).total_seconds()
    if known <= 0:
        end = iso(datetime.fromtimestamp(start + 3600 * len(hours), since.tzinfo))
        return {**told, "why": f"the newest run reckoned {begin} to {end}: of these hours nobody can say yet"}
    found = {**told, "share": round(sum(length * share for length, share in spans) / known, 4)}
    lacking = round((whole - known) / 3600, 2)
    return found if lacking <= 0 else {**found, "hours_not_reckoned": lacking}


def counts(lines: Iterable[Kept]) -> dict[str, list[dict[str, Any]]]:
    """Return what was counted: per layer, per act and unit, from least to most; N/K is counted apart.

    ``high`` is None where a line says *or more*. Parts of one native sequence count each for itself.
    """
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for kept in lines:
        for part in kept.line.parts:
            key = (part.layer, part.act, part.count.unit)
            row = found.setdefault(
                key,
                {"act": part.act, "unit": part.count.unit, "low": 0, "high": 0, "lines": 0, "not_known": 0},
            )
            row["lines"] += 1
            _add(row, part.count)
    told: dict[str, list[dict[str, Any]]] = {"A": [], "B": [], "C": []}
    for key in sorted(found):
        told[key[0]].append(found[key])
    return told


def _add(row: dict[str, Any], count: Count) -> None:
    if count.low is None:
        row["not_known"] += 1
        return
    row["low"] += count.low
    row["high"] = None if count.high is None or row["high"] is None else row["high"] + count.high


def summary(book: Book, since: datetime | None, until: datetime, coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an officer hands over: counts, what was corrected, open questions, patrols and lost contacts.

    Args:
        book: the log.
        since: when the shift began, UTC; None: at the log's beginning.
        until: when it ends, UTC.
        coverage: ``share`` of a ``reference_act`` over a ``period``, or why there is none.
    """
    standing = book.standing(since, until)
    keyed = [k for k in book.lines.values() if since is None or k.entry.at >= since]
    out = [patrol for patrol in book.patrols.values() if patrol.back is None]
    return {
        "from": None if since is None else iso(since),
        "to": iso(until),
        "layers": {layer: {"counts": rows, "coverage": dict(coverage)} for layer, rows in counts(standing).items()},
        "lines": len(standing),
        "superseded": sum(kept.superseded is not None for kept in keyed),
        "posts": _by_post(standing),
        "questions": [
            {"entry": q.entry.id, "by": q.entry.by.user, "at": iso(q.entry.at), "text": q.text, "about": q.about}
            for q in book.open_questions()
        ],
        "patrols": [patrol_json(patrol, until, place=False) for patrol in out],
        "lost_contacts": [patrol.name for patrol in out if patrol.lost is not None],
        "mines": sum(since is None or mine.entry.at >= since for mine in book.mines.values()),
    }


def _by_post(lines: Iterable[Kept]) -> dict[str, int]:
    found: dict[str, int] = {}
    for kept in lines:
        found[kept.line.post] = found.get(kept.line.post, 0) + 1
    return dict(sorted(found.items()))
