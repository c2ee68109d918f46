# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/people``: accounts and their rights. Administrators change them, auditors read them; no secret is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from truceline.errors import AccessError
from truceline.model.case import Actor
from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk
from truceline.server.forms import Route, permit
from truceline.server.problems import answers
from truceline.services.desk import Desk
from truceline.store.accounts import Account

router = APIRouter(tags=["people"], route_class=Route)

T = TypeVar("T")
Word = Annotated[str, Field(max_length=64)]
Subject = Annotated[str, Field(min_length=1, max_length=255)]


class Rights(BaseModel):
    """What an account may; fields left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    role: Word | None = Field(None, description="role, a word of the access table")
    of: Word | None = Field(None, description="party or state served")
    seat: Word | None = Field(None, description="seat of the commission held")
    clearance: Word | None = Field(None, description="highest level that may be read")
    aligned: Annotated[list[Word], Field(max_length=20)] | None = Field(
        None, description="parties a guarantor declared itself aligned with: release to them is release to it"
    )
    subject: Subject | None = Field(None, description="what the house's own provider calls the person")
    disabled: bool | None = Field(None, description="whether the account is out of use")


class NewPerson(Rights):
    """An account to be made; it has no password yet."""

    user: Word = Field(description="small letters, digits, dots and dashes")


class Person(BaseModel):
    """An account."""

    user: str = Field(description="name of the account")
    role: str = Field(description="role, a word of the access table")
    of: str | None = Field(description="party or state served")
    seat: str | None = Field(description="seat of the commission held")
    clearance: str = Field(description="highest level that may be read")
    aligned: list[str] = Field(description="parties whose releases count as the account's own")
    disabled: bool = Field(description="whether it is out of use")
    password: bool = Field(description="whether a password was set")
    second_factor: bool = Field(description="whether a second factor is enrolled")
    provider: bool = Field(description="whether the house's own provider can sign it in")


def person_of(account: Account) -> Person:
    """Return an account without its secrets."""
    who = account.actor
    return Person(
        user=who.user,
        role=who.role,
        of=who.of,
        seat=who.seat,
        clearance=who.clearance,
        aligned=list(who.aligned),
        disabled=account.disabled,
        password=account.password is not None,
        second_factor=account.totp is not None,
        provider=account.subject is not None,
    )


def _logged(desk: Desk, actor: Actor, action: str, name: str, do: Callable[[], T]) -> T:
    """Do it; a refusal is logged before it is told."""
    try:
        return do()
    except AccessError:
        desk.log(actor, action, "account", name, allowed=False)
        raise


@router.get("/people", openapi_extra=permit("account", "read"), responses=answers(401, 403, 503))
def people(desk: TheDesk, actor: TheActor) -> list[Person]:
    """List all accounts."""
    held = _logged(desk, actor, "read", "all", lambda: desk.accounts.listed(actor))
    desk.log(actor, "read", "account", "all", allowed=True)
    return [person_of(account) for account in held]


@router.post(
    "/people", openapi_extra=permit("account", "make"), status_code=201, responses=answers(401, 403, 409, 413, 415, 503)
)
def add(desk: TheDesk, actor: TheActor, asked: NewPerson) -> Person:
    """Make an account."""
    entry = asked.model_dump(exclude={"subject", "disabled"}, exclude_none=True)
    made = _logged(desk, actor, "make", "new", lambda: desk.accounts.add(actor, entry, asked.subject))
    desk.carry()
    return person_of(made)


@router.get("/people/{user}", openapi_extra=permit("account", "read"), responses=answers(401, 403, 404, 503))
def one(desk: TheDesk, actor: TheActor, user: Word) -> Person:
    """Show one account."""
    held = _logged(desk, actor, "read", user, lambda: desk.accounts.get(actor, user))
    desk.log(actor, "read", "account", user, allowed=True)
    return person_of(held)


@router.put(
    "/people/{user}", openapi_extra=permit("account", "change"), responses=answers(401, 403, 404, 409, 413, 415, 503)
)
def alter(desk: TheDesk, actor: TheActor, user: Word, asked: Rights) -> Person:
    """Change an account's rights; they hold from the next request."""
    fields = asked.model_dump(exclude_unset=True)
    made = _logged(desk, actor, "change", user, lambda: desk.accounts.alter(actor, user, fields))
    desk.carry()
    return person_of(made)
