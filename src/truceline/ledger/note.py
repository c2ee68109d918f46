# SPDX-License-Identifier: Apache-2.0
"""C2SP signed notes with Ed25519 keys: strict in what is read, one form in what is written.

A note is text that ends in a newline, a blank line, then signature lines ``— name base64(key id || signature)``.
The blank line meant is the *last* one: the text may hold others. A signature by an unknown key is passed over; a
known key's signature that fails condemns the whole note; a note that no known key signed is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from truceline.errors import BadSignature, LimitExceeded, Malformed, UnknownKey

ED25519 = b"\x01"
"""Signature type of plain Ed25519 (C2SP signed-note)."""

MAX_NOTE_BYTES = 100_000
"""Longest note read, bytes: room for sixteen post-quantum signatures."""

MAX_SIGNATURES = 64
"""Most signature lines read (the specification asks for at least 16)."""

_NAME = r"[^\s+]+"
_SIGNATURE = re.compile(rf"— ({_NAME}) ([A-Za-z0-9+/]+={{0,2}})")
_VKEY = re.compile(rf"({_NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]+={{0,2}})")
_SKEY = re.compile(rf"PRIVATE\+KEY\+({_NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]+={{0,2}})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def strict_base64(text: str) -> bytes:
    """Return the bytes of canonical standard base64.

    Raises:
        Malformed: another alphabet, wrong padding, or stray bits at the end (Python's own reader lets those pass).
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"not base64: {text!r:.60}") from error
    if base64.b64encode(data).decode() != text:
        raise Malformed(f"not canonical base64: {text!r:.60}")
    return data


def check_name(name: str) -> str:
    """Return a key name (or origin) as it is.

    Raises:
        Malformed: empty, or it holds a space, a plus, a control character or what UTF-8 cannot write.
    """
    if not re.fullmatch(_NAME, name) or _CONTROL.search(name) or not name.isprintable():
        raise Malformed(f"{name!r:.80} cannot name a key: it must be printable, without spaces and plus signs")
    return name


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


@dataclass(frozen=True)
class Verifier:
    """A public key and its name."""

    name: str
    """Name in signature lines; a ledger's origin."""

    public: bytes
    """Ed25519 public key, 32 bytes."""

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Return the key that ``name+hash+base64`` writes.

        Raises:
            Malformed: another form, a key that is not Ed25519, or a hash that does not fit.
        """
        match = _VKEY.fullmatch(vkey)
        if not match:
            raise Malformed(f"not a verifier key (name+hash+base64): {vkey!r:.80}")
        name, data = check_name(match[1]), strict_base64(match[3])
        if len(data) != 33 or data[:1] != ED25519:
            raise Malformed("the verifier key is not an Ed25519 key")
        if _key_id(name, data[1:]).hex() != match[2]:
            raise Malformed("the verifier key does not fit its own hash: it was mistyped or altered")
        return cls(name, data[1:])

    @cached_property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name, newline, 0x01, public key)."""
        return _key_id(self.name, self.public)

    @property
    def vkey(self) -> str:
        """The key as one string, ``name+hash+base64``."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    def verify(self, text: str, signature: bytes) -> None:
        """Return if ``signature`` is this key's over ``text``.

        Raises:
            BadSignature: it is not.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError) as error:
            raise BadSignature(f"the signature of {self.name} fails") from error


@dataclass(frozen=True)
class Signer:
    """A private key and its name."""

    name: str
    """Name in signature lines; a ledger's origin."""

    seed: bytes
    """Ed25519 private key, 32 bytes."""

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return f"Signer({self.name!r})"

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Return the key that ``PRIVATE+KEY+name+hash+base64`` writes (the form of Go's note package).

        Raises:
            Malformed: another form or a hash that does not fit. The text says nothing of the secret.
        """
        match = _SKEY.fullmatch(text)
        if not match:
            raise Malformed("not a private note key")
        data = strict_base64(match[3])
        if len(data) != 33 or data[:1] != ED25519:
            raise Malformed("the private key is not an Ed25519 key")
        signer = cls(check_name(match[1]), data[1:])
        if signer.verifier.key_id.hex() != match[2]:
            raise Malformed("the private key does not fit its own hash")
        return signer

    @cached_property
    def verifier(self) -> Verifier:
        """The public half."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, private.public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """The private key as one string; it belongs in a file of mode 0600 and nowhere else."""
        secret = base64.b64encode(ED25519 + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{secret}"

    def sign(self, text: str) -> str:
        """Return the note: the text, a blank line, one signature line.

        Raises:
            Malformed: the text does not end in a newline or holds control characters.
        """
        _check_text(text)
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        line = base64.b64encode(self.verifier.key_id + signature).decode()
        return f"{text}\n— {self.name} {line}\n"


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise Malformed("a note's text must end in a newline")
    if _CONTROL.search(text):
        raise Malformed("a note may hold no control character but the newline")


def open_note(note: bytes | str, verifiers: Sequence[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """Return the text of a note and the known keys that signed it, at least one.

    Raises:
        Malformed, LimitExceeded: it is not a note.
        BadSignature: a known key's signature fails.
        UnknownKey: none of the known keys signed it.
    """
    text, lines = _parse(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed: list[Verifier] = []
    for line in lines:
        match = _SIGNATURE.fullmatch(line)
        if not match:
            raise Malformed(f"not a signature line: {line!r:.80}")
        data = strict_base64(match[2])
        if len(data) < 5:
            raise Malformed("a signature is too short to name its key")
        verifier = known.get((match[1], data[:4]))
        if verifier is None:
            continue
        verifier.verify(text, data[4:])
        if verifier not in signed:
            signed.append(verifier)
    if not signed:
        names = ", ".join(verifier.vkey for verifier in verifiers) or "none"
        raise UnknownKey(f"not signed by a known key (known: {names})")
    return text, tuple(signed)


def _parse(note: bytes | str) -> tuple[str, list[str]]:
    """Return the text and the signature lines."""
    if len(note) > MAX_NOTE_BYTES:
        raise LimitExceeded(f"a note of {len(note):,} bytes; at most {MAX_NOTE_BYTES:,} are read")
    try:
        whole = note.decode("utf-8") if isinstance(note, bytes) else note
    except UnicodeDecodeError as error:
        raise Malformed("the note is not UTF-8") from error
    body, blank, tail = whole.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise Malformed("the note has no signatures after a blank line")
    text = body + "\n"
    _check_text(text)
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise LimitExceeded(f"{len(lines)} signatures; at most {MAX_SIGNATURES} are read")
    return text, lines
