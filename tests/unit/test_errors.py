# SPDX-License-Identifier: Apache-2.0
"""The tree of errors: each has one exit code and one HTTP status, and says where and why in one sentence."""

import pickle
import re

import pytest

from truceline import errors
from truceline.errors import InputError, TrucelineError, TrustError

FAMILIES = {
    "InputError": (3, {422, 413}),
    "TrustError": (1, {403, 409}),
    "StateError": (5, {409, 412}),
    "AccessError": (7, {401, 403, 404, 429}),
    "UnavailableError": (6, {503}),
    "ConfigError": (2, {500}),
}
ALL = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, TrucelineError)]


def family(error):
    return next((name for name in FAMILIES if issubclass(error, getattr(errors, name))), None)


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_exit_code_and_status_are_those_of_the_family(error):
    if error is TrucelineError:
        assert (error.exit_code, error.http_status) == (70, 500)
        return
    code, statuses = FAMILIES[family(error)]
    assert error.exit_code == code
    assert error.http_status in statuses


def test_no_error_belongs_to_two_families():
    for error in ALL:
        assert sum(issubclass(error, getattr(errors, name)) for name in FAMILIES) == (error is not TrucelineError)


def test_the_drawn_tree_names_each_error_once():
    drawn = re.findall(r"^\s*[│├└─\s]*([A-Z]\w+)\b", errors.__doc__.split("::")[1], re.MULTILINE)
    assert sorted(drawn) == sorted(error.__name__ for error in ALL)


def test_the_drawn_tree_gives_the_codes_the_classes_have():
    for name, code in re.findall(r"(\w+Error) .*exit (\d+)\)", errors.__doc__):
        assert getattr(errors, name).exit_code == int(code)
        assert FAMILIES[name][0] == int(code)


def test_the_codes_of_the_docs_are_those_of_the_classes(repository):
    text = (repository / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|.*\| `(\w+Error)`", text, re.MULTILINE)
    assert {name for _, name in rows} >= set(FAMILIES)
    for code, name in rows:
        assert getattr(errors, name).exit_code == int(code)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({}, "why"),
        ({"file": "a.csv"}, "a.csv: why"),
        ({"file": "a.csv", "line": 7}, "a.csv:7: why"),
        ({"record": "12"}, "record 12: why"),
        ({"file": "db", "record": "event:ab"}, "db: record event:ab: why"),
        ({"file": "a.csv", "line": 0}, "a.csv:0: why"),
    ],
)
def test_an_error_says_where_and_why(where, told):
    assert str(InputError("why", **where)) == told


def test_what_is_learnt_later_is_told_too():
    error = InputError("why")
    error.file = "found.toml"
    error.line = 3
    assert str(error) == "found.toml:3: why"


def test_an_error_crosses_processes_with_its_reason():
    error = pickle.loads(pickle.dumps(TrustError("why", file="f", record="r")))
    assert str(error) == "f: record r: why"
