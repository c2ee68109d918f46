# SPDX-License-Identifier: Apache-2.0
"""``truceline terms lint``: what makes an agreement unverifiable or dangerous."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from truceline.base.text import clean
from truceline.errors import InputError
from truceline.flow.terms_files import find_terms, notices_of, read_notices, read_terms_draft
from truceline.lang import Catalogue, catalogue, languages
from truceline.model.agreement import Agreement
from truceline.scrutiny.finding import DANGEROUS, SEVERITIES, Finding
from truceline.scrutiny.lint import Lint, lint
from truceline.scrutiny.rules_notices import notices

HELP = "find what makes an agreement unverifiable or dangerous, clause by clause"

FOUND = 4
"""Exit code where something was found: read to the end, and not all is well."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a terms file, or a folder or watch")
    told = "the watch whose sensors would have to see a breach (default: all kinds of sensor that are known)"
    parser.add_argument("--watch", type=Path, metavar="WATCH", help=told)
    parser.add_argument("--lang", choices=languages(), default="en", help="language of what is told (default: en)")
    parser.add_argument("--json", action="store_true", help="print it as one JSON object on one line, last")


def run(options: argparse.Namespace) -> int:
    """Print what was found, and say by the exit code whether anything was."""
    sensors = None
    if options.watch is not None:
        from truceline.flow.sensors import sensors_of  # noqa: PLC0415  only a watch needs its sources' readers

        sensors = sensors_of(options.watch)
    drafts = [(path, read_terms_draft(path)) for path in find_terms(options.path)]
    found = [(path, lint(draft, sensors)) for path, draft in drafts]
    if len(drafts) == 1 and drafts[0][1].agreement is not None:
        found += _notices(options.path, drafts[0][1].agreement, found[0][1])
    words = catalogue(options.lang)
    if options.lang != "en":
        found = [
            (path, replace(each, findings=tuple(_translated(one, words) for one in each.findings)))
            for path, each in found
        ]
    if options.json:
        print(json.dumps(_json(found), ensure_ascii=False, separators=(",", ":")))
    else:
        print("\n\n".join(_text(path, each, words) for path, each in found))
    return FOUND if any(each.findings for _, each in found) else 0


def _notices(path: Path, agreement: Agreement, whole: Lint) -> list[tuple[Path, Lint]]:
    """What is wrong with the files of notices beside one agreement: in its folder, and in the watch's."""
    folder = path if path.is_dir() else path.parent
    told = []
    for name, text in notices_of(folder):
        try:
            given = read_notices([(name, text)], agreement)
            lines = {n.id: text.count("\n", 0, max(text.find(f"id: {n.id}"), 0)) + 1 for n in given}
            found = tuple(notices(agreement, given, lines.__getitem__))
        except InputError as error:
            mend = "write it in the form of docs/reference/terms.md"
            found = (
                Finding("refused", DANGEROUS, "notices", "notices", f"{error.reason}.", mend, None, error.line or 1),
            )
        told.append((folder / name, replace(whole, findings=found)))
    return told


def _translated(finding: Finding, words: Catalogue) -> Finding:
    """A finding in another language: what its rule finds, the figures of the case, and what mends it."""
    rule = finding.rule.replace("-", "_")
    message = words.say(f"lint.rule_{rule}")
    if finding.case:
        message = words.say(f"lint.case_{finding.case}", **dict(finding.figures))
    return replace(finding, message=message, mend=words.say(f"lint.mend_{rule}"))


def _json(found: list[tuple[Path, Lint]]) -> dict[str, Any]:
    """All files as one object; of several, each finding says of which file it is."""
    told = [(path, each, each.to_json()) for path, each in found]
    sensors = sorted({sensor for _, each in found for sensor in each.sensors})
    findings = [
        {**finding, "agreement": each.agreement, "file": str(path)}
        for path, each, one in told
        for finding in one["findings"]
    ]
    counts = {grave: sum(one["counts"][grave] for _, _, one in told) for grave in SEVERITIES}
    names = {each.agreement for _, each in found}
    name = names.pop() if len(names) == 1 else None
    return {"agreement": name, "sensors": sensors, "findings": findings, "counts": counts}


def _text(path: Path, found: Lint, words: Catalogue) -> str:
    """One file's findings, clause by clause, with nothing in them that could drive a terminal."""
    counts = found.to_json()["counts"]
    told = ", ".join(f"{n} {words.say(f'lint.{grave}')}" for grave, n in counts.items())
    lines = [f"{path}: {found.agreement or 'no id'}: {told}"]
    if words.code == "en":
        whose = "of the watch" if found.of_watch else "of all kinds that are known"
        lines += textwrap.wrap(f"Set against the sensors {whose}: {', '.join(found.sensors) or 'none'}.", 100)
    for (section, clause), each in groupby(_by_clause(found.findings), key=_clause):
        lines += ["", section if section == clause else f"{section}/{clause}"]
        for finding in each:
            lines += _sentence(finding, words)
    return "\n".join(map(clean, lines))


def _clause(finding: Finding) -> tuple[str, str]:
    return finding.section, finding.clause


def _by_clause(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings with those of one clause together, clauses by the line of their first."""
    first: dict[tuple[str, str], int] = {}
    for each in findings:
        first.setdefault(_clause(each), each.line)
    return sorted(findings, key=lambda each: (first[_clause(each)], _clause(each)))


def _sentence(finding: Finding, words: Catalogue) -> Iterator[str]:
    values = {"line": str(finding.line), "severity": words.say(f"lint.{finding.severity}"), "rule": finding.rule}
    if finding.reading:
        head = words.say("lint.head_reading", **values, reading=finding.reading)
    else:
        head = words.say("lint.head", **values)
    mend = words.say("lint.mend", mend=finding.mend)
    yield from textwrap.wrap(clean(head + finding.message), 100, initial_indent="  ", subsequent_indent="    ")
    yield from textwrap.wrap(clean(mend), 100, initial_indent="    ", subsequent_indent="      ")
