# SPDX-License-Identifier: Apache-2.0
"""``truceline exercise run``: play a whole exercise from a script."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from truceline.base.bounded import read_text
from truceline.base.yaml import MAX_CHARS, parse
from truceline.commission import rules_of
from truceline.flow.published import OUT
from truceline.flow.terms_files import read_terms_file
from truceline.response import ladder_of
from truceline.services.drill import origin_of
from truceline.services.exercise import Script, outcome, play, read_script
from truceline.services.exercise_kept import make_folder
from truceline.settings import Settings
from truceline.store import Store

NAME = "exercise"
HELP = "play an exercise from a script: EXERCISE, nothing of it is real"

FAILED = 1
"""Exit code of an exercise that did not come out as its script expects."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    verbs = parser.add_subparsers(dest="exercise_verb", required=True, metavar="VERB")
    run_it = verbs.add_parser("run", help="play it and tell how it ended")
    run_it.add_argument("script", type=Path, metavar="FILE", help="the script (YAML)")
    run_it.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")
    kept = run_it.add_mutually_exclusive_group()
    kept.add_argument("--out", type=Path, metavar="DIR", help="keep the exercise's ledger here")
    kept.add_argument(
        "--watch", type=Path, metavar="DIR", help="keep it as a watch that other verbs read: a new folder"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Play it; exit 1 where it did not come out as expected."""
    script = read_script(
        parse(read_text(options.script, limit=MAX_CHARS), file=str(options.script)), file=str(options.script)
    )
    if options.watch is not None:
        make_folder(script, options.script.parent, options.watch)
        told = _play(script, options.script.parent, options.watch / OUT, settings, origin_of(script.id, None))
    elif options.out is not None:
        told = _play(script, options.script.parent, options.out, settings)
    else:
        with tempfile.TemporaryDirectory() as folder:
            told = _play(script, options.script.parent, Path(folder), settings)
    if options.json:
        print(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    else:
        _print(told)
    return FAILED if told["failed"] else 0


def _play(script: Script, beside: Path, folder: Path, settings: Settings, origin: str = "") -> dict[str, Any]:
    terms = beside / script.terms
    agreement = read_terms_file(terms).agreement
    rules = rules_of(agreement)
    with Store.open(folder, keys=settings.key_dir, origin=origin or f"truceline/exercise/{script.id}") as store:
        cases, played = play(script, rules, store.append, ladder_of(agreement))
        ledger = {"size": store.size, "root": store.root.hex()}
    return {**outcome(script, cases, played, rules), "ledger": ledger}


def _print(told: dict[str, Any]) -> None:
    print(f"EXERCISE {told['exercise']}: {told['title']}")
    cases, saw = told["cases"], told["saw"]
    for label, view in cases.items():
        print(f"\nCase {label} ({view['title']}): {view['state']}" + (f", {view['exit']}" if view["exit"] else ""))
        for name, value in view["clocks"].items():
            if value not in (None, {}):
                print(f"  {name.replace('_', ' ')}: {value}")
        for finding in view["findings"]:
            party = finding["party"] or "nobody named"
            print(f"  found: {finding['status']}; {finding['attribution']} ({party}); {finding['severity']}")
            print(f"    coverage {finding['coverage']['share']:.0%} of {finding['coverage']['reference_act']}")
    for response in told.get("ladder", {}).get("board", {}).get("responses", ()):
        for step in response["steps"]:
            due = " to ".join(each or "open" for each in step["due"].values())
            print(f"\nStep {step['number']} ({step['step']}): trigger {step['trigger']}; due {due}")
            for state, each in step["states"].items():
                print(f"  {state}: {each['status']}")
    print("\nWho could see what:")
    for user, views in saw.items():
        said = ", ".join(
            f"{label}: {v['exhibits']} exhibits ({v['withheld']} withheld), {v['findings']} findings"
            for label, v in views.items()
        )
        print(f"  {user}: {said or 'nothing'}")
    for failure in told["failed"]:
        print(f"NOT AS EXPECTED: {failure}")
