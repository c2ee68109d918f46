# SPDX-License-Identifier: Apache-2.0
"""Terms: agreements as data, with each party's own reading of them (docs/reference/terms.md)."""

from truceline.terms.ceasefire import from_ceasefire, window_of
from truceline.terms.geometry import Drawn, Geometry
from truceline.terms.load import attachments_of, load
from truceline.terms.names import party_of
from truceline.terms.schema import json_schema

__all__ = ["Drawn", "Geometry", "attachments_of", "from_ceasefire", "json_schema", "load", "party_of", "window_of"]
