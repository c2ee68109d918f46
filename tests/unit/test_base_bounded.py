# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from truceline.base.bounded import read_bytes, read_text, text_of
from truceline.errors import InputError, LimitExceeded, Malformed, Truncated


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("﻿перемир'я\n".encode())
    assert read_text(path) == "перемир'я\n"


@pytest.mark.parametrize(
    ("data", "error", "why"),
    [
        (b"", Truncated, "empty"),
        (b"x" * 101, LimitExceeded, "at most 100"),
        (b"one\ntwo\xff", Malformed, "byte 7"),
        (b"one\n\0", Malformed, "NUL"),
    ],
)
def test_bad_files_are_named_with_the_reason(tmp_path, data, error, why):
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(error, match=why) as caught:
        read_text(path, limit=100)
    assert "bad.csv" in str(caught.value)


def test_what_is_no_plain_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_bytes(tmp_path / "absent")
    with pytest.raises(InputError, match="not a plain file"):
        read_bytes(tmp_path)
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    with pytest.raises(InputError, match="not a plain file"):
        read_bytes(fifo)


def test_the_line_of_a_bad_byte_is_told(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes(b"one\ntwo\n\xff")
    with pytest.raises(Malformed) as caught:
        read_text(path)
    assert caught.value.line == 3


@pytest.mark.parametrize(("data", "line"), [(b"one\ntwo\n\xff", 3), (b"one\n\0", 2)])
def test_bytes_that_came_otherwise_are_read_as_strictly(data, line):
    assert text_of(b"\xef\xbb\xbfone\r\n", file="b") == "one\r\n"
    with pytest.raises(Malformed) as caught:
        text_of(data, file="b")
    assert (caught.value.file, caught.value.line) == ("b", line)
