# SPDX-License-Identifier: Apache-2.0
"""The room server: gives a folder of results to a browser on the same machine. It reads; it never writes."""

from truceline.server.app import app
from truceline.server.run import serve

__all__ = ["app", "serve"]
