# SPDX-License-Identifier: Apache-2.0
"""What a terminal shows after a run: a page of plain words, what was not seen first."""

from __future__ import annotations

import textwrap

from truceline.base.text import clean
from truceline.model.watching import Run
from truceline.reports import words
from truceline.reports.facts import some_claims
from truceline.reports.formats import NBSP, sentence

_WIDTH = 100
_LABEL = 12
_FILES = "Files"
_LINES = 35
_CLAIMS = 4


def duty_summary(run: Run, files: str = "") -> str:
    """Return at most 35 lines of 100 columns; ``files`` names the folder the reports went to, where there is one.

    What was not seen stands first, then what was seen, what is compatible with it, what each side claims, and how
    far all of it depends on whose line is used.
    """
    view = run.view
    blocks: list[tuple[str, str]] = [
        ("Not watched", f"{words.gap_sentence(run)} {words.cloud_sentence(run)}"),
        ("", words.denial_sentence(run) if run.denials else ""),
        ("Coverage", words.coverage_sentence(view)),
        ("Seen", words.seen_sentence(run, view)),
        ("Compatible", words.estimate_sentence(view)),
        ("Change", words.comparison_sentence(view)),
        ("Who", words.attribution_sentence(run)),
        *_claims(run),
        ("Whose line", words.line_sentence(run).removeprefix("Whose line: ")),
        ("Records", words.records_sentence(run)),
        (_FILES, files),
    ]
    lines = [*textwrap.wrap(clean(words.headline(run)), _WIDTH), ""]
    for label, text in blocks:
        lines += _block(label, text)
    return "\n".join(_fit(lines)).replace(NBSP, " ") + "\n"


def _claims(run: Run) -> list[tuple[str, str]]:
    """One line a claim, then the first reason of each kind of verdict once."""
    view = run.view
    checks = some_claims(run, view, _CLAIMS)
    if not checks:
        return [("Claims", "None is in this watch.")]
    found = [
        (
            "" if row else "Claims",
            (
                f"{words.claimant_name(run, check)}: {words.claim_count(check)}, "
                f"{words.claim_period(check)}: {words.verdict_text(check.verdict)}."
            ),
        )
        for row, check in enumerate(checks)
    ]
    reasons = dict.fromkeys(reason[1] for check in checks for reason in check.reasons[:1])
    more = len(view.claims) - len(checks)
    rest = [("", f"And {more} more in report.html.")] if more else []
    return [*found, *rest, *(("", f"Why: {sentence(reason)}") for reason in reasons)]


def _block(label: str, text: str) -> list[str]:
    """A label in the margin and text beside it; a word too long for a line is broken, but not a folder's name."""
    whole = label == _FILES
    wrapped = textwrap.wrap(clean(text), _WIDTH - _LABEL, break_long_words=not whole, break_on_hyphens=False)
    return [f"{label if row == 0 else '':<{_LABEL}}{line}" for row, line in enumerate(wrapped)]


def _fit(lines: list[str]) -> list[str]:
    """Cut what is too long in the middle, and say so; the last lines (records, files) stay."""
    if len(lines) <= _LINES:
        return lines
    kept = 4
    return [*lines[: _LINES - kept - 1], f"{'':<{_LABEL}}… more in report.html", *lines[-kept:]]
