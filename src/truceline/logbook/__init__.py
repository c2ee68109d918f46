# SPDX-License-Identifier: Apache-2.0
"""The monitors' day: lines keyed in, corrections, questions, patrols, shifts (docs/how-to/keep-the-watch-log.md).

Pure. A book is what its entries add up to; each is tried against the book, and what is not possible says why.
"""

from truceline.logbook.book import Book
from truceline.logbook.line import Known, echo, read_line

__all__ = ["Book", "Known", "echo", "read_line"]
