# SPDX-License-Identifier: Apache-2.0
"""A message as Common Alerting Protocol 1.2 (OASIS, 1 July 2010). Scope is always *Private*: it names its readers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

from truceline.dispatch.words import drill_line
from truceline.lang import catalogue
from truceline.model.dispatch import DRILL, Message

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

EXPIRES = timedelta(hours=72)
"""How long a message is of interest at most."""

_NEVER = dict.fromkeys((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF))
_NOW = ("asked", "decision_due", "stop_first")


def cap(message: Message, sender: str) -> bytes:
    """Return a message as a CAP 1.2 document; the same message gives the same bytes.

    Args:
        message: the message.
        sender: who sends it, an address without spaces.
    """
    alert = ET.Element("alert", xmlns=NAMESPACE)
    drill = message.drill is not None
    _add(alert, "identifier", message.id)
    _add(alert, "sender", sender)
    _add(alert, "sent", _time(message.sent))
    _add(alert, "status", "Exercise" if drill else "Actual")
    _add(alert, "msgType", message.kind)
    _add(alert, "scope", "Private")
    _add(alert, "addresses", message.to)
    if drill:
        _add(alert, "note", f"{drill_line(catalogue(message.language))} {message.drill}")
    if message.refers:
        _add(alert, "references", " ".join(f"{sender},{name},{_time(at)}" for name, at in _referred(message)))
    if message.incident:
        _add(alert, "incidents", message.incident)
    _info(alert, message)
    body: bytes = ET.tostring(alert, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def _info(alert: ET.Element, message: Message) -> None:
    words = catalogue(message.language)
    info = ET.SubElement(alert, "info")
    _add(info, "language", message.language)
    _add(info, "category", "Security")
    event = words.say(f"tell.{message.cause}")
    _add(info, "event", f"{DRILL}: {event}" if message.drill else event)
    _add(info, "responseType", "Execute" if message.cause == "stop_first" else "Assess")
    _add(info, "urgency", "Immediate" if message.cause in _NOW else "Expected")
    # How grave it is and how sure, people find; the message does not.
    _add(info, "severity", "Unknown")
    _add(info, "certainty", "Unknown")
    _add(info, "expires", _time(message.sent + EXPIRES))
    _add(info, "headline", message.subject)
    _add(info, "description", message.text)
    for name, value in (("cause", message.cause), ("releasable", ", ".join(message.releasable))):
        parameter = ET.SubElement(info, "parameter")
        _add(parameter, "valueName", f"truceline:{name}")
        _add(parameter, "value", value)
    area = ET.SubElement(info, "area")
    if message.circle is None:
        _add(area, "areaDesc", words.say("tell.whole"))
    else:
        lon, lat, km = message.circle
        _add(area, "areaDesc", words.say("tell.circle", n=km))
        _add(area, "circle", f"{lat:.4f},{lon:.4f} {km:g}")


def _referred(message: Message) -> list[tuple[str, datetime]]:
    pairs = (each.split(",", 1) for each in message.refers)
    return [(name, datetime.fromisoformat(at)) for name, at in pairs]


def _add(parent: ET.Element, name: str, text: str) -> None:
    # XML 1.0 knows no control characters but these three.
    clean = "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
    ET.SubElement(parent, name).text = clean


def _time(moment: datetime) -> str:
    """As CAP writes times: seconds and an offset in figures, never Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")
