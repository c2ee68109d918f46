# SPDX-License-Identifier: Apache-2.0
"""``truceline account``: people's accounts, from the machine itself. It works beside a running server.

Passwords come from a prompt or from standard input, never from the command line, where others could read them.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from truceline.errors import Malformed, UnavailableError
from truceline.flow.watchfile import read_watch
from truceline.services.accounts import CONSOLE, Accounts
from truceline.services.clock import Now, system_clock
from truceline.services.desk import PEOPLE, accounts_of, read_people
from truceline.services.signin import SignIn
from truceline.settings import Settings
from truceline.store.accounts import Account

NAME = "account"
HELP = "people's accounts: who may sign in, with which rights"

_RIGHTS = ("role", "of", "seat", "clearance", "aligned", "subject")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    verbs = parser.add_subparsers(dest="account_verb", required=True, metavar="VERB")
    for name, told in (
        ("import", "make an account for each person of people.yaml; from then on the accounts answer, not the file"),
        ("list", "all accounts, without secrets"),
        ("add", "make an account"),
        ("change", "change an account's rights; they hold at once"),
        ("disable", "put an account out of use; its sessions and tokens end at once"),
        ("enable", "put an account back in use"),
        ("password", "set a password, from a prompt or standard input"),
        ("totp", "enrol a second factor and show it, with its recovery codes, once"),
        ("token", "make a token for a program and show it once"),
    ):
        sub = verbs.add_parser(name, help=told, description=told)
        sub.add_argument("watch", type=Path, metavar="WATCH", help="the watch's folder (holds watch.toml)")
        if name not in ("import", "list"):
            sub.add_argument("user", metavar="USER", help="name of the account")
        sub.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")
        _more(name, sub)


def _more(name: str, sub: argparse.ArgumentParser) -> None:
    if name in ("add", "change"):
        sub.add_argument("--role", required=name == "add", metavar="ROLE", help="a role of the access table")
        sub.add_argument("--of", metavar="NAME", help="party or state the person serves")
        sub.add_argument("--seat", metavar="SEAT", help="seat of the commission, for commissioners")
        sub.add_argument("--clearance", metavar="LEVEL", help="public, restricted or secret")
        sub.add_argument("--aligned", nargs="*", metavar="PARTY", help="parties a guarantor is aligned with")
        sub.add_argument("--subject", metavar="SUB", help="what the house's own provider calls the person")
    elif name == "import":
        sub.add_argument("--people", type=Path, metavar="YAML", help="the list (default: WATCH/people.yaml)")
    elif name == "token":
        sub.add_argument("--for", dest="what", required=True, metavar="TEXT", help="what the token is for")
        sub.add_argument("--scope", nargs="+", required=True, metavar="WORD", help="resource:action, or resource:*")
        sub.add_argument("--days", type=int, default=30, metavar="N", help="how long it lives (default 30)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it, and say what came of it."""
    now = Now(system_clock)
    accounts = accounts_of(options.watch, read_watch(options.watch, runs=False).id, keys=settings.key_dir, now=now)
    if options.account_verb in ("import", "add"):
        accounts.begin()
    now.reached(accounts.store.latest())
    try:
        told = _VERBS[options.account_verb](accounts, options)
    finally:
        accounts.store.file.close()
    print(json.dumps(told, ensure_ascii=False, **({"separators": (",", ":")} if options.json else {"indent": 2})))
    return 0


def _import(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    made, there = accounts.bring(CONSOLE, read_people(options.people or options.watch / PEOPLE))
    return {"made": made, "already": there}


def _list(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    del options
    return {"accounts": [_told(account) for account in accounts.listed(CONSOLE)]}


def _add(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    entry = {key: value for key, value in _rights(options).items() if key != "subject"}
    return _told(accounts.add(CONSOLE, {"user": options.user, **entry}, options.subject))


def _change(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    return _told(accounts.alter(CONSOLE, options.user, _rights(options)))


def _disable(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    return _told(accounts.alter(CONSOLE, options.user, {"disabled": options.account_verb == "disable"}))


def _password(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    accounts.set_password(CONSOLE, options.user, _secret())
    return {"user": options.user, "password": True}


def _totp(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    enrolment, codes = accounts.issue(CONSOLE, options.user)
    return {"user": options.user, "secret": enrolment.secret, "uri": enrolment.uri, "recovery_codes": codes}


def _token(accounts: Accounts, options: argparse.Namespace) -> Mapping[str, Any]:
    owner = accounts.person(options.user)
    life = timedelta(days=min(options.days, 100_000))
    secret, token = SignIn(accounts).make_token(owner, options.what, options.scope, life, maker=CONSOLE)
    return {"user": options.user, "token": token.id, "scope": sorted(token.scope), "secret": secret}


_VERBS: Mapping[str, Callable[[Accounts, argparse.Namespace], Mapping[str, Any]]] = {
    "import": _import,
    "list": _list,
    "add": _add,
    "change": _change,
    "disable": _disable,
    "enable": _disable,
    "password": _password,
    "totp": _totp,
    "token": _token,
}


def _rights(options: argparse.Namespace) -> dict[str, Any]:
    """What was said of an account's rights."""
    return {key: value for key in _RIGHTS if (value := getattr(options, key)) is not None}


def _told(account: Account) -> dict[str, Any]:
    return {
        **account.actor.to_json(),
        "disabled": account.disabled,
        "password": account.password is not None,
        "second_factor": account.totp is not None,
        "subject": account.subject,
    }


def _secret() -> str:
    """A password: asked for twice at a terminal, else the first line of standard input.

    Raises:
        Malformed: the two differ, or there is none.
        UnavailableError: it cannot be read.
    """
    try:
        if sys.stdin.isatty():
            first, second = getpass.getpass("New password: "), getpass.getpass("Again: ")
            if first != second:
                raise Malformed("the two passwords differ; nothing was changed")
            return first
        return sys.stdin.readline(1000).rstrip("\r\n")
    except (EOFError, UnicodeDecodeError) as error:
        raise UnavailableError("no password could be read") from error
