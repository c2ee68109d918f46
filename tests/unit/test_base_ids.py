# SPDX-License-Identifier: Apache-2.0
"""ULIDs: the specification's form, in the order of time."""

from datetime import UTC, datetime, timedelta

import pytest

from truceline.base.ids import ulid

NOW = datetime(2016, 7, 30, 23, 54, 10, 259000, tzinfo=UTC)


def test_the_time_part_is_that_of_the_specification():
    assert ulid(NOW, bytes(10)).startswith("01ARZ3NDEK")  # example of github.com/ulid/spec
    assert ulid(NOW, b"\xff" * 10).endswith("ZZZZZZZZZZZZZZZZ")


def test_later_is_greater():
    assert ulid(NOW, b"\xff" * 10) < ulid(NOW + timedelta(milliseconds=1), bytes(10))


@pytest.mark.parametrize(("at", "random"), [(NOW, b"short"), (datetime(1969, 1, 1, tzinfo=UTC), bytes(10))])
def test_what_is_no_ulid_is_refused(at, random):
    with pytest.raises(ValueError, match="ULID"):
        ulid(at, random)
