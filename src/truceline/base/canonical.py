# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON (RFC 8785) out, strict JSON in."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from typing import Any, NoReturn

import rfc8785

from truceline.base.json_place import place_of_repeated_key, place_of_value
from truceline.errors import LimitExceeded, Malformed

_DIFFERS = re.compile(r"-0\.0|[0-9][eE]|[0-9]{16}|[\U00010000-\U0010ffff]", re.ASCII)
"""What Python's encoder may write in another way than RFC 8785; inside a text it is harmless and only costs time."""

_WHOLE = re.compile(r"\.0(?![0-9])", re.ASCII)
_TEXT_OR_WHOLE = re.compile(r'"(?:[^"\\]|\\.)*"|(?<=[0-9])\.0(?=[,\]}]|$)', re.ASCII)
"""A text as JSON writes it, or the ``.0`` of a whole float outside of texts, which RFC 8785 leaves out."""

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: Any) -> bytes:
    """Return the one canonical form of a JSON value (RFC 8785).

    Python's C encoder is four times as fast as the reference and differs from it in four things only: floats that
    need an exponent or are whole, integers beyond 2^53, the order of keys with characters beyond U+FFFF, and keys
    that are not text. The first three show in its text, and then the reference writes it.

    Raises:
        Malformed: it holds NaN, an infinity, an integer beyond 2^53 or something that is not JSON.
    """
    try:
        text = _encode(value)
        if _only_text_keys(value) and not _DIFFERS.search(text):
            return _without_zeros(text).encode()
    except (TypeError, ValueError, RecursionError):
        # Not JSON for the fast encoder: the strict one says why, or knows better.
        pass
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise Malformed(f"cannot be written as canonical JSON: {error}") from error


def _only_text_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str for key in value) and all(map(_only_text_keys, value.values()))
    return all(map(_only_text_keys, value)) if isinstance(value, list | tuple) else True


def _without_zeros(text: str) -> str:
    """Return JSON text with its whole floats written as integers."""
    if not _WHOLE.search(text):
        return text
    return _TEXT_OR_WHOLE.sub(lambda found: found[0] if found[0][0] == '"' else "", text)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


class _UnplacedError(ValueError):
    """A fault that the standard library's reader finds without saying where."""

    def __init__(self, reason: str, *, value: str | None = None, key: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.value, self.key = reason, value, key

    def placed(self, text: str, file: str | None) -> Malformed:
        """The same with its line, and with the way to it: the record's number in its list."""
        if self.key is not None:
            found = place_of_repeated_key(text, self.key)
        else:
            found = place_of_value(text, lambda token: token == self.value)
        if found is None:
            return Malformed(self.reason, file=file)
        path, line = found
        return Malformed(f"{path}: {self.reason}" if path else self.reason, file=file, line=line)


def _no_constant(name: str) -> NoReturn:
    raise _UnplacedError(f"{name} is not JSON", value=name)


def _is_too_long(token: str) -> bool:
    """Whether Python refuses to read it as an integer."""
    digits = token.lstrip("-")
    return digits.isdigit() and len(digits) > sys.get_int_max_str_digits()


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _UnplacedError(f"{text} is too large a number", value=text)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _UnplacedError(f"the key {key!r} appears twice", key=key)
        found[key] = value
    return found


def parse_json(data: bytes | str, *, file: str | None = None) -> Any:
    """Return the value of JSON text from outside.

    Python's own reader accepts NaN, infinities and repeated keys, and dies of deep nesting; this one refuses
    them (EVIDENCE.md E1).

    Raises:
        Malformed: not UTF-8, not JSON, NaN, an infinity, or a key twice.
        LimitExceeded: nested deeper than the interpreter follows (about a thousand brackets).
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return json.loads(text, parse_constant=_no_constant, parse_float=_float, object_pairs_hook=_pairs)
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 text: {error.reason} at byte {error.start}", file=file) from error
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg}", file=file, line=error.lineno) from error
    except RecursionError as error:
        raise LimitExceeded("brackets nest too deeply", file=file) from error
    except _UnplacedError as error:
        raise error.placed(text, file) from None
    except ValueError as error:
        # Python refuses to turn a number of thousands of digits into an integer.
        found = place_of_value(text, _is_too_long)
        path, line = found or ("", None)
        reason = f"holds a number that cannot be read: {error}"
        raise Malformed(f"{path}: {reason}" if path else reason, file=file, line=line) from error
