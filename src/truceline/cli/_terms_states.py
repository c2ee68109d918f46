# SPDX-License-Identifier: Apache-2.0
"""``truceline terms states``: stages, storage sites, force limits and schedules, each by its day."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from truceline.base.bounded import read_text
from truceline.base.clock import iso, utc
from truceline.base.geo import Line
from truceline.cli._shared import write_page
from truceline.errors import InputError
from truceline.flow.terms_files import MAX_ATTACHED, find_terms, read_terms_file
from truceline.lang import languages
from truceline.model.observed import Observed, Spell, State
from truceline.terms.geometry import Geometry
from truceline.terms.observed import load_observed

HELP = "tell stages, storage sites, force limits and schedules, each by its day"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``terms states``."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a terms file, or a folder or watch that holds one")
    parser.add_argument("--observed", type=Path, metavar="YAML", help="inspections, sightings and strengths")
    parser.add_argument("--line", type=Path, metavar="PATH", help="line of contact (GeoJSON) that zones are made from")
    parser.add_argument("--at", metavar="TIME", help="the moment, with its time zone (default: now)")
    parser.add_argument("--reading", metavar="ID", help="under this reading (default: the text)")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the timeline as a page, HTML")
    parser.add_argument("--lang", choices=languages(), default="en", help="language of the page (default: en)")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")


def run(options: argparse.Namespace) -> int:
    """Print each state at the moment, and how it came to it."""
    from truceline.assessment.states import states, timeline  # noqa: PLC0415  half a second that no other verb needs

    path = find_terms(options.path)[0]
    agreement = read_terms_file(path).agreement
    reading = agreement.reading(options.reading) if options.reading else None
    if options.reading and reading is None:
        known = ", ".join(each.id for each in agreement.readings)
        raise InputError(f"no reading {options.reading!r:.80}; known: {known}", file=str(path))
    line = _line(options.line) if options.line else None
    seen = Observed()
    if options.observed:
        text = read_text(options.observed, limit=1 << 20)
        seen = load_observed(text, file=str(options.observed), agreement=agreement)
    now = utc(options.at) if options.at else datetime.now(UTC)
    geometry = Geometry.of(agreement, reading, line)
    found = states(agreement, geometry, seen, now, reading)
    spells = timeline(agreement, geometry, seen, now, reading)
    if options.page is not None:
        from truceline.reports.states_page import Told, releasable, states_page  # noqa: PLC0415  only a page needs it

        kept, withheld = releasable(seen, agreement.publication)
        shown = states(agreement, geometry, kept, now, reading), timeline(agreement, geometry, kept, now, reading)
        write_page(options.page, states_page(Told(agreement, reading, kept, *shown, now, withheld), options.lang))
    if options.json:
        result = {"at": iso(now), "states": [_state(each) for each in found], "timeline": [_spell(s) for s in spells]}
        print(json.dumps({"agreement": agreement.id, **result}, ensure_ascii=False, separators=(",", ":")))
        return 0
    for each in found:
        print(f"{each.clause} ({each.party}): {each.state}. {each.reason}")
    return 0


def _line(path: Path) -> Line:
    try:
        return Line.from_geojson(json.loads(read_text(path, limit=MAX_ATTACHED)))
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error!s:.200}", file=str(path)) from error


def _state(state: State) -> dict[str, object]:
    return {
        "clause": state.clause,
        "section": state.section,
        "party": state.party,
        "state": state.state,
        "reason": state.reason,
        "evidence": list(state.evidence),
        "probability": state.probability,
    }


def _spell(spell: Spell) -> dict[str, object]:
    return {"from": iso(spell.start), "to": iso(spell.end), **_state(spell.state)}
