# SPDX-License-Identifier: Apache-2.0
"""Passwords, second factors, session ids and tokens: how they are made, kept and compared."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import BoundedSemaphore

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from truceline.errors import Malformed, UnavailableError
from truceline.store.keys import load_key, make_key

SHORTEST, LONGEST = 15, 128
"""Length of a password, characters (NIST SP 800-63B rev. 4 asks for 15 where it may stand alone)."""

CODES = 10
"""Recovery codes of a second factor, each good once."""

STEP_S = 30
"""Length of a time step of the second factor, seconds (RFC 6238)."""

TOKEN_MARK = "tl_"  # noqa: S105  how a token begins, so that one that leaked can be searched for
"""How a token begins."""

_AT_ONCE = BoundedSemaphore(2)  # each hash takes 64 MiB: a flood of sign-ins waits instead of taking all memory


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """Return what is kept of a random secret; it is too long to be guessed, so a plain hash is enough."""
    return hashlib.sha256(b"truceline/secret/1\0" + secret.encode("utf-8", "surrogatepass")).digest()


def check_password(user: str, password: str) -> None:
    """Return if a password may be used.

    Raises:
        Malformed: it is too short, too long, holds the user's name or is one character over and over.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Malformed(f"a password has {SHORTEST} to {LONGEST} characters; several words do well")
    if user in password.lower() or len(set(password.lower())) < 6:
        raise Malformed("a password does not hold the user's name, and has at least six different characters")


class Passwords:
    """Argon2id (RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        """A hash that nobody knows the password of: who does not exist costs as much work as who does."""
        return self._hasher.hash(new_secret())

    def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        with _AT_ONCE:
            return self._hasher.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        """Return whether it is the password; None (nobody, or no password) takes as long and is never."""
        with _AT_ONCE:
            nobody = self._nobody  # made at the first sign-in, whoever it is
            try:
                right = self._hasher.verify(hashed or nobody, password)
            except (VerificationError, InvalidHashError, UnicodeEncodeError):
                return False
        return right and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Return whether it was hashed with other settings than today's."""
        return self._hasher.check_needs_rehash(hashed)


def new_totp() -> str:
    """Return the secret of a second factor, base32, 160 bits."""
    return pyotp.random_base32()


def totp_uri(secret: str, user: str, watch: str) -> str:
    """Return the address that authenticator programs read, often as a QR code."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=user, issuer_name=f"Truceline {watch}")


def totp_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step whose code this is, of the present one and its two neighbours; None: none of them."""
    present = int(now.timestamp()) // STEP_S
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(pyotp.TOTP(secret, interval=STEP_S).generate_otp(step).encode(), code.encode()):
            found = step
    return found


def new_codes() -> list[str]:
    """Return recovery codes of 80 random bits each, as ``XXXX-XXXX-XXXX-XXXX``."""
    drawn = (pyotp.random_base32(32)[:16] for _ in range(CODES))
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in drawn]


def code_hash(user: str, code: str) -> bytes:
    """Return what is kept of a recovery code, however it was written."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return fingerprint(f"{user}\0{plain}")


class Vault:
    """Seals second factors under a key of the key folder, so that the file of accounts alone gives none away."""

    def __init__(self, keys: Path, origin: str) -> None:
        self._keys = keys
        self._origin = f"{origin}/accounts"

    def begin(self) -> None:
        """Make the key if there is none.

        Raises:
            ConfigError: the key's file is not fit.
            UnavailableError: it cannot be written.
        """
        make_key(self._keys, self._origin)

    def _cipher(self) -> AESGCM:
        held = load_key(self._keys, self._origin)
        if held is None:
            raise UnavailableError(f"the key that seals second factors ({self._origin}) is not in the key folder")
        return AESGCM(hashlib.sha256(b"truceline/vault/1\0" + held.seed).digest())

    def seal(self, user: str, secret: str) -> bytes:
        """Return a secret sealed for one user."""
        nonce = os.urandom(12)
        return nonce + self._cipher().encrypt(nonce, secret.encode(), user.encode())

    def call_code(self, call: str) -> str:
        """Return the six digits that a caller of this centre can read out, and nobody else.

        Raises:
            UnavailableError: the key is gone.
        """
        held = load_key(self._keys, self._origin)
        if held is None:
            raise UnavailableError(f"the key that makes callers' codes ({self._origin}) is not in the key folder")
        key = hashlib.sha256(b"truceline/call/1\0" + held.seed).digest()
        drawn = int.from_bytes(hmac.new(key, call.encode(), hashlib.sha256).digest()[:8])
        return f"{drawn % 1_000_000:06d}"

    def open(self, user: str, sealed: bytes) -> str:
        """Return a user's secret.

        Raises:
            UnavailableError: the key is gone, or another one sealed it.
        """
        try:
            return self._cipher().decrypt(sealed[:12], sealed[12:], user.encode()).decode()
        except InvalidTag as error:
            raise UnavailableError("a second factor is sealed under another key than that in the key folder") from error
