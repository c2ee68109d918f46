# SPDX-License-Identifier: Apache-2.0
"""The API from the outside: a typed client that tries again safely (docs/how-to/use-the-api.md)."""

from truceline.client.client import Client

__all__ = ["Client"]
