# SPDX-License-Identifier: Apache-2.0
"""``truceline assess --terms PATH --events FILE``: a file of events against terms."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq

from truceline.cli._progress import teller
from truceline.cli._shared import PARTLY, write_page
from truceline.errors import ConfigError
from truceline.flow.assess_file import AT_ONCE, Job, assessed, earliest, head, prepare, released, rows, sheets
from truceline.flow.assess_sheet import Sheet, encoded
from truceline.reports.readings_page import readings_page

_SHOWN = 40
"""Rows printed for people."""

ON_PAGE = 24
"""Most events on a page: the first by time."""

MOST_PARAGRAPHS = 3_000
"""Of an agreement with many clauses and readings fewer events are shown, so that a page has at most so many reasons."""


def run(options: argparse.Namespace) -> int:
    """Assess and write; return the exit code."""
    if options.terms is None or options.events is None:
        raise ConfigError("assess needs a WATCH, or both --terms and --events")
    job = prepare(options.terms, options.events, options.notices, options.line, options.lang)
    for each in job.refused[:5]:
        print(f"truceline: rejected record {each.record} (row {each.row}): {each.reason}", file=sys.stderr)
    if len(job.refused) > 5:
        print(f"truceline: and {len(job.refused) - 5:,} more rejected records", file=sys.stderr)
    if options.page is not None:
        _page(options.page, job)
    if options.out is not None:
        out = options.out / "assessments.parquet" if options.out.is_dir() else options.out
        count = _write(out, _told(job))
        summary = {**head(job), "n_assessments": count, "out": str(out), "assessments": []}
        print(encoded(summary) if options.json else f"{count:,} assessments written to {out}")
    elif options.json:
        _stream(sys.stdout, job, (line for sheet in _told(job) for line in sheet.lines()))
    else:
        _show(job, rows(job))
    return PARTLY if job.refused else 0


def _page(path: Path, job: Job) -> None:
    """Write the first events side by side under every reading of one agreement."""
    if len(job.agreements) != 1:
        names = ", ".join(Path(each.file).name for each in job.agreements)
        raise ConfigError(f"a page shows one agreement; name one of {names} as --terms")
    agreement = job.agreements[0]
    pairs = sum(len(reading.provisions) for reading in agreement.readings)
    few, left = earliest(job, max(1, min(ON_PAGE, MOST_PARAGRAPHS // max(pairs, 1))))
    shown, withheld = released(few, agreement.publication)
    write_page(path, readings_page(agreement, assessed(shown, agreement), left, withheld, job.language))


def _told(job: Job) -> Iterator[Sheet]:
    """The job's sheets; of many events progress is told, on standard error."""
    tell, done, events = teller(len(job.events) <= AT_ONCE), 0, len(job.events) * len(job.agreements)
    for sheet in sheets(job):
        yield sheet
        done += len(sheet.ids)
        tell(f"{done:,} of {events:,} events assessed")


def _stream(out: IO[str], job: Job, lines: Iterable[str]) -> None:
    """Write one object on one line, assessment by assessment, so that a million needs no memory."""
    out.write(encoded(head(job))[:-1] + ',"assessments":[')
    count = 0
    for line in lines:
        out.write(f",{line}" if count else line)
        count += 1
    out.write(f'],"n_assessments":{count}}}\n')


def _show(job: Job, found: Iterable[Mapping[str, Any]]) -> None:
    """Print for people: one line an assessment, its reasons below; of many, the first."""
    more = 0
    for number, row in enumerate(found):
        if number >= _SHOWN:
            more += 1
            continue
        figure = "cannot tell" if row["probability"] is None else f"{row['probability']:.3f}"
        print(f"{row['event']}  {row['provision']}  {row['reading']}: {figure}  [{row['low']:.3f}, {row['high']:.3f}]")
        print(f"    {row['reasons']}")
    if more:
        print(f"and {more:,} more; --json or --out FILE gives all")
    print(f"{len(job.events):,} events, {len(job.refused):,} rejected. A machine assesses; people find.")


def _write(path: Path, found: Iterable[Sheet]) -> int:
    """Write rows to a file: ``.parquet``, else one JSON object a line."""
    try:
        return _parquet(path, found) if path.suffix == ".parquet" else _lines(path, found)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror or error}", file=str(path)) from error


def _lines(path: Path, found: Iterable[Sheet]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for sheet in found:
            out.writelines(f"{line}\n" for line in sheet.lines())
            count += len(sheet)
    return count


def _parquet(path: Path, found: Iterable[Sheet]) -> int:
    """Write a table; of ``would_change`` it has the factor alone."""
    count = 0
    with pq.ParquetWriter(path, Sheet.schema) as writer:
        for sheet in found:
            for table in sheet.tables():
                writer.write_table(table)
            count += len(sheet)
    return count
