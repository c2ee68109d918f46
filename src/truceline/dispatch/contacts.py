# SPDX-License-Identifier: Apache-2.0
"""Who is told, where and by which ways; in which order an office is rung. Secrets are named here, not kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from truceline.base.yaml import Node, parse
from truceline.errors import Malformed
from truceline.lang import languages
from truceline.model.dispatch import ALWAYS, CAUSES, CHANNELS
from truceline.terms.kinds import Choice, Entry, Field, Id, Keyed, ListOf, Number, Shape, Text
from truceline.terms.kinds_more import Flag, Integer
from truceline.terms.schema_core import may

CENTRE = "centre"
"""Office of those who serve no party or state."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts to which nothing needs to be sealed."""


@dataclass(frozen=True)
class Contact:
    """One person who is told."""

    id: str
    """Id, the only thing of it that the ledger holds."""

    user: str
    """Account: what the person may be told, the access table says."""

    name: str
    """As whoever rings asks for them."""

    addresses: Mapping[str, str]
    """By channel: an e-mail address, an URL, or for ``service`` the name of the secret that holds its address."""

    secret: str | None = None
    """Name of the secret that signs this person's webhooks."""

    phone: str | None = None
    """Number; None: is not rung."""

    without: tuple[str, ...] = ()
    """Causes the person does not want."""

    language: str = "en"
    """Code of the language messages and calls are in."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Ways in the order of preference."""
        return tuple(self.addresses)

    def wants(self, cause: str) -> bool:
        """Return whether the person is told of a cause; some cannot be turned off."""
        return cause in ALWAYS or cause not in self.without


@dataclass(frozen=True)
class Pace:
    """How often it is tried, and when an office is rung."""

    attempts: int = 8
    """Attempts by one way."""

    first_s: float = 20.0
    """After the first that failed, seconds; twice as long after each further one."""

    most_s: float = 1800.0
    """Never longer than this, seconds."""

    acknowledge_minutes: float = 15.0
    """An office that has not acknowledged for so long is rung."""

    call_minutes: float = 10.0
    """And the next of its tree so long after a call that came to nothing."""

    seed: int = 0
    """Of the scatter, so that a run can be repeated."""

    def wait(self, message: str, channel: str, attempt: int) -> timedelta:
        """Return how long to wait after an attempt (from 1) that failed: doubled each time, scattered by a half.

        The scatter keeps a hundred messages that failed together from coming back together.
        """
        drawn = hashlib.sha256(f"{self.seed}/{message}/{channel}/{attempt}".encode()).digest()
        share = int.from_bytes(drawn[:6]) / 2**48
        whole = min(self.most_s, self.first_s * 2 ** min(attempt - 1, 40))
        return timedelta(seconds=round(whole * (0.5 + 0.5 * share), 3))


@dataclass(frozen=True)
class House:
    """What the centre sends by."""

    sender: str = "truceline@localhost"
    """Sender's e-mail address."""

    host: str = "localhost"
    """SMTP server."""

    port: int = 25
    """Its port."""

    starttls: bool = True
    """Whether the line is sealed; only a server on this machine may do without."""

    user: str | None = None
    """User there."""

    password: str | None = None
    """Name of the secret that is its password."""


@dataclass(frozen=True)
class Contacts:
    """The whole file."""

    people: Mapping[str, Contact] = field(default_factory=dict)
    """By id."""

    trees: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Per office, whom to ring in which order."""

    house: House = field(default_factory=House)
    """What the centre sends by."""

    pace: Pace = field(default_factory=Pace)
    """How often, how long."""


class _Url:
    """An address that is sealed on its way, or does not leave the machine."""

    def read(self, node: Node, at: str, file: str) -> str:
        """Return it."""
        text = Text(500).read(node, at, file)
        try:
            parts = urlsplit(text)
            sealed = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
            good = sealed and bool(parts.hostname) and not parts.username and not parts.fragment and text.isascii()
        except ValueError:
            good = False
        if not good:
            raise Malformed(f"{at}: expected an https address without user or fragment", file=file, line=node.line)
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "format": "uri"}


class _Mail:
    """One e-mail address, plain ASCII, nothing that could end a header."""

    def read(self, node: Node, at: str, file: str) -> str:
        """Return it."""
        text = Text(254).read(node, at, file)
        name, _, host = text.rpartition("@")
        plain = text.isascii() and text.isprintable() and not set(text) & set(' ,;:<>()[]"\\')
        if not (plain and name and host):
            raise Malformed(f"{at}: expected one e-mail address, found {node.what}", file=file, line=node.line)
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "format": "email"}


CONTACT = Shape(
    {
        "id": Field(Id(), "Stable id"),
        "user": Field(Id(), "Account of the person"),
        "name": Field(Text(100), "Whom to ask for on the telephone"),
        "email": may(_Mail(), "E-mail address"),
        "webhook": may(_Url(), "Where signed JSON goes"),
        "cap": may(_Url(), "Where CAP 1.2 goes, signed alike"),
        "service": may(Id(), "Name of the secret that holds an address of apprise, such as Matrix"),
        "secret": may(Id(), "Name of the secret that signs webhooks; needed for webhook and cap"),
        "phone": may(Text(40), "Number"),
        "order": may(ListOf(Choice(CHANNELS, "a channel"), most=4), "Which of these ways are used; all if absent"),
        "language": may(Choice(languages(), "a language"), "Of messages and calls; en if absent"),
        "without": may(ListOf(Choice(CAUSES, "a cause"), most=20), "Causes the person does not want"),
    },
    "contact",
)
SMTP = Shape(
    {
        "sender": Field(_Mail(), "Sender's address"),
        "host": Field(Text(200), "Server"),
        "port": may(Integer(1, 65_535), "Port; 25 if absent"),
        "starttls": may(Flag(), "Whether the line is sealed; true if absent"),
        "user": may(Text(200), "User"),
        "password": may(Id(), "Name of the secret that is its password"),
    },
    "smtp",
)
PACE = Shape(
    {
        "attempts": may(Integer(1, 20), "Attempts by one way"),
        "first_s": may(Number(0.01, 3600, "seconds"), "Wait after the first failure"),
        "most_s": may(Number(0.01, 86_400, "seconds"), "Longest wait"),
        "acknowledge_minutes": may(Number(0, 1440, "minutes"), "When an office is rung"),
        "call_minutes": may(Number(0, 1440, "minutes"), "When the next one is"),
        "seed": may(Integer(0, 2**31), "Seed of the scatter"),
    },
    "pace",
)
FILE = Shape(
    {
        "contacts": Field(ListOf(CONTACT, least=1, most=500), "People"),
        "trees": may(Keyed(ListOf(Id(), least=1, most=20)), "Per office, whom to ring in which order"),
        "smtp": may(SMTP, "What e-mail goes by"),
        "pace": may(PACE, "How often, how long"),
    }
)


def read_contacts(text: str, file: str) -> Contacts:
    """Return what a contacts file says.

    Raises:
        Malformed: it is not of the form; file and line are named.
        LimitExceeded: it is too long.
    """
    read = FILE.read(parse(text, file=file), "", file)
    people: dict[str, Contact] = {}
    for entry in read["contacts"]:
        contact = _contact(entry, file)
        if contact.id in people:
            raise Malformed(f"the contact {contact.id} stands twice", file=file, line=entry.line("id"))
        people[contact.id] = contact
    trees = {office: tuple(_ringable(name, people, file) for name in names) for office, names in _trees(read)}
    return Contacts(
        people, trees, _house(read.get("smtp"), file), Pace(**(read["pace"].values if "pace" in read else {}))
    )


def _trees(read: Entry) -> list[tuple[str, list[Any]]]:
    return list((read.get("trees") or {}).items())


def _ringable(name: Any, people: Mapping[str, Contact], file: str) -> str:
    if name.text not in people:
        raise Malformed(f"trees: there is no contact {name.text}", file=file, line=name.line)
    if people[name.text].phone is None:
        raise Malformed(f"trees: {name.text} has no phone and cannot be rung", file=file, line=name.line)
    return str(name.text)


def _contact(entry: Entry, file: str) -> Contact:
    given = {name: _text(entry[name]) for name in CHANNELS if name in entry}
    order = entry.get("order") or list(given)
    for name in order:
        if name not in given:
            raise Malformed(f"order: {name} has no address here", file=file, line=entry.line("order"))
    for name in ("webhook", "cap"):
        if name in order and "secret" not in entry:
            raise Malformed(f"{name}: needs a secret that signs it", file=file, line=entry.line(name))
    if not order and "phone" not in entry:
        raise Malformed("a contact has an address or a phone", file=file, line=entry.line("id"))
    return Contact(
        id=entry["id"].text,
        user=entry["user"].text,
        name=entry["name"],
        addresses={name: given[name] for name in order},
        secret=entry["secret"].text if "secret" in entry else None,
        phone=entry.get("phone"),
        without=tuple(entry.get("without") or ()),
        language=entry.get("language") or "en",
    )


def _text(value: Any) -> str:
    return str(getattr(value, "text", value))


def _house(entry: Entry | None, file: str) -> House:
    if entry is None:
        return House()
    given: dict[str, Any] = {key: _text(value) if key == "password" else value for key, value in entry.values.items()}
    house = House(**given)
    if not house.starttls and house.host not in LOOPBACK:
        raise Malformed(
            "starttls: only a server on this machine may do without", file=file, line=entry.line("starttls")
        )
    return house
