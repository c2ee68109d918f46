# SPDX-License-Identifier: Apache-2.0
"""A record's leaf: salted commitments to its kind, id and body, and nothing in the clear.

``c:`` + base64(SHA-256("truceline/c1" || salt || canonical JSON of the value)). Each of the three values has a salt
of 16 random bytes of its own, so that showing one (with its salt) says nothing about the others, and a guess at a
coordinate cannot be tried against the leaf. The leaf is canonical JSON of strings and one integer, at most 65,535
bytes, because a published bundle gives its length in two.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass

from truceline.base.canonical import canonical
from truceline.errors import BodyMismatch, LeafMismatch, LimitExceeded, Malformed, TrustError

VERSION = 1
"""Version of the leaf's form."""

SALT_BYTES = 16
"""Bytes of one salt."""

SALTS_BYTES = 3 * SALT_BYTES
"""Bytes of a record's salts joined: kind, id, body."""

MAX_LEAF_BYTES = 65_535
"""Longest leaf."""

_PREFIX = b"truceline/c1"
_COMMITMENT = r"c:[A-Za-z0-9+/]{43}="
_LEAF = re.compile(
    rf'\{{"body":"({_COMMITMENT})","id":"({_COMMITMENT})","kind":"({_COMMITMENT})","v":1\}}'.encode(), re.ASCII
)
_PLAIN = re.compile(r"[a-zA-Z0-9_:.-]*", re.ASCII)
_sha256 = hashlib.sha256


@dataclass(frozen=True)
class Leaf:
    """The three commitments of a leaf, ``c:…`` each."""

    kind: str
    """To the record's kind."""

    id: str
    """To its id."""

    body: str
    """To its body."""


def commit(salt: bytes, value: bytes) -> bytes:
    """Return the commitment to a value's canonical bytes under a salt of 16 bytes."""
    return b"c:" + b64encode(_sha256(_PREFIX + salt + value).digest())


def _text(value: str) -> bytes:
    """Return canonical JSON of a text; ours (kinds and ids) hold nothing to escape."""
    return b'"' + value.encode() + b'"' if _PLAIN.fullmatch(value) else canonical(value)


def make_leaf(kind: str, id_: str, body: bytes, salts: bytes) -> bytes:
    """Return the leaf of a record whose ``body`` is canonical JSON, under its three salts joined (48 bytes).

    Raises:
        ValueError: the salts have another length.
        LimitExceeded: the leaf would be longer than 65,535 bytes (it is always 182).
    """
    if len(salts) != SALTS_BYTES:
        raise ValueError(f"{len(salts)} bytes of salt, not {SALTS_BYTES}")
    leaf = b'{"body":"%b","id":"%b","kind":"%b","v":1}' % (
        commit(salts[32:], body),
        commit(salts[16:32], _text(id_)),
        commit(salts[:16], _text(kind)),
    )
    if len(leaf) > MAX_LEAF_BYTES:
        raise LimitExceeded(f"a leaf of {len(leaf):,} bytes; at most {MAX_LEAF_BYTES:,} fit")
    return leaf


def parse_leaf(leaf: bytes) -> Leaf:
    """Return the commitments of a leaf.

    Raises:
        LimitExceeded: longer than 65,535 bytes.
        Malformed: not the canonical form of a leaf of this version.
    """
    if len(leaf) > MAX_LEAF_BYTES:
        raise LimitExceeded(f"a leaf of {len(leaf):,} bytes; at most {MAX_LEAF_BYTES:,} fit")
    match = _LEAF.fullmatch(leaf)
    if not match:
        raise Malformed("not a leaf of version 1")
    body, id_, kind = (part.decode() for part in match.groups())
    return Leaf(kind=kind, id=id_, body=body)


def id_of(kind: str, body: bytes) -> str:
    """Return the id that a kind and a canonical body give (as ``base.ids.content_id``, without writing it anew)."""
    return f"{kind}:{_sha256(body).hexdigest()[:32]}"


def explain_mismatch(leaf: bytes, kind: str, id_: str, body: bytes, salts: bytes) -> TrustError:
    """Return the error that fits a leaf which is not the one the record and its salts give."""
    try:
        held = parse_leaf(leaf)
    except (Malformed, LimitExceeded) as error:
        return LeafMismatch(f"its leaf is unreadable: {error.reason}")
    if len(salts) != SALTS_BYTES:
        return LeafMismatch(f"its salts are {len(salts)} bytes, not {SALTS_BYTES}")
    wrong = [
        name
        for name, commitment, salt, value in (
            ("kind", held.kind, salts[:16], _text(kind)),
            ("id", held.id, salts[16:32], _text(id_)),
            ("body", held.body, salts[32:], body),
        )
        if commit(salt, value).decode() != commitment
    ]
    if wrong:
        return BodyMismatch(f"its {' and '.join(wrong)} (or the salt) is not what its leaf commits to")
    return LeafMismatch("its leaf is not the one the record gives")
