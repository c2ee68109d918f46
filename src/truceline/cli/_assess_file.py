# SPDX-License-Identifier: Apache-2.0
"""``truceline assess --terms PATH --events FILE``: a file of events against terms."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from truceline.cli._shared import PARTLY, write_page
from truceline.errors import ConfigError
from truceline.flow.assess_file import Job, assessed, earliest, head, prepare, rows
from truceline.reports.readings_page import readings_page

_ROWS = 50_000
"""Rows written to Parquet in one go."""

_SHOWN = 40
"""Rows printed for people."""

ON_PAGE = 24
"""Events on a page: the first by time."""


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
    found = rows(job)
    if options.out is not None:
        count = _write(options.out, found)
        found = iter(())
        summary = {**head(job), "n_assessments": count, "out": str(options.out), "assessments": []}
        print(_json(summary) if options.json else f"{count:,} assessments written to {options.out}")
    elif options.json:
        _stream(sys.stdout, job, found)
    else:
        _show(job, found)
    return PARTLY if job.refused else 0


def _page(path: Path, job: Job) -> None:
    """Write the first events side by side under every reading of one agreement."""
    if len(job.agreements) != 1:
        names = ", ".join(Path(each.file).name for each in job.agreements)
        raise ConfigError(f"a page shows one agreement; name one of {names} as --terms")
    few, left = earliest(job, ON_PAGE)
    agreement = job.agreements[0]
    write_page(path, readings_page(agreement, assessed(few, agreement), left, job.language))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _stream(out: IO[str], job: Job, found: Iterable[Mapping[str, Any]]) -> None:
    """Write one object on one line, assessment by assessment, so that a million needs no memory."""
    out.write(_json(head(job))[:-1] + ',"assessments":[')
    count = 0
    for row in found:
        out.write(("," if count else "") + _json(row))
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


def _write(path: Path, found: Iterable[Mapping[str, Any]]) -> int:
    """Write rows to a file: ``.parquet``, else one JSON object a line."""
    try:
        return _parquet(path, found) if path.suffix == ".parquet" else _lines(path, found)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror or error}", file=str(path)) from error


def _lines(path: Path, found: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for row in found:
            out.write(_json(row) + "\n")
            count += 1
    return count


def _parquet(path: Path, found: Iterable[Mapping[str, Any]]) -> int:
    """Write a table; ``factors`` and ``would_change`` become columns of their own."""
    count, batch = 0, []
    names = ("event", "provision", "reading", "agreement", "clause_version", "status", "attribution", "reasons")
    numbers = ("probability", "low", "high")
    schema = pa.schema(
        [(name, pa.string()) for name in names]
        + [(name, pa.float64()) for name in numbers]
        + [("cannot_tell", pa.bool_()), ("would_change", pa.string())]
    )
    with pq.ParquetWriter(path, schema) as writer:
        for row in found:
            change = row["would_change"]
            kept = {name: row[name] for name in (*names, *numbers, "cannot_tell")}
            batch.append({**kept, "would_change": None if change is None else change["factor"]})
            count += 1
            if len(batch) >= _ROWS:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch = []
        if batch or not count:
            writer.write_table(pa.Table.from_pylist(batch, schema))
    return count
