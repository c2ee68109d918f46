# SPDX-License-Identifier: Apache-2.0
"""``truceline terms``: what can be asked of an agreement's text alone."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from truceline.cli import _terms_diff, _terms_explain, _terms_lint, _terms_states
from truceline.errors import ConfigError, InputError
from truceline.flow.terms_files import find_terms, read_terms_file
from truceline.model.agreement import Agreement
from truceline.settings import Settings
from truceline.terms import json_schema

NAME = "terms"
HELP = "ask of an agreement's text: validate, lint, explain, diff, states"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs, each with its options."""
    verbs = parser.add_subparsers(dest="terms_verb", required=True, metavar="VERB")
    for name, (add, run_it, told) in _VERBS.items():
        sub = verbs.add_parser(name, help=told, description=told)
        add(sub)
        sub.set_defaults(terms_run=run_it)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run the verb that was named."""
    del settings  # nothing of the machine decides what a text says
    return int(options.terms_run(options))


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, nargs="?", metavar="PATH", help="a terms file, or a folder or watch")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of terms files instead")


def _validate(options: argparse.Namespace) -> int:
    """Say what each file holds, or refuse it with file, line and reason."""
    if options.schema:
        print(json.dumps(json_schema(), ensure_ascii=False, indent=None if options.json else 1))
        return 0
    if options.path is None:
        raise ConfigError("terms validate needs a PATH, or --schema")
    told = []
    try:
        told = [facts(read_terms_file(path).agreement) for path in find_terms(options.path)]
    except InputError as error:
        if options.json:
            fault = {"error": type(error).__name__, "reason": error.reason, "file": error.file, "line": error.line}
            print(json.dumps({"ok": False, **fault}, ensure_ascii=False))
        raise
    for each in told if not options.json else ():
        counts = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in each["counts"].items() if n)
        print(f"{each['file']}: {each['title']} (version {each['version']}): {counts}")
        if each["unknown"]:
            print(f"  unknown, so that what needs it is cannot tell: {', '.join(each['unknown'])}")
    if options.json:
        print(json.dumps({"ok": True, "agreements": told}, ensure_ascii=False, separators=(",", ":")))
    return 0


def facts(agreement: Agreement) -> dict[str, Any]:
    """Return what an agreement holds, counted, and which parts of it are unknown."""
    counts = {
        name: len(getattr(agreement, name))
        for name in ("parties", "provisions", "readings", "zones", "lines", "definitions", "exceptions", "points")
    }
    more = ("conditions", "schedules", "ceilings", "sites", "stages", "notifications", "access", "steps", "standards")
    counts |= {name: len(getattr(agreement, name)) for name in more}
    unknown = [f"{p.id}.{key}" for p in agreement.provisions for key in p.unknown]
    unknown += [f"{c.id}.{key}" for c in (*agreement.clauses, *agreement.steps) for key in c.unknown]
    unknown += [f"{zone.id}" for zone in agreement.zones if zone.shape == "unknown"]
    head = {"file": agreement.file, "id": agreement.id, "title": agreement.title, "version": agreement.version}
    return {**head, "status": agreement.status, "counts": counts, "unknown": unknown}


_Add = Callable[[argparse.ArgumentParser], None]
_Run = Callable[[argparse.Namespace], int]
_VERBS: dict[str, tuple[_Add, _Run, str]] = {
    "diff": (_terms_diff.arguments, _terms_diff.run, _terms_diff.HELP),
    "explain": (_terms_explain.arguments, _terms_explain.run, _terms_explain.HELP),
    "lint": (_terms_lint.arguments, _terms_lint.run, _terms_lint.HELP),
    "validate": (_validate_arguments, _validate, "refuse what is wrong with file, line and reason; say what it holds"),
    "states": (_terms_states.arguments, _terms_states.run, _terms_states.HELP),
}
"""Per verb: what adds its options, what runs it, and its help."""
