# SPDX-License-Identifier: Apache-2.0
"""An agreement from one ``ceasefires:`` entry of a claims file, for a truce nobody has written terms for yet."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from truceline.base.clock import Interval, iso, utc
from truceline.errors import Malformed, NoTime
from truceline.model.agreement import Agreement, Party, Provision, Reading, Source, Zone
from truceline.model.claim import Claim
from truceline.model.clauses import When
from truceline.terms.names import akin
from truceline.terms.vocabulary import shipped

DEFAULT_COVERAGE_FLOOR = 0.02
"""Below it each fire seen would stand for more than fifty, and the estimate says ``cannot tell``."""


def from_ceasefire(entry: Mapping[str, Any], claims: Sequence[Claim], *, file: str) -> Agreement:
    """Return the agreement a ``ceasefires:`` entry declares: every act of war, everywhere, for its period.

    The two parties are those the claims accuse of breaking it (or the accused and the accuser), labelled A and B
    in the order of their names. One reading, ``as-declared``; no exceptions, no held places.

    Raises:
        Malformed: no id, or the claims do not name two parties.
        NoTime: start or end is missing, unreadable, or in the wrong order.
    """
    name = _text(entry, "id", file)
    window = window_of(entry, name, file)
    parties = _parties(name, [claim for claim in claims if claim.truce == name], file)
    declared_by = str(entry.get("declared_by") or "not named")
    text = " ".join(str(entry.get("terms") or "All acts of war stop for the period.").split())
    ids = tuple(party.id for party in parties)
    provision = Provision("all-acts-of-war", text, ("act_of_war",), ids, "everywhere", window)
    reading = Reading(
        id="as-declared",
        name="As declared",
        summary=f"Declared by {declared_by}: every act of war is prohibited, everywhere, from {iso(window.start)} "
        f"to {iso(window.end)}.",
        held_by=_holders(declared_by, parties),
        provisions=(provision,),
        source=_source(entry, file),
    )
    return Agreement(
        id=name,
        title=str(entry.get("title") or _title(name)),
        version="as declared",
        local_offset_hours=_offset(entry, file),
        parties=parties,
        zones=(Zone("everywhere", "everywhere"),),
        readings=(reading,),
        responses={party.id: "none published" for party in parties},
        coverage_floor=DEFAULT_COVERAGE_FLOOR,
        document=_plain(entry),
        file=file,
        vocabulary=shipped(),
        status="declared",
        entry=When(window.start),
        ends=When(window.end),
        provisions=(provision,),
    )


def _text(entry: Mapping[str, Any], key: str, file: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Malformed(f"a ceasefires entry without a text {key!r}", file=file)
    return value.strip()


def window_of(entry: Mapping[str, Any], name: str, file: str) -> Interval:
    """Return when a ``ceasefires`` entry holds; its keys name UTC, so times without a zone are UTC.

    Raises:
        NoTime: a time is missing or no time, or the end does not come after the start.
    """
    try:
        window = Interval(*(_moment(entry.get(key), key) for key in ("start_utc", "end_utc")))
    except NoTime as error:
        raise NoTime(f"ceasefire {name!r}: {error.reason}", file=file) from error
    if window.end == window.start:
        raise NoTime(f"ceasefire {name!r}: it ends when it starts", file=file)
    return window


def _moment(value: Any, key: str) -> datetime:
    """Return a moment; the key itself names UTC, so a time without a zone is UTC here and only here."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise NoTime(f"{key}: {value!r:.60} is not an ISO 8601 time") from error
    if not isinstance(value, datetime):
        raise NoTime(f"{key}: expected a time such as 2026-04-11T13:00:00Z, found {value!r:.60}")
    return utc(value if value.tzinfo else value.replace(tzinfo=UTC))


def _offset(entry: Mapping[str, Any], file: str) -> float:
    value = entry.get("local_offset_hours", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -14 <= value <= 14:
        raise Malformed(f"local_offset_hours: expected a number -14 to 14, found {value!r:.60}", file=file)
    return float(value)


def _source(entry: Mapping[str, Any], file: str) -> Source:
    found = entry.get("source")
    if not isinstance(found, Mapping):
        return Source(outlet=file)
    outlet, url, date = (found.get(key) for key in ("outlet", "url", "date"))
    return Source(str(outlet or file), str(url) if url else None, str(date) if date else None)


def _parties(truce: str, claims: Sequence[Claim], file: str) -> tuple[Party, Party]:
    """Return the two parties: the accused, and where only one is accused, its accuser."""
    names = sorted({claim.accused.strip() for claim in claims if claim.accused.strip()})
    if len(names) != 2:  # two that differ are two parties, however alike (Niger, Nigeria); more may be one twice named
        names = [n for n in names if not any(akin(n, other) for other in names if other != n and len(other) < len(n))]
    claimants = sorted({claim.claimant.strip() for claim in claims if claim.claimant.strip()})
    if len(names) == 1:
        names = sorted(names + [c for c in claimants if not akin(c, names[0])])
    if len(names) != 2:
        said = ", ".join(names) or "none"
        raise Malformed(f"ceasefire {truce!r}: the claims must name two parties, found {said}; write terms", file=file)
    spoken = sorted({*claimants, *(claim.accused.strip() for claim in claims)} - {"", *names})
    found = []
    for label, name, other in (("A", names[0], names[1]), ("B", names[1], names[0])):
        aliases = tuple(s for s in spoken if akin(s, name) and not akin(s, other))
        found.append(Party(label, name, f"{name}'s forces", aliases, ()))
    return found[0], found[1]


def _holders(declared_by: str, parties: Sequence[Party]) -> tuple[str, ...]:
    """Return the ids of the parties that ``declared_by`` is, none where it is anything but their names.

    Free text names people, and in its second half often the other party (*…; the other side would mirror*); a name
    found somewhere inside would hold the wrong one to the reading. So the text up to the first semicolon or bracket
    must be the name or alias of a party, of its government, or of several joined by *and*.
    """
    head = re.split(r"[;(]", declared_by, maxsplit=1)[0].strip().casefold()
    known = {word.strip().casefold(): p.id for p in parties for word in (p.name, *p.aliases)}
    parts = [head] if head in known else re.split(r"\s+and\s+|\s*,\s*", head)
    found = {known.get(re.sub(r"^(the )?(government of )?(the )?", "", part)) or known.get(part) for part in parts}
    return () if None in found else tuple(p.id for p in parties if p.id in found)


def _plain(value: Any) -> Any:
    """Return the entry as JSON for the ledger: times as text, all else as it is."""
    if isinstance(value, Mapping):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(child) for child in value]
    if isinstance(value, datetime):
        return iso(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if math.isfinite(value) and abs(value) < 2**53 else str(value)
    return value if value is None or isinstance(value, bool | str) else str(value)


def _title(name: str) -> str:
    """A truce's title from its id: ``easter-2025`` is *Easter truce 2025*."""
    said = name.replace("-", " ").strip()
    year = re.search(r"\s(19|20)\d\d$", said)
    words, end = (said[: year.start()], year.group()) if year else (said, "")
    if not re.search(r"truce|ceasefire|armistice|moratorium", words, re.IGNORECASE):
        words = f"{words} truce"
    return f"{words[:1].upper()}{words[1:]}{end}"
