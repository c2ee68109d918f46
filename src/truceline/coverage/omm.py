# SPDX-License-Identifier: Apache-2.0
"""Orbit mean-elements messages (CCSDS 502.0-B-3) as XML or KVN: the named fields of each, numbers still as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from truceline.errors import InputError, LimitExceeded, Malformed, Truncated, UnknownFormat

MAX_FIELDS = 200
"""Most fields of one message."""

_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_UNIT = re.compile(r"\s*\[[^\]]*\]$")


def xml(body: str, file: str) -> Iterator[tuple[dict[str, str], str]]:
    """Yield (fields, number of the message) of each ``omm`` in an XML document, alone or inside ``ndm``.

    Raises:
        Malformed: not well-formed, or it declares a document type or entities.
        Truncated: it ends too early. UnknownFormat: it holds no ``omm``.
        LimitExceeded: a message of more than 200 fields.
    """
    if re.search(r"<!(DOCTYPE|ENTITY)", body, re.IGNORECASE):
        raise Malformed("declares a document type; orbit messages need none", file=file)
    try:
        root = ET.fromstring(body)  # noqa: S314  neither document types nor entities get here
    except ET.ParseError as error:
        line = error.position[0]
        ended = "no element found" in str(error) or "unclosed" in str(error)
        raise (Truncated if ended else Malformed)(f"not well-formed XML: {error}", file=file, line=line) from error
    except ValueError as error:
        raise Malformed(f"not XML: {error}", file=file) from error
    messages = [root] if _name(root) == "omm" else [item for item in root.iter() if _name(item) == "omm"]
    if not messages:
        raise UnknownFormat("XML that holds no element omm", file=file)
    for number, message in enumerate(messages, start=1):
        fields: dict[str, str] = {}
        for item in message.iter():
            if len(item) == 0 and _KEY.fullmatch(_name(item)):
                fields.setdefault(_name(item), (item.text or "").strip())
            if len(fields) > MAX_FIELDS:
                raise LimitExceeded(f"more than {MAX_FIELDS} fields", file=file, record=str(number))
        yield fields, str(number)


def _name(item: ET.Element) -> str:
    return item.tag.rsplit("}", maxsplit=1)[-1]


def kvn(text: str, file: str) -> Iterator[tuple[dict[str, str] | InputError, int]]:
    """Yield (fields, line on which it begins) of each message in ``KEY = VALUE`` form.

    In place of the fields stands an error where a line of the message is neither blank, a comment, nor a key and a
    value, or a key stands twice, or there are more than 200 fields; the next ``CCSDS_OMM_VERS`` begins another.
    """
    fields: dict[str, str] = {}
    fault: InputError | None = None
    begun = 1
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("COMMENT"):
            continue
        key, sign, value = (part.strip() for part in line.partition("="))
        if key == "CCSDS_OMM_VERS" and (fields or fault):
            yield fault or fields, begun
            fields, fault = {}, None
        if fault:
            continue
        if not fields:
            begun = number
        if not sign or not _KEY.fullmatch(key):
            fault = Malformed("not KEY = VALUE", file=file, line=number)
        elif key in fields:
            fault = Malformed(f"{key} stands twice in one message", file=file, line=number)
        elif len(fields) == MAX_FIELDS:
            fault = LimitExceeded(f"more than {MAX_FIELDS} fields", file=file, line=number)
        else:
            fields[key] = _UNIT.sub("", value)
    if fields or fault:
        yield fault or fields, begun
