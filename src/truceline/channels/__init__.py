# SPDX-License-Identifier: Apache-2.0
"""Ways out of the centre. Each sends one message to one address, and comes back with what proves it."""

from __future__ import annotations

from truceline.channels.email import by_email
from truceline.channels.sent import Sent
from truceline.channels.service import by_service
from truceline.channels.webhook import by_webhook

__all__ = ["Sent", "by_email", "by_service", "by_webhook"]
