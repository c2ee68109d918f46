# SPDX-License-Identifier: Apache-2.0
"""What requests and answers about the response hold (docs/reference/response-acts.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import Field, create_model

from truceline.model.ladder import ORIGINS, STOPS
from truceline.model.response import DECISIONS, MOVES
from truceline.response.apply import CHECKS
from truceline.wire.acts import MAX_LIST, Among, Form, Moment, Name, Text
from truceline.wire.answers import Answer, Doer
from truceline.wire.answers import Moment as Told

Names = Annotated[list[Name], Field(max_length=MAX_LIST)]
Origin = Annotated[str, Among(ORIGINS)]


class Signing(Form):
    """A case that can set a step off; all that is not named here is taken from the case."""

    case: Name
    breach: Annotated[list[Moment], Field(min_length=2, max_length=2, description="from, to")] | None = None
    looked: Moment | None = None
    acts: Names | None = None
    zones: Names | None = None


class Beginning(Form):
    """A response, with the sign that is its initial breach."""

    breach: Name


class OfBreach(Form):
    """Another sign as the initial breach: held to be it, or chosen anew."""

    response: Name
    breach: Name


class OfStep(Form):
    """About a step of a response."""

    response: Name
    step: Name


class Declaring(OfStep):
    """A step is declared."""

    although: Text | None = Field(None, description="where nobody can tell whether its trigger is met: although what")


class Answering(OfStep):
    """What a state does at a step that it was asked for."""

    state: Name


class Deciding(Answering):
    """What a capital decided."""

    decision: Annotated[str, Among(DECISIONS)]


class Verifying(Answering):
    """What the centre saw of a state's report."""

    result: Annotated[str, Among(CHECKS)]


class Stopping(Form):
    """Something that clocks may stand still for."""

    what: Annotated[str, Among(STOPS)]
    from_: Moment | None = Field(None, alias="from")
    to: Moment | None = None


class Resuming(Form):
    """What is over."""

    stop: Name


class Convening(Form):
    """A consultation: who is asked to come, and how many it takes to decide anything."""

    response: Name
    about: Text
    invited: Annotated[list[Name], Field(min_length=1, max_length=MAX_LIST)]
    quorum: Annotated[int, Field(ge=1, le=MAX_LIST)]
    begins: Moment | None = Field(None, description="null: at once")


class Attending(Form):
    """A state is there."""

    consultation: Name
    state: Name


class Minuting(Form):
    """What was said, and what was decided where enough were there."""

    consultation: Name
    text: Text
    decided: Text | None = None


DATA: Mapping[str, type[Form]] = {
    "sign": Signing,
    "begin": Beginning,
    "dispute": OfBreach,
    "choose": OfBreach,
    "declare": Declaring,
    "lift": OfStep,
    "acknowledge": Answering,
    "decide": Deciding,
    "report": Answering,
    "verify": Verifying,
    "stop": Stopping,
    "resume": Resuming,
    "convene": Convening,
    "attend": Attending,
    "minutes": Minuting,
}
"""By kind of move."""

assert set(DATA) == set(MOVES)


class AskedMove(Form):
    """What every move's request holds; id, time and who are the server's to say."""

    kind: str
    reason: Text
    data: Form

    def given(self) -> dict[str, Any]:
        """Return the move's data as the ledger keeps them: what was said, and nothing that was not."""
        return self.data.model_dump(mode="json", by_alias=True, exclude_none=True)


def _request(kind: str) -> type[AskedMove]:
    form = DATA[kind]
    given: dict[str, Any] = {"kind": (Literal[kind], ...), "data": (form, ...)}
    return create_model(f"Move{kind.capitalize()}", __base__=AskedMove, __doc__=form.__doc__, **given)


if TYPE_CHECKING:
    AnyMove = AskedMove
else:
    AnyMove = Annotated[Union[tuple(_request(kind) for kind in DATA)], Field(discriminator="kind")]  # noqa: UP007  made from a list
    """The request of any move."""


class Drill(Answer):
    """Everything here is a drill."""

    since: Told
    name: str


class Span(Answer):
    """Earliest and latest."""

    earliest: Told | None = Field(description="null: no deadline is known")
    latest: Told | None = Field(description="null: open, or no deadline is known")


class WayToCount(Answer):
    """One way to count a step's clock."""

    sign: str
    held_by: str = Field(description="chosen, or who holds that sign to be the initial breach")
    from_: str = Field(alias="from", description="breach, detection or determination")
    stands_still: bool
    earliest: Told
    latest: Told | None


class Declared(Answer):
    """Who declared a step."""

    by: str | None = Field(description="null: not told to parties")
    role: str = Field(description="office in which it was declared")
    of: str | None = Field(description="state or party it was declared for; null: none")
    at: Told
    move: str
    lifted: Told | None


class Conflict(Answer):
    """A state that is itself a party."""

    party: bool
    rule: str = Field(description="the terms' rule: acts, stands_aside, unknown")
    accused: bool | None = Field(None, description="absent: you may not be told who is accused")


class Decided(Answer):
    """One decision of a capital."""

    at: Told
    decision: str


class Checked(Answer):
    """What the centre saw."""

    at: Told
    result: str


class Standing(Answer):
    """Where one state stands at a step."""

    status: str
    promises: list[str] | None = Field(None, description="its commitments to the step that you may read")
    withdrawn: list[str] | None = None
    withheld: int | None = Field(None, description="commitments to the step that you may not read")
    said: bool | None = Field(None, description="of no commitment: whether it said so; false: it has not said")
    parliament: bool | None = Field(None, description="all it promised to the step awaits its parliament")
    conflict: Conflict | None = None
    asked: Told | None = None
    acknowledged: Told | None = None
    decisions: list[Decided] | None = None
    reported: Told | None = None
    checks: list[Checked] | None = None
    done: bool | None = None
    against_promise: bool | None = None


class StepNow(Answer):
    """One step of a response."""

    step: str
    number: int
    text: str
    trigger: str = Field(description="met, not met, cannot tell")
    met_by: list[str]
    falsely: dict[str, float] | None = Field(description="bounds on the chance that it was set off falsely")
    declared: Declared | None
    ground: bool | None
    due: Span
    decision_due: bool = Field(description="a decision is due, and nothing else follows")
    clocks: list[WayToCount]
    changes_of_clocks: list[dict[str, Any]]
    states: dict[str, Standing]


class Choice(Answer):
    """A sign chosen, or held, to be the initial breach."""

    sign: str
    by: str | None = Field(description="null: not told to parties")
    of: str | None
    at: Told
    reason: str


class Breach(Answer):
    """The initial breach of a response."""

    sign: str
    party: str | None
    stands: bool
    chosen: list[Choice]
    disputed: list[Choice]


Hours = dict[str, Any]
"""Hours from the breach to the look, to receipt, notice and finding."""


class Response(Answer):
    """One response."""

    response: str
    breach: Breach
    hours: Hours
    steps: list[StepNow]


class Proposed(Answer):
    """A step whose clock signs propose."""

    step: str
    signs: list[str]
    trigger: str
    falsely: dict[str, float] | None


class Fault(Answer):
    """What keeps the ladder from being climbed."""

    clause: str
    key: str
    message: str
    mend: str


class Stop(Answer):
    """What clocks may stand still for."""

    stop: str
    what: str
    from_: Told = Field(alias="from")
    to: Told | None


class Written(Answer):
    """What was written of a consultation; the last holds."""

    move: str
    by: str | None = Field(description="null: not told to parties")
    at: Told
    text: str
    decided: str | None


class Consultation(Answer):
    """States asked to talk. What they decide starts nothing by itself."""

    consultation: str
    response: str
    about: str
    begins: Told
    convened_by: str | None = Field(description="null: not told to parties")
    invited: list[str]
    quorum: int
    present: dict[str, Told]
    quorate: bool
    minutes: list[Written]


class AskedNow(Standing):
    """A step that one state is asked for."""

    response: str
    step: str
    number: int
    text: str
    due: Span
    acknowledge_by: Told | None = Field(None, description="null: the terms set no hours")


class Board(Answer):
    """The board as far as you may see it; a party sees what it is asked."""

    at: Told
    drill: Drill | None
    consultations: list[Consultation]
    responses: list[Response] | None = None
    proposed: list[Proposed] | None = None
    signs: list[dict[str, Any]] | None = None
    stopped: list[Stop] | None = None
    faults: list[Fault] | None = None
    asked: list[AskedNow] | None = None
    version: int | None = Field(None, description="ledger index of the newest move you may see; give it as If-Match")


class StepClock(Answer):
    """One step's clock."""

    step: str
    number: int
    text: str
    trigger: str
    due: Span
    decision_due: bool
    declared: Declared | None
    clocks: list[WayToCount]


class ResponseClocks(Answer):
    """The clocks of one response."""

    response: str
    hours: Hours
    steps: list[StepClock]


class Clocks(Answer):
    """All clocks that run."""

    at: Told
    drill: Drill | None
    stopped: list[Stop]
    responses: list[ResponseClocks]


class Move(Answer):
    """One move."""

    move: str
    kind: str
    by: Doer
    at: Told
    reason: str
    data: dict[str, Any]
    clocks: dict[str, Any] = Field(description="earliest and latest of each step after it, as told then")
    record: int


class Moves(Answer):
    """A page of moves."""

    moves: list[Move]
    next: str | None


class Moved(Answer):
    """What came of a move."""

    move: str
    kind: str
    record: int = Field(description="its ledger index, and the response's version after it")


class Replay(Answer):
    """The response replayed from its logged moves."""

    moves: int
    same: bool = Field(description="whether it comes to the clocks that were told then")
    differs: list[dict[str, Any]]
    clocks: dict[str, Any]
    trace: list[dict[str, Any]]
    had: dict[str, Any] = Field(description="what would have differed had every clock counted from one origin")


class Seat(Answer):
    """What the register knows of a state; null where no source says."""

    id: str
    name: str
    role: str
    member_of: list[str]
    members: int | None
    decides: str | None
    parliament: bool | None
    source: dict[str, Any] | None
    in_register: bool


class Foreseen(Answer):
    """A step that may ask a state."""

    step: str
    number: int
    text: str
    trigger: str
    declared_by: list[str]
    acknowledge_hours: float | None
    done: str | None
    conflict: str | None = Field(description="of a party: the terms' rule")


class State(Answer):
    """One state: what it promised, what it is asked, by when, who decides there."""

    at: Told
    drill: Drill | None
    state: Seat
    party: bool
    guarantor: bool
    asked: list[AskedNow]
    foreseen: list[Foreseen]
    commitments: list[dict[str, Any]]
    withheld: int
    consultations: list[Consultation]


class MoveTold(Answer):
    """One event of the stream: a move that you may see."""

    at: Told
    move: str
    kind: str
    response: str | None = None
