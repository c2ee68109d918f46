# SPDX-License-Identifier: Apache-2.0
"""Sentences in four languages: one file a language (``en.toml`` ...), numbers and dates as that language writes them.

``say("uk", "reasons.window", when=interval)`` returns the sentence. A new language is one new file with the same keys.
"""

from truceline.lang.catalogue import Catalogue, catalogue, languages, say

__all__ = ["Catalogue", "catalogue", "languages", "say"]
