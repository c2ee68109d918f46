# SPDX-License-Identifier: Apache-2.0
"""``events.csv``: every event as a row (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

from truceline.model.watching import Run
from truceline.reports.event_rows import event_columns, event_rows

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula in a spreadsheet; in some languages the wide forms do too."""


def events_csv(run: Run) -> str:
    """Return a header and one row an event; empty where nothing is known, ``true``/``false`` in lower case.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_cell(name) for name in event_columns(run)])
    writer.writerows([_cell(value) for value in row.values()] for row in event_rows(run))
    return out.getvalue()


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value if isinstance(value, int | float) else str(value)
