# SPDX-License-Identifier: Apache-2.0
"""Rules on notices given beside an agreement: which of them will excuse nothing, before anybody counts on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from truceline.model.agreement import Agreement, RuleException
from truceline.model.notice import Notice
from truceline.scrutiny.finding import DANGEROUS, NOTICE, UNVERIFIABLE, Finding
from truceline.terms.notices import matching

_SECTION = "notices"


def notices(agreement: Agreement, given: Iterable[Notice], line_of: Callable[[str], int]) -> Iterator[Finding]:
    """Yield what is wrong with notices; ``line_of`` tells the line of one by its id."""
    for notice in given:
        line = line_of(notice.id)
        if notice.state in ("late", "late_open"):
            message = f"It was given {notice.late_hours:g} h too late."
            mend = "put the thing off until the lead time is kept, or agree that it counts"
            found = Finding("late-notice", DANGEROUS, _SECTION, notice.id, message, mend, None, line)
            yield replace(found, case="late", figures=(("late", notice.late_hours or 0.0),))
        if notice.state == "unacknowledged":
            message = "Nobody else acknowledged it before it begins, as the text asks."
            mend = "have it acknowledged by whom it goes to"
            yield Finding("unacknowledged-notice", DANGEROUS, _SECTION, notice.id, message, mend, None, line)
        if notice.state == "unknown":
            message = "Whether it was given and acknowledged in time is not known, so what it covers cannot be told."
            mend = "say when it was given and acknowledged, and in the text how long before"
            yield Finding("unknown-lead-time", UNVERIFIABLE, _SECTION, notice.id, message, mend, None, line)
        rests = [one for one in _exceptions(agreement) if matching(one, (notice,))]
        if not rests and notice.duty is None and notice.kind not in ("silence", "other"):
            message = "The text has neither an exception for it nor asks for such notices: it excuses nothing."
            mend = "add an exception or a notification of its kind to the text"
            yield Finding("notice-without-clause", NOTICE, _SECTION, notice.id, message, mend, None, line)


def _exceptions(agreement: Agreement) -> Iterator[RuleException]:
    yield from agreement.exceptions
    for reading in agreement.readings:
        for provision in reading.provisions:
            yield from provision.exceptions
