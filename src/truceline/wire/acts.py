# SPDX-License-Identifier: Apache-2.0
"""What an act's request holds, kind by kind (docs/reference/case-acts.md). What is not named here is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import core_schema

from truceline.base.clock import iso, utc
from truceline.commission.case import EXITS
from truceline.commission.checks import ATTRIBUTIONS, INTENTS, SEVERITIES, STATUSES, VERDICTS
from truceline.commission.deliberation import AUDIENCES, REMEDIES
from truceline.commission.evidence import MAX_BLOBS
from truceline.commission.hearing import NOBODY, OUTCOMES
from truceline.model.case import LEVELS, RECORD_OF

MAX_TEXT = 8_000
"""Longest text, characters."""

MAX_LIST = 200
"""Longest list."""

MAX_INDEX = (1 << 53) - 1
"""Highest ledger index that every JSON reader keeps exact."""


@dataclass(frozen=True)
class Among:
    """One of these words, as an annotation: the lists are the commission's own, made elsewhere."""

    words: tuple[str, ...]
    """Which."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        """Return the schema of a word of the list."""
        return core_schema.literal_schema(list(self.words))


def _integer(said: Any) -> Any:
    """JSON knows one kind of number: 7.0 is 7."""
    return int(said) if isinstance(said, float) and said.is_integer() else said


def _moment(said: str) -> str:
    return iso(utc(said))


def _whole(shares: dict[str, float]) -> dict[str, float]:
    if not set(NOBODY) <= set(shares):
        raise ValueError(f"{', '.join(NOBODY)} must stand beside the parties")
    if abs(math.fsum(shares.values()) - 1) > 1e-6:
        raise ValueError("shares add up to 1")
    return shares


Name = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}$")]
"""Id of a case, an act, a seat, a party."""

Word = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z ._:/,-]{0,119}$")]
"""A word or a short name."""

Text = Annotated[str, Field(max_length=MAX_TEXT, pattern=r"[!-~À-ɏͰ-῿぀-힣]")]
"""What people say: something can be read in it."""

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a file."""

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}), AfterValidator(_moment)]
"""A time with its zone (RFC 3339)."""

Index = Annotated[int, Field(ge=0, le=MAX_INDEX), BeforeValidator(_integer)]
"""Ledger index."""

Share = Annotated[float, Field(ge=0, le=1)]
"""From 0 to 1."""

Hours = Annotated[float, Field(ge=0, le=100_000)]


class Form(BaseModel):
    """What all forms of requests share: nothing but what is named, and of the type it is named with."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Nothing(Form):
    """The act says all by being done."""


class Opening(Form):
    """A new case."""

    title: Text
    origin: Literal["event", "complaint", "self_report", "call"]
    events: Annotated[list[Index], Field(max_length=MAX_LIST)] = []
    provisions: Annotated[list[Name], Field(max_length=MAX_LIST)] = []
    complainant: Name | None = None
    accused: Annotated[list[Name], Field(max_length=MAX_LIST)] = []
    split_from: Name | None = None
    evidence: Annotated[list[Name], Field(max_length=MAX_LIST)] = []


class Evidence(Form):
    """One exhibit."""

    modality: Word
    family: Word
    owner: Word
    grade: Annotated[str, Field(pattern=r"^[A-F][1-6]$", description="Admiralty code")]
    level: Annotated[str, Among(LEVELS)] = "restricted"
    record: Index | None = None
    readers: Annotated[list[Name], Field(max_length=MAX_LIST)] | None = None
    blobs: Annotated[list[Hash], Field(max_length=MAX_BLOBS)] = []
    held_by: Word | None = None
    counters: Name | None = None


class HandingOn(Form):
    """Who holds an exhibit now."""

    evidence: Name
    to: Word
    blobs: Annotated[list[Hash], Field(max_length=MAX_BLOBS)] | None = None


class Grading(Form):
    """An exhibit judged anew."""

    evidence: Name
    grade: Annotated[str, Field(pattern=r"^[A-F][1-6]$", description="Admiralty code")]


class OfExhibit(Form):
    """About an exhibit."""

    evidence: Name


class Assessing(Form):
    """Least and greatest probability of a breach under each reading."""

    readings: Annotated[
        dict[Name, Annotated[list[Share | None], Field(min_length=2, max_length=2)]],
        Field(max_length=MAX_LIST, json_schema_extra={"additionalProperties": False}),
    ] = {}
    probability: Share | None = None
    events: Annotated[list[Index], Field(max_length=MAX_LIST)] = []


class Attributing(Form):
    """Shares over the parties, neither, proxy, accident and unknown; they add up to one."""

    hypotheses: Annotated[
        dict[Name, Share],
        Field(max_length=MAX_LIST, json_schema_extra={"required": list(NOBODY), "additionalProperties": False}),
        AfterValidator(_whole),
    ]
    basis: Annotated[list[Name], Field(max_length=MAX_LIST)]


class Exception_(Form):  # noqa: N801  an exception of an agreement, not of Python
    """One exception of the agreement, tested."""

    id: Name
    applies: Literal["yes", "no", "cannot tell"]


class Testing(Form):
    """Every exception, tested."""

    exceptions: Annotated[list[Exception_], Field(max_length=MAX_LIST)]
    notices_matched: bool = False


class OfParty(Form):
    """About a party."""

    party: Name


class Alleging(Form):
    """What a party is accused of."""

    party: Name
    text: Text


class Replying(Form):
    """What the accused says."""

    party: Name
    text: Text
    admits: bool = False


class Asking(Form):
    """A request for an inspection, for a sensor's look, or for the review of a finding."""

    what: Annotated[str, Among(tuple(OUTCOMES))]
    finding: Name | None = None


class Outcome(Form):
    """What came of a request."""

    request: Name
    outcome: Annotated[str, Among(tuple(dict.fromkeys(word for words in OUTCOMES.values() for word in words)))]


class Outage(Form):
    """When the centre could not be reached."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment


class Noting(Form):
    """A note of the deliberation."""

    audience: Annotated[list[Annotated[str, Among(AUDIENCES)]], Field(min_length=1, max_length=MAX_LIST)]
    text: Text
    level: Annotated[str, Among(LEVELS)] = "restricted"


class Covered(Form):
    """How much was watched: no finding stands without it."""

    share: Share
    reference_act: Text
    period: Text


class Proposing(Form):
    """A finding as put to the vote."""

    status: Annotated[str, Among((*STATUSES, *VERDICTS))]
    attribution: Annotated[str, Among(ATTRIBUTIONS)] = "none"
    party: Name | None = None
    severity: Annotated[str, Among(SEVERITIES)] = "none"
    intent: Annotated[str, Among(INTENTS)] = "unknown"
    provisions: Annotated[list[Name], Field(max_length=MAX_LIST)] = []
    reading: Name
    basis: Annotated[list[Name], Field(max_length=MAX_LIST)]
    coverage: Covered
    deadline: Moment
    provisional: bool = False
    corrects: Name | None = None


class Voting(Form):
    """A seat's vote; it is final."""

    proposal: Name
    choice: Literal["for", "against", "abstain"]


class OfProposal(Form):
    """About a proposal."""

    proposal: Name


class Remedying(Form):
    """What a finding asks for."""

    finding: Name
    kind: Annotated[str, Among(REMEDIES)]
    party: Name
    due_hours: Hours | None = None


class Reporting(Form):
    """What its party says it has done of a remedy."""

    remedy: Name
    party: Name


class Verifying(Form):
    """What came of a remedy."""

    remedy: Name
    result: Literal["done", "not done", "cannot be verified"]


class Releasing(Form):
    """To whom something is to be released."""

    item: Name
    audience: Annotated[list[Annotated[str, Among(AUDIENCES)]], Field(min_length=1, max_length=MAX_LIST)]


class Redacting(Form):
    """Fields of an exhibit that are to be withheld for good, and by which law."""

    evidence: Name
    fields: Annotated[list[Name], Field(min_length=1, max_length=MAX_LIST)]
    basis: Text


class Approving(Form):
    """Which step of another person's is approved."""

    of: Name


class Merging(Form):
    """The case that takes this one over."""

    into: Name


class Splitting(Form):
    """Events that leave the case."""

    events: Annotated[list[Index], Field(min_length=1, max_length=MAX_LIST)]


class Reopening(Form):
    """Evidence that gives reason to."""

    evidence: Name | None = None


class Closing(Form):
    """How it ends."""

    exit: Annotated[str, Among(EXITS)]


DATA: Mapping[str, type[Form]] = {
    "open": Opening,
    "evidence": Evidence,
    "custody": HandingOn,
    "grade": Grading,
    "withdraw_evidence": OfExhibit,
    "assess": Assessing,
    "attribute": Attributing,
    "test_exceptions": Testing,
    "notice": Nothing,
    "acknowledge": OfParty,
    "order": OfParty,
    "silence": OfParty,
    "allege": Alleging,
    "reply": Replying,
    "request": Asking,
    "outcome": Outcome,
    "outage": Outage,
    "conflict": Nothing,
    "boycott": Nothing,
    "return": Nothing,
    "note": Noting,
    "propose": Proposing,
    "vote": Voting,
    "determine": OfProposal,
    "remedy": Remedying,
    "report_remedy": Reporting,
    "verify_remedy": Verifying,
    "release": Releasing,
    "redact": Redacting,
    "approve": Approving,
    "merge": Merging,
    "split": Splitting,
    "reopen": Reopening,
    "close": Closing,
}
"""By kind of act. Nobody asks for ``absorb``: it follows a ``merge``."""

assert {*DATA, "absorb"} == set(RECORD_OF)


class Asked(Form):
    """What every act's request holds; id, time and who are the server's to say."""

    kind: str
    reason: Text
    data: Form

    def given(self) -> dict[str, Any]:
        """Return the act's data as the ledger keeps them: what was said, and nothing that was not."""
        return self.data.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _request(kind: str, name: str | None = None) -> type[Asked]:
    form = DATA[kind]
    given: dict[str, Any] = {"kind": (Literal[kind], ...), "data": (form, ...)}
    if not form.model_fields:
        given["data"] = (form, form())
    title = name or "Act" + "".join(part.capitalize() for part in kind.split("_"))
    return create_model(title, __base__=Asked, __doc__=form.__doc__, **given)


class OpenCase(Asked):
    """A case to be opened."""

    kind: Literal["open"] = "open"
    data: Opening


if TYPE_CHECKING:
    AnyAct = Asked
else:
    AnyAct = Annotated[
        Union[tuple(_request(kind) for kind in DATA if kind != "open")],  # noqa: UP007  made from a list
        Field(discriminator="kind"),
    ]
    """The request of any act on a case."""
