# SPDX-License-Identifier: Apache-2.0
"""What requests and answers about messages to people outside hold."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from truceline.wire.acts import Form, Name
from truceline.wire.answers import Answer, Moment

Digits = Annotated[str, Field(pattern=r"^[0-9]([0-9 ]{0,14}[0-9])?$")]
Result = Literal["reached", "no answer", "wrong person", "refused"]
"""What came of a call (``model.dispatch.CALLED``)."""


class OfDrill(Answer):
    """The drill that all of it is."""

    word: str
    id: str
    name: str
    since: Moment


class Way(Answer):
    """One way of one message."""

    state: str = Field(description="queued, trying, delivered, failed or refused")
    tries: int
    again: Moment | None = Field(description="not tried again before; null: at once, or never")
    proof: dict[str, Any] = Field(description="what the other side said")


class Message(Answer):
    """One message, and what became of it."""

    id: str
    cause: str
    to: str = Field(description="contact")
    of: str = Field(description="party, state, or centre")
    subject: str
    drill: str | None = Field(description="id of the drill; null: it is real")
    answer: bool = Field(description="whether somebody must acknowledge it")
    sent: Moment
    state: str = Field(description="queued, delivered, acknowledged or failed")
    delivered: Moment | None
    acknowledged: Moment | None
    by: str | None
    how: str | None
    ways: dict[str, Way]
    language: str = Field(description="code of the language it is told in")
    may: list[str] | None = Field(None, description="what you may do: acknowledge, retry")


class WholeMessage(Message):
    """One message with its text."""

    text: str
    releasable: list[str]


class Call(Answer):
    """One call."""

    id: str
    of: str
    to: str
    by: str
    result: str | None = Field(description="null: not said yet")
    wrong: int = Field(description="wrong codes given")
    at: Moment
    items: list[str]
    confirmed: Moment | None


class ToRing(Answer):
    """An office that is to be rung now."""

    of: str
    to: str
    why: str
    items: list[str]


class TreePerson(Answer):
    """One person of a telephone tree; the number is told to whoever begins the call."""

    id: str
    name: str


class Tree(Answer):
    """An office's telephone tree."""

    of: str
    people: list[TreePerson] = Field(description="in the order they are rung")
    open: int = Field(description="messages nobody of the office has acknowledged")
    next: str | None = Field(description="contact who is rung next; null: nothing is open")
    at: Moment | None = Field(description="from when, if nobody acknowledges")


class Messages(Answer):
    """Messages you may see; with all calls for those who keep the watch, and your own for whoever was rung."""

    messages: list[Message]
    drill: OfDrill | None = Field(description="null: it is real")
    calls: list[Call] | None = None
    ring: list[ToRing] | None = None
    trees: list[Tree] | None = None
    nobody: list[str] | None = Field(None, description="contacts whose account is not in use, or may read no message")


class NewCall(Form):
    """A call to be begun."""

    office: Name | None = None


class Ringing(Answer):
    """Whom to ring, and what to read out."""

    call: str
    of: str
    why: str
    ask_for: str
    phone: str | None
    read_out: str = Field(description="six digits that only this centre can make; in no record")
    say: str = Field(description="what to say to the person rung, in their language, digits and all")
    language: str = Field(description="code of the language of the person rung")
    items: list[str] = Field(description="subjects of the messages")


class Said(Form):
    """What came of a call."""

    result: Result


class CalledBack(Form):
    """The codes of a person who called back."""

    code: Digits
    totp: Digits
