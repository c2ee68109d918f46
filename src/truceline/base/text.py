# SPDX-License-Identifier: Apache-2.0
"""Text from outside, made fit to be shown."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
_BREAKS = {ord(mark): " " for mark in "\n\t\x0b\x0c\x85\u2028\u2029"}


def clean(text: str) -> str:
    """Return the text without control characters and without marks that turn the direction of reading.

    Text from outside could otherwise drive a terminal, break a picture's XML, or show a word backwards.
    """
    return _UNSEEN.sub("", text.translate(_BREAKS))
