# SPDX-License-Identifier: Apache-2.0
"""A message by a signed POST, as JSON or as CAP 1.2. What proves it is a receipt that only the receiver can give."""

from __future__ import annotations

from datetime import datetime

import httpx

from truceline import __version__
from truceline.base.canonical import canonical
from truceline.channels.sent import Sent, cut
from truceline.dispatch import signing
from truceline.dispatch.cap import cap
from truceline.model.dispatch import DRILL, Message

TIMEOUT_S = 15.0
"""Longest wait for an answer, seconds."""

MAX_ANSWER = 65_536
"""Longest answer read, bytes."""

LATER = (408, 425, 429)
"""Of the 4xx those that may come right."""


def body_of(message: Message) -> bytes:
    """Return a message as canonical JSON, with ``drill`` first in what a reader sees."""
    told = {"id": message.id, "drill": DRILL if message.drill is not None else None, "message": message.to_json()}
    return canonical(told)


def by_webhook(message: Message, url: str, secret: str, now: datetime, *, form: str, sender: str) -> Sent:
    """Send it once and return what came of it.

    Args:
        message: the message.
        url: where to.
        secret: what signs it.
        now: the time of the signature, UTC.
        form: ``webhook`` (JSON) or ``cap``.
        sender: who sends it, for CAP.
    """
    body = cap(message, sender) if form == "cap" else body_of(message)
    headers = {
        **signing.headers(secret, message.id, now, body),
        "Content-Type": "application/cap+xml" if form == "cap" else "application/json",
        "User-Agent": f"truceline/{__version__}",
    }
    if message.drill is not None:
        headers["Truceline-Drill"] = f"{DRILL} {message.drill}"
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            read = 0
            for chunk in answer.iter_raw():
                read += len(chunk)
                if read > MAX_ANSWER:
                    break
            status, given = answer.status_code, answer.headers.get(signing.RECEIPT, "")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Sent("failed", {"error": type(error).__name__})
    if not 200 <= status < 300:
        # A redirect is no delivery: what is signed goes where the contacts file says, or nowhere.
        return Sent("refused" if 300 <= status < 500 and status not in LATER else "failed", {"http": status})
    if not signing.proves(secret, message.id, body, given):
        return Sent("failed", {"http": status, "receipt": "missing or wrong"})
    return Sent("delivered", {"http": status, "receipt": cut(given)})
