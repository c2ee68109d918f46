# SPDX-License-Identifier: Apache-2.0
"""``truceline claim check``: a claim beside what could have been seen and what was."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from truceline.assessment.paste_language import language_of
from truceline.base.bounded import read_text
from truceline.cli._shared import finished, run_watch
from truceline.cli.estimate import moment_of
from truceline.errors import ConfigError
from truceline.flow.checking import check
from truceline.flow.claimed import Asked, count_of, understand
from truceline.flow.ground import Ground
from truceline.flow.watchfile import read_watch
from truceline.lang import catalogue, languages, say
from truceline.reports import claim_sheet
from truceline.settings import Settings

NAME = "claim"
HELP = "check a claim: which sensors could have seen it, what was seen, and whether the two agree"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="check")
    made = parts.add_parser("check", help="check one claim")
    made.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml)")
    made.add_argument("--text", metavar="TEXT", help="the claim as it was published; what is read in it is shown")
    made.add_argument("--text-file", type=Path, metavar="PATH", help="the same from a file")
    made.add_argument("--who", metavar="NAME", help="who says it")
    made.add_argument("--accused", metavar="NAME", help="who is accused")
    made.add_argument("--what", metavar="WORDS", help="what is counted, in the claim's words")
    made.add_argument("--count", metavar="N", help="how many: 12, or “more than 500”")
    where = "line, side:PARTY, sector:N, LON,LAT,KM, a town or a polygon file (default: line)"
    made.add_argument("--where", metavar="AREA", help=where)
    made.add_argument("--from", dest="start", metavar="TIME", help="UTC, as 2026-04-11T13:00Z, or a day")
    made.add_argument("--to", dest="end", metavar="TIME", help="first moment after; a day means to its end")
    made.add_argument("--sheet", type=Path, metavar="FILE", help="write one page to share: .pdf or .html")
    made.add_argument("--for", dest="reader", choices=("public", "monitors"), default="public",
                      help="who may see the answer; the public sees coverage from 72 hours on")  # fmt: skip
    made.add_argument("--lang", choices=languages(), help="language of the answer and the sheet (default: the claim's)")
    made.add_argument("--json", action="store_true", help="print the answer as one JSON object on one line, last")
    made.add_argument("--out", type=Path, metavar="DIR", help="where the run's results go (default: WATCH/out)")
    made.add_argument("--line", type=Path, metavar="PATH", help="another line of contact (GeoJSON) to put first")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run the watch, check the claim, write the sheet."""
    if options.sheet and options.sheet.suffix.lower() not in (".pdf", ".html"):
        raise ConfigError("a sheet is a .pdf or .html file", file=str(options.sheet))
    stated = _stated(options)
    watch = read_watch(options.watch)
    found, _ = run_watch(watch, options.out or options.watch / "out", options.line, settings, quiet=options.json)
    code = finished(found)
    ground, now = Ground.of(found), datetime.now(UTC)
    text = options.text if options.text is not None else ""
    if options.text_file:
        text = read_text(options.text_file, limit=1 << 20)
    language = options.lang or language_of(text or " ".join(str(value) for value in stated.values()))
    asked = replace(understand(ground, text, language) if text else Asked(language=language), **stated)
    checked = check(ground, asked, now=now, public=options.reader == "public", folder=Path()).plain()
    content = claim_sheet.sheet(checked, title=found.title, made=now, ledger=ground.ledger)
    if options.sheet:
        _write(options.sheet, content, now)
    if options.json:
        print(json.dumps(checked, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    else:
        show(content)
        if options.sheet:
            print(say(language, "sheet.sheet", file=str(options.sheet)))
    return code


def _stated(options: argparse.Namespace) -> dict[str, Any]:
    """What the options say outright; it comes before what is read in a text."""
    found = {key: getattr(options, key) for key in ("who", "accused", "what", "where") if getattr(options, key)}
    if options.count is not None:
        found["count"], found["qualifier"] = count_of(options.count)
    if options.start is not None:
        found["start"] = moment_of(options.start, last=False)
    if options.end is not None:
        found["end"] = moment_of(options.end, last=True)
    if not found and options.text is None and options.text_file is None:
        raise ConfigError("states no claim: give --text, or --what, --count, --from and --to")
    return found


def _write(path: Path, content: dict[str, Any], now: datetime) -> None:
    data = claim_sheet.pdf(content, now) if path.suffix.lower() == ".pdf" else claim_sheet.html(content)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror or error}", file=str(path)) from error


def show(content: dict[str, Any]) -> None:
    """Print the sheet as text: the verdict first."""
    words = catalogue(content["language"])
    print(f"\n{content['verdict']}\n{content['claim']}\n{content['where']}")
    for part in content["understood"]:
        print(f"  {part}")
    for heading, text in content["reasons"]:
        print(f"  {heading}. {text}")
    for text in (content["compatible"], content["coverage"]):
        if text:
            print(f"  {text}")
    for heads, *rows in (table for table in (content["sensors"], content["passes"]) if table):
        for row in rows:
            cells = [words.say("sheet.pair", name=name, value=cell) for name, cell in zip(heads, row, strict=True)]
            print(f"  {'; '.join(cells)}")
    for text in (content["more"], content["alone"], content["seen"], content["foot"]):
        if text:
            print(f"  {text}")
