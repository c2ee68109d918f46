# SPDX-License-Identifier: Apache-2.0
"""What the machine decides comes from the environment alone."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from truceline.settings import Settings


@pytest.mark.parametrize(
    ("environment", "keys"),
    [
        ({"TRUCELINE_KEYS": "/k", "XDG_CONFIG_HOME": "/c", "HOME": "/h"}, "/k"),
        ({"XDG_CONFIG_HOME": "/c", "HOME": "/h"}, "/c/truceline/keys"),
        ({"HOME": "/h"}, "/h/.config/truceline/keys"),
        ({"TRUCELINE_KEYS": "", "XDG_CONFIG_HOME": "", "HOME": "/h"}, "/h/.config/truceline/keys"),
        ({"TRUCELINE_KEYS": "relative/keys", "HOME": "/h"}, "relative/keys"),
    ],
)
def test_the_nearest_word_on_keys_counts_and_an_empty_one_does_not(environment, keys):
    assert Settings.from_environment(environment).key_dir == Path(keys)


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}])
def test_without_a_home_the_user_s_own_is_taken(environment):
    assert Settings.from_environment(environment).key_dir == Path("~/.config/truceline/keys").expanduser()


@pytest.mark.parametrize(("said", "data"), [(None, None), ("", None), ("/data", Path("/data"))])
def test_shared_data_is_there_only_where_it_is_named(said, data):
    environment = {"HOME": "/h"} if said is None else {"HOME": "/h", "TRUCELINE_SHARED": said}
    assert Settings.from_environment(environment).data_dir == data


def test_the_process_s_own_environment_is_not_looked_at(monkeypatch):
    monkeypatch.setenv("TRUCELINE_KEYS", "/not/this")
    monkeypatch.setenv("TRUCELINE_SHARED", "/nor/this")
    found = Settings.from_environment({"HOME": "/h"})
    assert found == Settings(Path("/h/.config/truceline/keys"), None)


def test_settings_cannot_be_changed():
    found = Settings(Path("/k"), None)
    with pytest.raises(FrozenInstanceError):
        found.key_dir = Path("/other")
