# SPDX-License-Identifier: Apache-2.0
"""How a webhook is signed and checked, and how whoever got it proves that they did. Both ends use this file.

The signature is HMAC-SHA256 (RFC 2104) over ``id.timestamp.body``; the receipt is one over ``receipt.id.sha256(body)``
under the same secret, so only who holds the secret, and had these bytes, can give it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from truceline.errors import BadSignature, ClockImplausible, Replayed

WINDOW = timedelta(minutes=5)
"""How far a signature's time may be from the receiver's."""

ID, TIME, SIGNATURE = "Truceline-Id", "Truceline-Timestamp", "Truceline-Signature"
"""Headers of a signed request; ``Idempotency-Key`` says the same as the first."""

RECEIPT = "Truceline-Receipt"
"""Header of the answer that proves it."""


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a request sent at ``timestamp`` (seconds since 1970, UTC)."""
    text = f"{id_}.{timestamp}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def headers(secret: str, id_: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a signed request."""
    timestamp = int(now.timestamp())
    return {
        ID: id_,
        TIME: str(timestamp),
        SIGNATURE: signature(secret, id_, timestamp, body),
        "Idempotency-Key": id_,
    }


def check(secret: str, given: Mapping[str, str], body: bytes, now: datetime, seen: Collection[str] = ()) -> str:
    """Return the id of a request that holds; for receivers.

    ``seen`` are signatures taken before. A message sent again by us has a new time and signature, and the same id: who
    has that id already answers with its receipt, and does nothing twice.

    Raises:
        BadSignature: it is not signed under this secret.
        ClockImplausible: it was signed too long ago, or lies in the future.
        Replayed: this very request came before: somebody else sends it again.
    """
    lower = {name.lower(): value for name, value in given.items()}
    id_, stamp, signed = (lower.get(name.lower(), "") for name in (ID, TIME, SIGNATURE))
    good = stamp.isascii() and stamp.isdigit() and len(stamp) < 12
    expected = signature(secret, id_, int(stamp) if good else 0, body)
    if not hmac.compare_digest(expected.encode(), signed.encode()) or not good:
        raise BadSignature("the request is not signed under this secret")
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise ClockImplausible("the request was signed too long ago, or in the future")
    if signed in seen:
        raise Replayed("this very request came before")
    return id_


def receipt(secret: str, id_: str, body: bytes) -> str:
    """Return what proves that a body came; for receivers."""
    text = f"receipt.{id_}.{hashlib.sha256(body).hexdigest()}"
    return "v1=" + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def proves(secret: str, id_: str, body: bytes, given: str) -> bool:
    """Return whether a receipt is one."""
    return hmac.compare_digest(receipt(secret, id_, body).encode(), given.encode("utf-8", "replace"))
