# SPDX-License-Identifier: Apache-2.0
"""What requests and answers about the watch log hold."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from truceline.logbook.line import MAX_CHARS
from truceline.wire.acts import Form, Name, Text
from truceline.wire.answers import Answer, Moment

LineText = Annotated[str, Field(min_length=1, max_length=MAX_CHARS, description="2140 A10 3x shelling 122mm SE/3km")]
Place = Annotated[str, Field(min_length=1, max_length=100, description="48.01,37.80 ±20, @Town, or POST:090/3km")]
PatrolName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]


class NewLine(Form):
    """A line to be keyed."""

    line: LineText
    again: bool = Field(False, description="it happened twice: the same line as a moment ago is meant")


class Correction(Form):
    """A line that supersedes another; without one it is struck."""

    line: LineText | None = None
    reason: Text


class NewQuestion(Form):
    """Something left open."""

    text: Text
    about: Name | None = None


class NewAnswer(Form):
    """The answer to a question."""

    text: Text


class Signature(Form):
    """One half of a handover."""

    note: Annotated[str, Field(max_length=8000)] = ""


class Departure(Form):
    """A patrol goes out."""

    patrol: PatrolName
    every_minutes: Annotated[float, Field(ge=1, le=1440, description="how often it will be heard of, minutes")]
    place: Place | None = None


class Word(Form):
    """A patrol is heard of."""

    place: Place | None = None


class NewMine(Form):
    """A mine was found."""

    place: Place
    what: Text


class MineOver(Form):
    """Nothing lies there any more, or never did."""

    state: Literal["cleared", "withdrawn"] = Field(description="cleared: it is gone; withdrawn: the report was wrong")
    reason: Annotated[Text, Field(description="how that is known; told to everybody")]


class Entered(Answer):
    """An entry stands in the log."""

    entry: str
    record: int
    understood: str | None = None


class Line(Answer):
    """One line of the log."""

    entry: str
    by: str
    keyed: str | None = Field(description="as it was keyed; null: its place is not yours to see")
    understood: dict[str, Any]
    corrects: str | None
    superseded: str | None
    reason: str | None


class Lines(Answer):
    """A page of lines, newest first."""

    lines: list[Line]
    next: str | None


class Question(Answer):
    """An open question."""

    entry: str
    text: str
    about: str | None


class Questions(Answer):
    """What is open."""

    questions: list[Question]


class Shift(Answer):
    """What the shift adds up to."""

    summary: dict[str, Any] = Field(description="counts by layer with coverage beside each, questions, patrols")
    waiting: str | None = Field(description="the handover that waits to be taken over")
    stop_first: dict[str, Any] = Field(description="notices in time, late, overdue; minutes to silence; without blame")


class Spot(Answer):
    """Where, WGS 84."""

    lon: float | None
    lat: float | None
    sigma_m: float | None


class Patrol(Answer):
    """One patrol."""

    patrol: str
    state: str = Field(description="out, lost or back")
    every_minutes: float
    heard: Moment
    due: Moment | None
    left_minutes: float | None
    lost_since: Moment | None
    losses: int
    spot: Spot | None = None


class Patrols(Answer):
    """Who is out."""

    patrols: list[Patrol]


class Mine(Answer):
    """Where a mine lies: told to everybody."""

    report: str
    at: Moment
    lon: float
    lat: float
    sigma_m: float | None
    what: str
    state: str = Field(description="stands, cleared or withdrawn; one that is over stays in the list")
    since: Moment | None = Field(description="in which hour it was cleared or withdrawn")
    why: str | None
    exception: str
    audience: list[str]


class Mines(Answer):
    """Where mines lie."""

    mines: list[Mine]
