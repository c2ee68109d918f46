# SPDX-License-Identifier: Apache-2.0
"""``/api/v1/people``: accounts and their rights. Administrators change them, auditors read them; no secret is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from truceline.errors import Malformed, StateError
from truceline.model.case import LEVELS, ROLES
from truceline.server.auth import TheActor
from truceline.server.desk import TheDesk, asked
from truceline.server.forms import Route, permit
from truceline.server.problems import answers
from truceline.store.accounts import Account

router = APIRouter(tags=["people"], route_class=Route)

Word = Annotated[str, Field(max_length=64)]
Subject = Annotated[str, Field(min_length=1, max_length=255)]


Role = Annotated[str, Field(pattern=f"^({'|'.join(ROLES)})$")]
Level = Annotated[str, Field(pattern=f"^({'|'.join(LEVELS)})$")]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Place(BaseModel):
    """Whom a person serves and what they may read."""

    model_config = ConfigDict(extra="forbid")

    of: Name | None = Field(None, description="party or state served")
    seat: Name | None = Field(None, description="seat of the commission held")
    clearance: Level | None = Field(None, description="highest level that may be read")
    aligned: Annotated[list[Name], Field(max_length=20)] | None = Field(
        None, description="parties a guarantor declared itself aligned with: release to them is release to it"
    )
    subject: Subject | None = Field(None, description="what the house's own provider calls the person")


class NewPerson(Place):
    """An account to be made; it has no password yet."""

    user: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = Field(description="name of the account")
    role: Role = Field(description="role, a word of the access table")


class Rights(Place):
    """What an account may; fields left out stay as they are, null takes back what can be missing."""

    role: Role = Field("", description="role, a word of the access table")
    disabled: StrictBool = Field(default=False, description="whether the account is out of use")


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


@contextmanager
def fitting() -> Iterator[None]:
    """Say of rights that are each of the form, but do not fit each other or this watch, that they are not possible.

    Raises:
        StateError: such as a commissioner without a seat.
    """
    try:
        yield
    except Malformed as error:
        raise StateError(error.reason, record=error.record) from error


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


@router.get("/people", openapi_extra=permit("account", "read"), responses=answers(401, 403, 503))
def people(desk: TheDesk, actor: TheActor) -> list[Person]:
    """List all accounts."""
    with asked(desk, actor, "read", "account", "all"):
        held = desk.accounts.listed(actor)
    desk.log(actor, "read", "account", "all", allowed=True)
    return [person_of(account) for account in held]


@router.post(
    "/people",
    openapi_extra=permit("account", "make"),
    status_code=201,
    responses=answers(401, 403, 409, 413, 415, 422, 503),
)
def add(desk: TheDesk, actor: TheActor, said: NewPerson) -> Person:
    """Make an account."""
    entry = said.model_dump(exclude={"subject"}, exclude_none=True)
    with asked(desk, actor, "make", "account", "new"), fitting():
        made = desk.accounts.add(actor, entry, said.subject)
    desk.carry()
    return person_of(made)


@router.get("/people/{user}", openapi_extra=permit("account", "read"), responses=answers(401, 403, 404, 422, 503))
def one(desk: TheDesk, actor: TheActor, user: Word) -> Person:
    """Show one account."""
    with asked(desk, actor, "read", "account", user):
        held = desk.accounts.get(actor, user)
    desk.log(actor, "read", "account", user, allowed=True)
    return person_of(held)


@router.put(
    "/people/{user}",
    openapi_extra=permit("account", "change"),
    responses=answers(401, 403, 404, 409, 413, 415, 422, 503),
)
def alter(desk: TheDesk, actor: TheActor, user: Word, said: Rights) -> Person:
    """Change an account's rights; they hold from the next request."""
    with asked(desk, actor, "change", "account", user), fitting():
        made = desk.accounts.alter(actor, user, said.model_dump(exclude_unset=True))
    desk.carry()
    return person_of(made)
