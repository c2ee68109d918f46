# SPDX-License-Identifier: Apache-2.0
"""The contract that every source keeps, as tests to inherit.

::

    class TestMySource(SourceContract):
        name = "my_source"
        limit = my_source.MAX_BYTES
        golden = Path("…/golden/my_source.csv").read_bytes()

        def read(self, data: bytes) -> Outcome:
            good, rejected = my_source.read(data, file=FILE)
            return Outcome(len(good), rejected, repr(good))

Pytest finds the inherited tests. They need one fixture of the project: ``proof_scale`` (1.0 runs everything).
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from truceline.errors import InputError
from truceline.model.record import Rejected

FILE = "contract.dat"
"""Name under which the contract hands over its bytes."""

MUTATIONS = 10_000
"""Damaged files read at proof scale 1."""

BINARIES = (
    b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    b"PK\x03\x04" + bytes(300),
    b"\x1f\x8b\x08" + bytes(range(255, -1, -1)),
    bytes(range(256)) * 8,
    b"\xff\xfel\x00a\x00t\x00",
    b"\x00" * 4096,
)
"""Files that are no text."""


@dataclass(frozen=True)
class Outcome:
    """What reading gave, in a form that can be compared."""

    kept: int
    """Number of things read."""

    rejected: Sequence[Rejected]
    """Rows that could not be."""

    content: str
    """All that was read, as text: equal if and only if the results are."""

    rows: int | None = None
    """Rows the source says it read, where it says so."""


class SourceContract:
    """Inherit, name the golden file and how to read it; see the module."""

    name: ClassVar[str]
    """Name that the source writes in rejected rows."""

    golden: ClassVar[bytes]
    """A good file of at most a few kilobytes, every row of which can be read."""

    limit: ClassVar[int]
    """Bytes beyond which the source refuses a file."""

    swapped: ClassVar[bytes | None] = None
    """The golden file with latitude and longitude exchanged, where the source reads places."""

    zoned: ClassVar[Mapping[str, bytes]] = {}
    """Files that say the golden file's times in another way; each must give the same."""

    unzoned: ClassVar[Mapping[str, bytes]] = {}
    """Files whose times are ambiguous or wrong; nothing may be read from a row that says such a time."""

    def read(self, data: bytes) -> Outcome:
        """Read bytes named ``FILE``."""
        raise NotImplementedError

    def attempt(self, data: bytes) -> Outcome | None:
        """Read; None where the file is refused as it should be: an InputError that names the file and says why."""
        try:
            outcome = self.read(data)
        except InputError as error:
            refusal = error
        else:
            self.check(outcome, data)
            return outcome
        assert refusal.file == FILE, f"the error does not name the file: {refusal!r}"
        assert refusal.reason, "the error gives no reason"
        assert refusal.line is None or refusal.line >= 1
        return None

    def check(self, outcome: Outcome, data: bytes) -> None:
        """Hold what is true of every result: rows in are rows out, and every rejected row can be found again."""
        if outcome.rows is not None:
            assert outcome.rows == outcome.kept + len(outcome.rejected)
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        for row in outcome.rejected:
            assert row.source == self.name
            assert row.file == FILE
            assert 1 <= row.line <= lines, f"line {row.line} of {lines}"
            assert row.reason
            assert len(row.raw) <= 500

    def test_golden_file(self) -> None:
        """The golden file is read whole."""
        assert 200 <= len(self.golden) <= 8_000, "a golden file has a few kilobytes"
        outcome = self.attempt(self.golden)
        assert outcome is not None
        assert outcome.kept > 0
        assert not outcome.rejected, outcome.rejected[0]

    def test_same_bytes_same_result(self) -> None:
        """Nothing but the bytes decides."""
        assert self.read(self.golden) == self.read(self.golden)

    def test_machine_time_zone(self) -> None:
        """The machine's time zone decides nothing."""
        here = self.read(self.golden)
        for zone in ("Pacific/Kiritimati", "America/St_Johns"):
            with machine_in(zone):
                assert self.read(self.golden) == here

    def test_empty(self) -> None:
        """Nothing is not read as no rows."""
        for data in (b"", b"\n", b"\r\n \r\n", b"\xef\xbb\xbf", b" \t"):
            assert self.attempt(data) is None, data

    def test_binary(self) -> None:
        """What is no text is refused."""
        for data in BINARIES:
            assert self.attempt(data) is None, data[:20]

    def test_limit(self) -> None:
        """A file beyond the limit is refused before it is looked at."""
        start = time.process_time()
        assert self.attempt(bytes(self.limit + 1)) is None
        assert time.process_time() - start < 6

    def test_line_ends_and_byte_order_mark(self) -> None:
        """Windows, old Macintosh and a byte-order mark change nothing."""
        here = self.read(self.golden)
        for data in (
            self.golden.replace(b"\n", b"\r\n"),
            self.golden.replace(b"\n", b"\r"),
            b"\xef\xbb\xbf" + self.golden,
        ):
            assert self.read(data) == here

    def test_truncated_at_every_byte(self) -> None:
        """Cut anywhere, the file is refused or gives no more than it holds."""
        whole = self.read(self.golden).kept
        for length in range(len(self.golden)):
            outcome = self.attempt(self.golden[:length])
            assert outcome is None or outcome.kept <= whole

    def test_mutations(self, proof_scale: float) -> None:
        """Damaged at random (seeded), the file is refused or read; nothing else happens."""
        draw = random.Random(20260411)  # noqa: S311 - damage, not secrets
        for _ in range(max(50, round(MUTATIONS * proof_scale))):
            self.attempt(mutate(self.golden, draw))

    def test_axes(self) -> None:
        """Nothing is kept whose latitude and longitude are exchanged."""
        if self.swapped is not None:
            outcome = self.attempt(self.swapped)
            assert outcome is None or outcome.kept == 0

    def test_time_zones(self) -> None:
        """The same times said otherwise give the same; ambiguous ones are refused."""
        here = self.read(self.golden)
        for what, data in self.zoned.items():
            assert self.read(data).content == here.content, what
        for what, data in self.unzoned.items():
            outcome = self.attempt(data)
            assert outcome is None or outcome.kept < here.kept, what


def mutate(data: bytes, draw: random.Random) -> bytes:
    """Return the bytes with one to four injuries: flipped, dropped, doubled, exchanged or foreign stretches."""
    damaged = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at, length = draw.randrange(len(damaged) + 1), draw.choice((1, 1, 2, 5, 40, 400))
        injury = draw.randrange(6)
        if injury == 0 and at < len(damaged):
            damaged[at] ^= 1 << draw.randrange(8)
        elif injury == 1:
            del damaged[at : at + length]
        elif injury == 2:
            damaged[at:at] = damaged[at : at + length]
        elif injury == 3:
            damaged[at : at + length] = draw.randbytes(length)
        elif injury == 4:
            other = draw.randrange(len(damaged) + 1)
            damaged[at : at + length] = damaged[other : other + length]
        else:
            damaged[at:at] = draw.choice(_FOREIGN)
    return bytes(damaged)


_FOREIGN = (
    b'"', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"nan", b"inf", b"-", b"1e999", b"9" * 400, b"{", b"[", b"]",
    b"}", b": ", b"&a ", b"*a", b"!!python/object:os.system ", b"%YAML 9.9\n", b"\xe2\x80\xa8", b"null", b"#", b"'",
)  # fmt: skip


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """Let the process live in another time zone for a while."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
