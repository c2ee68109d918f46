# SPDX-License-Identifier: Apache-2.0
"""The ledger's signed head (C2SP tlog-checkpoint): origin, number of records, root."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from truceline.errors import BadSignature, Malformed
from truceline.ledger.merkle import HASH_BYTES
from truceline.ledger.note import Signer, Verifier, check_name, open_note, strict_base64

MAX_SIZE = 2**53 - 1
"""Largest number of records, so that every reader of JSON can hold an index."""

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """What the ledger says of itself, and signs: so many records, under this root."""

    origin: str
    """Name of the ledger; also of the key that signs."""

    size: int
    """Number of records."""

    root: bytes
    """Root of the RFC 6962 tree over their leaves, 32 bytes."""

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return what the three lines say.

        The specification discourages further (extension) lines because nobody audits them; they are refused here.

        Raises:
            Malformed: other than three lines, a size with a sign, a leading zero or an underscore, or a root that
                is not the canonical base64 of 32 bytes.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] != "":
            raise Malformed("a checkpoint has three lines: origin, size, root")
        origin, size, root_text = lines[:3]
        if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
            raise Malformed(f"not a tree size: {size!r:.40}")
        root = strict_base64(root_text)
        if len(root) != HASH_BYTES:
            raise Malformed(f"a root has {HASH_BYTES} bytes, not {len(root)}")
        return cls(check_name(origin), int(size), root)

    def sign(self, signer: Signer) -> str:
        """Return the signed note."""
        return signer.sign(self.text)


def open_checkpoint(note: bytes | str, verifier: Verifier, *, others: Sequence[Verifier] = ()) -> Checkpoint:
    """Return the checkpoint of a note that the ledger's own key, named as its origin, has signed.

    ``others`` are further keys (cosigners) whose signatures must hold where they are present.

    Raises:
        Malformed, LimitExceeded: not a note, or not a checkpoint.
        BadSignature: a known key's signature fails, or the origin is not the signing key's name.
        UnknownKey: the ledger's key did not sign it.
    """
    text, signed = open_note(note, (verifier, *others))
    if verifier not in signed:
        open_note(note, (verifier,))
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != verifier.name:
        raise BadSignature(f"the checkpoint of {checkpoint.origin} is signed by the key of {verifier.name}")
    return checkpoint
