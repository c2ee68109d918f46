# SPDX-License-Identifier: Apache-2.0
"""A message by a service that ``apprise`` knows: Matrix and others. It proves only that the service took it."""

from __future__ import annotations

from truceline.channels.sent import Sent
from truceline.errors import UnavailableError
from truceline.model.dispatch import Message


def by_service(message: Message, address: str) -> Sent:
    """Send it once to an address of apprise, such as ``matrixs://…``, and return what came of it.

    These services know no key of ours: after a kill between sending and logging, a second copy can come. Its first line
    holds the message's id, by which people see that it is one.

    Raises:
        UnavailableError: apprise is not installed.
    """
    try:
        import apprise  # noqa: PLC0415  an extra, and heavy: loaded where somebody is told by such a service
    except ImportError as error:
        raise UnavailableError("apprise is not installed; run: pip install 'truceline[notify]'") from error
    sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Truceline", async_mode=False, secure_logging=True))
    if not sender.add(address):
        return Sent("refused", {"error": "apprise knows no such address"})
    body = f"{message.text}\n{message.id}"
    taken = sender.notify(title=message.subject, body=body, body_format=apprise.NotifyFormat.TEXT)
    return Sent("delivered", {"service": "taken", "schema": address.split(":", 1)[0][:20]}) if taken else Sent("failed")
