# SPDX-License-Identifier: Apache-2.0
"""``truceline register``: who promised what, how far it is, and who has not said; as of any day."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truceline.base.clock import iso
from truceline.cli._cases import drill_of, tell
from truceline.cli._register import common, drafts, ledger, looking, only, view, write_marked
from truceline.errors import AccessError, ConfigError, StateError
from truceline.flow.terms_files import read_terms_file
from truceline.flow.watchfile import read_watch
from truceline.model.agreement import Agreement
from truceline.model.commitment import ADVANCING, KINDS, SUSPENDED
from truceline.register.read import ALWAYS, Draft
from truceline.register.tell import commitments_json, overview_json, seat_json, standing_json
from truceline.register.view import View
from truceline.reports.register_page import Asked, register_page, state_page
from truceline.reports.sides_page import sides_json, sides_page
from truceline.services import register_reading as reading
from truceline.services import response_reading
from truceline.settings import Settings

NAME = "register"
HELP = "commitments: list, show, as-of a day; add from a file, stage, withdraw, strike"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="register_verb", required=True, metavar="VERB")
    shown = verbs.add_parser("list", help="states by kinds with stages, who has not said, what to look at")
    common(shown)
    looking(shown)
    as_of = verbs.add_parser("as-of", help="the same, as of the end of a day")
    common(as_of)
    as_of.add_argument("on", metavar="DATE", help="2026-01-06, or a moment with its zone")
    looking(as_of, on=False)
    for sub in (shown, as_of):
        sub.add_argument("--state", metavar="STATE", help="only this state's commitments")
        sub.add_argument("--kind", choices=tuple(KINDS), metavar="KIND", help="only those of this kind")
        sub.add_argument("--step", metavar="STEP", help="only those to this step")
    one = verbs.add_parser("show", help="one state or commitment with its history; a state's page")
    common(one)
    one.add_argument("name", metavar="NAME", help="id of a state or a commitment")
    looking(one)
    sides = verbs.add_parser("one-sided", help="what each party's breach meets: response, steps, commitments")
    common(sides)
    sides.add_argument("terms", type=Path, nargs="?", metavar="TERMS", help="the terms' file (default: the watch's)")
    looking(sides)
    add = verbs.add_parser("add", help="post what a file says: states, commitments, changes; all or none")
    common(add, "the watch's folder")
    add.add_argument("file", type=Path, metavar="FILE", help="docs/reference/register.md has the form")
    add.add_argument("--reason", default="", metavar="TEXT", help="on what ground (default: the file's own)")
    for name, told in (("stage", "a commitment reaches a stage"), ("withdraw", "a commitment is withdrawn")):
        sub = verbs.add_parser(name, help=told, description=told)
        common(sub, "the watch's folder")
        sub.add_argument("name", metavar="COMMITMENT", help="its id")
        if name == "stage":
            sub.add_argument("stage", choices=(*ADVANCING, SUSPENDED), metavar="STAGE", help=", ".join(ADVANCING))
        sub.add_argument("--on", required=True, metavar="DATE", help="since when: a date, or a moment with its zone")
        sub.add_argument("--source", required=True, metavar="OUTLET", help="where it was said")
        sub.add_argument("--url", metavar="ADDRESS", help="address of the page that was read")
        sub.add_argument("--published", metavar="DATE", help="its date")
        sub.add_argument("--reason", required=True, metavar="TEXT", help="on what ground")
    wrong = verbs.add_parser("strike", help="a posting was wrong: it no longer counts, and stays in the ledger")
    common(wrong, "the watch's folder")
    wrong.add_argument("name", metavar="POSTING", help="its id, of show")
    wrong.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands beside it")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it."""
    verb = options.register_verb
    if verb in _LOOKING:
        options.ladder = _agreement(options.watch)
        found = view(options, settings, options.on)
        told, page = _LOOKING[verb](found, options)
        if verb == "show" and options.page is not None and (options.watch / "watch.toml").is_file():
            page = _with_ladder(found, options, settings)
        if options.page is not None:
            write_marked(options.page, page, drill_of(options))
    else:
        with ledger(options, settings) as (at, actor):
            made = drafts(options.file) if verb == "add" else (_draft(options),)
            told = reading.post(at, actor, made, options.reason)
    tell(told, options)
    return 0


def _agreement(folder: Path) -> Agreement | None:
    """What a watch's own terms say; None: files of a register, which name none."""
    if not (folder / "watch.toml").is_file():
        return None
    terms = read_watch(folder, runs=False).terms
    return None if terms is None else read_terms_file(terms).agreement


def _listed(found: View, options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    told = overview_json(found, options.ladder.steps if options.ladder else ())
    told["commitments"] = commitments_json(found, options.state, options.kind, options.step)
    return told, register_page(found)


def _sides(found: View, options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    agreement = options.ladder if options.terms is None else read_terms_file(options.terms).agreement
    if agreement is None:
        raise ConfigError("files of a register name no agreement: give the terms' file too")
    return {"as_of": iso(found.on), "sides": sides_json(agreement, found)}, sides_page(agreement, found)


def _shown(found: View, options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """A state with all it said, or one commitment; the page is its state's."""
    name = options.name
    if name in found.states:
        groups = set(found.states[name].member_of)
        rows = [standing_json(found, each) for each in only(found, {name, *groups}).standings.values()]
        return seat_json(found, found.states[name]) | {"commitments": rows}, state_page(found, name)
    if name in found.standings:
        standing = found.standings[name]
        return standing_json(found, standing), state_page(found, standing.commitment.state)
    raise StateError(f"there is no state or commitment {name:.64} that may be shown as of then")


def _with_ladder(found: View, options: argparse.Namespace, settings: Settings) -> str:
    """A state's page with what the ladder asks of it now, as far as the person may read that."""
    standing = found.standings.get(options.name)
    name = options.name if standing is None else standing.commitment.state
    with ledger(options, settings) as (at, actor):
        try:
            asked = response_reading.state(at, actor, name)["asked"]
        except AccessError:
            return state_page(found, name)  # it says that the ladder was not asked
    rows = [Asked(each["step"], each["text"], _due(each), str(each["status"])) for each in asked]
    return state_page(found, name, rows)


def _due(asked: Mapping[str, Any]) -> str:
    """By when, earliest to latest; and by when to acknowledge."""
    low, high = asked["due"]["earliest"], asked["due"]["latest"]
    span = "no deadline is set" if low is None else low if low == high else f"{low} to {high or 'open'}"
    by = asked["acknowledge_by"]
    return span if by is None or asked["acknowledged"] else f"{span}; to acknowledge by {by}"


_LOOKING = {"list": _listed, "as-of": _listed, "show": _shown, "one-sided": _sides}


def _draft(options: argparse.Namespace) -> Draft:
    """What the options say, as a file would."""
    if options.register_verb == "strike":
        return Draft("strike", ALWAYS, options.reason, {"of": options.name}, "command line", 1)
    source = {"outlet": options.source, "url": options.url, "date": options.published}
    data: dict[str, Any] = {"of": options.name, "source": source}
    if options.register_verb == "stage":
        data["stage"] = options.stage
    return Draft(options.register_verb, reading.moment(options.on), options.reason, data, "command line", 1)
