# SPDX-License-Identifier: Apache-2.0
"""A message by SMTP (RFC 5321), with its CAP document attached. What proves it is the server's answer to the data."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from truceline.channels.sent import Sent, cut
from truceline.dispatch.cap import cap
from truceline.dispatch.contacts import House
from truceline.model.dispatch import DRILL, Message

TIMEOUT_S = 20.0
"""Longest wait for a server, seconds."""


def message_id(message: Message, house: House) -> str:
    """Return the Message-ID, the same however often it is sent: by it a mailbox knows a second copy."""
    return f"<{message.id}@{house.sender.rpartition('@')[2]}>"


def mail(message: Message, address: str, house: House) -> bytes:
    """Return the mail as bytes; the same message gives the same bytes."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = house.sender, address, " ".join(message.subject.split())
    made["Date"], made["Message-ID"] = format_datetime(message.sent), message_id(message, house)
    made["Content-Language"] = message.language
    made["Auto-Submitted"] = "auto-generated"
    made["X-Truceline-Id"] = message.id
    if message.drill is not None:
        made["X-Truceline-Drill"] = f"{DRILL} {message.drill}"
    for each in message.refers:
        made["References"] = f"<{each.partition(',')[0]}@{house.sender.rpartition('@')[2]}>"
        break
    made.set_content(message.text)
    made.add_attachment(cap(message, house.sender), maintype="application", subtype="cap+xml", filename="alert.xml")
    made.set_boundary(f"=_{message.id}")
    return made.as_bytes()


def by_email(message: Message, address: str, house: House, password: str | None) -> Sent:
    """Send it once and return what came of it; only the server's 250 after the data counts."""
    data = mail(message, address, house)
    try:
        with smtplib.SMTP(house.host, house.port, timeout=TIMEOUT_S) as server:
            if house.starttls:
                server.starttls(context=ssl.create_default_context())
            if house.user is not None:
                server.login(house.user, password or "")
            server.ehlo_or_helo_if_needed()
            for code, said in _envelope(server, house.sender, address):
                if code not in (250, 251):
                    return Sent(_of(code), {"smtp": code, "said": cut(said)})
            code, said = server.data(data)
    except smtplib.SMTPResponseException as error:
        return Sent(_of(error.smtp_code), {"smtp": error.smtp_code, "said": cut(error.smtp_error)})
    except (OSError, smtplib.SMTPException) as error:
        return Sent("failed", {"error": type(error).__name__})
    result = "delivered" if code == 250 else _of(code)
    return Sent(result, {"smtp": code, "said": cut(said), "message_id": message_id(message, house)})


def _envelope(server: smtplib.SMTP, sender: str, address: str) -> list[tuple[int, bytes]]:
    first = server.mail(sender)
    return [first] if first[0] != 250 else [first, server.rcpt(address)]


def _of(code: int) -> str:
    """A 5xx is for good (RFC 5321, 4.2.1)."""
    return "refused" if 500 <= code < 600 else "failed"
