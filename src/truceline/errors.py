# SPDX-License-Identifier: Apache-2.0
"""Every error Truceline raises on purpose, named for the fault or the attack.

::

    TrucelineError
    ├── InputError          what came in is wrong            (HTTP 422, exit 3)
    │   ├── Malformed           it does not have the form it claims
    │   ├── Truncated           it ends too early
    │   ├── LimitExceeded       larger, deeper or slower than we accept
    │   ├── TooLarge            a request larger than we accept  (HTTP 413)
    │   ├── ChecksumMismatch    its own checksum contradicts it
    │   ├── NoTime              it has no usable time
    │   ├── NoPlace             it has no usable place
    │   └── UnknownFormat       no source knows it
    ├── TrustError          it may be forged                 (HTTP 403/409, exit 1)
    │   ├── BadSignature        a known key's signature fails
    │   ├── UnknownKey          signed by a key we do not know
    │   ├── BodyMismatch        a record's body is not what its leaf commits to
    │   ├── LeafMismatch        a leaf is not the one the tree holds
    │   ├── RootMismatch        the tree's root is not the signed one
    │   ├── Uncovered           a record under no signed checkpoint
    │   ├── ReplayMismatch      re-run, a stage gives another record
    │   ├── Rollback            an older state than one already signed
    │   ├── FileMismatch        a published file is not the one the ledger holds
    │   ├── Replayed            a signed request that came before
    │   └── ClockImplausible    signed at a time that cannot be
    ├── StateError          not possible in this state       (HTTP 409, exit 5)
    │   ├── Outdated            decided on what has changed since (HTTP 412)
    │   └── KeyReused           a key that stands for something else
    ├── AccessError         not this person's to do or see   (HTTP 403, exit 7)
    │   ├── NotSignedIn         nobody known is asking           (HTTP 401)
    │   ├── NotHere             not there, or not theirs to know (HTTP 404)
    │   └── TooManyTries        wait before the next one         (HTTP 429)
    ├── UnavailableError    something needed is not there    (HTTP 503, exit 6)
    └── ConfigError         refuses to start                 (exit 2)
"""

from __future__ import annotations


class TrucelineError(Exception):
    """Root of the tree. ``str(error)`` is one sentence for a person.

    ``file``, ``line`` and ``record`` say where, when known; ``reason`` says why.
    """

    exit_code = 70
    http_status = 500

    def __init__(
        self, reason: str, *, file: str | None = None, line: int | None = None, record: str | None = None
    ) -> None:
        self.reason = reason
        self.file = file
        self.line = line
        self.record = record
        super().__init__(reason)

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        record = f"record {self.record}" if self.record is not None else ""
        return ": ".join(part for part in (where, record, self.reason) if part)


class InputError(TrucelineError):
    """What came in is wrong."""

    exit_code = 3
    http_status = 422


class Malformed(InputError):
    """It does not have the form it claims."""


class Truncated(InputError):
    """It ends too early."""


class LimitExceeded(InputError):
    """Larger, deeper or slower than we accept."""


class TooLarge(InputError):
    """A request larger than we accept; it is not read."""

    http_status = 413


class ChecksumMismatch(InputError):
    """Its own checksum contradicts it."""


class NoTime(InputError):
    """It has no usable time."""


class NoPlace(InputError):
    """It has no usable place."""


class UnknownFormat(InputError):
    """No source knows it."""


class TrustError(TrucelineError):
    """It may be forged."""

    exit_code = 1
    http_status = 409


class BadSignature(TrustError):
    """A known key's signature fails."""

    http_status = 403


class UnknownKey(TrustError):
    """Signed by a key we do not know."""

    http_status = 403


class BodyMismatch(TrustError):
    """A record's body is not what its leaf commits to."""


class LeafMismatch(TrustError):
    """A leaf is not the one the tree holds."""


class RootMismatch(TrustError):
    """The tree's root is not the signed one."""


class Uncovered(TrustError):
    """A record stands under no signed checkpoint."""


class ReplayMismatch(TrustError):
    """Re-run, a stage gives another record than the ledger holds."""


class Rollback(TrustError):
    """An older state than one already signed."""


class FileMismatch(TrustError):
    """A published file is not the one the ledger holds."""


class Replayed(TrustError):
    """A signed request that came before."""


class ClockImplausible(TrustError):
    """Signed at a time that cannot be."""


class StateError(TrucelineError):
    """Not possible in this state."""

    exit_code = 5
    http_status = 409


class Outdated(StateError):
    """Decided on a state that has changed since."""

    http_status = 412


class KeyReused(StateError):
    """An idempotency key that stands for another request."""


class AccessError(TrucelineError):
    """Not this person's to do or to see; where existence itself is restricted, it is as if there were nothing."""

    exit_code = 7
    http_status = 403


class NotSignedIn(AccessError):
    """Nobody known is asking: a session, token, password or code that does not hold."""

    http_status = 401


class NotHere(AccessError):
    """Not there, or not theirs to know of; both are told alike."""

    http_status = 404


class TooManyTries(AccessError):
    """Wait before the next one; ``wait_s`` says how long, seconds."""

    http_status = 429
    wait_s = 1.0


class UnavailableError(TrucelineError):
    """Something needed is not there."""

    exit_code = 6
    http_status = 503


class ConfigError(TrucelineError):
    """Refuses to start."""

    exit_code = 2
    http_status = 500
