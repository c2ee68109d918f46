# SPDX-License-Identifier: Apache-2.0
"""A watch whose people are told, and real receivers on this machine: an SMTP server, and one of signed webhooks."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from desk_world import watch_folder
from test_services_response import PEOPLE

from truceline.dispatch import signing
from truceline.errors import TrustError

SECRET = "forty-two hedgehogs under a lime tree"

CONTACTS = """
contacts:
  - {id: oak-duty, user: gus, name: Duty officer of Oak, email: duty@oak.example, webhook: "http://127.0.0.1:%(hook)d/oak", secret: oak, phone: "+1 555 1"}
  - {id: oak-second, user: olga, name: Oak's commissioner, email: second@oak.example, phone: "+1 555 2", language: uk, without: [corrected]}
  - {id: a-liaison, user: lia, name: A's liaison, email: liaison@a.example}
  - {id: b-liaison, user: lib, name: B's liaison, cap: "http://127.0.0.1:%(hook)d/b", secret: b, phone: "+1 555 3"}
  - {id: watch, user: wanda, name: The watch, email: watch@centre.example}
  - {id: gone, user: nobody, name: Somebody who left, email: gone@centre.example}
trees:
  oak: [oak-duty, oak-second]
  B: [b-liaison]
smtp: {sender: truceline@centre.example, host: 127.0.0.1, port: %(smtp)d, starttls: false}
pace: {attempts: 4, first_s: 60, most_s: 600, acknowledge_minutes: 15, call_minutes: 10, seed: 7}
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Mailbox:
    """Mails as they came; ``answers`` are given first, one a mail."""

    def __init__(self):
        self.raw, self.answers = [], []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  the library's name for it
        if self.answers:
            return self.answers.pop(0)
        self.raw.append((envelope.rcpt_tos[0], envelope.content))
        return f"250 2.0.0 kept as {len(self.raw)}"

    @property
    def mails(self):
        return [message_from_bytes(body, policy=default) for _, body in self.raw]

    def text(self):
        """All that came, as people and programs read it."""
        parts = [part for mail in self.mails for part in mail.walk() if not part.is_multipart()]
        return "".join(part.get_payload(decode=True).decode() for part in parts)

    def unique(self):
        """(recipient, Message-ID) as a mailbox that knows second copies keeps them, and how often each came."""
        found = {}
        for to, body in list(self.raw):
            key = (to, message_from_bytes(body, policy=default)["Message-ID"])
            found.setdefault(key, []).append(body)
        return found


class Hook:
    """A receiver that checks what it gets, does each id once, and gives its receipt; ``answers`` are statuses."""

    def __init__(self):
        self.done, self.copies, self.refused, self.answers, self.signatures = {}, {}, [], [], set()
        self.receipt = signing.receipt
        self.clock = lambda: datetime.now(UTC)

    def take(self, path, headers, body):
        if self.answers:
            return self.answers.pop(0), None
        secret = SECRET + path
        try:
            id_ = signing.check(secret, headers, body, self.clock(), self.signatures)
        except TrustError as error:
            self.refused.append(type(error).__name__)
            return 403, None
        self.signatures.add(headers[signing.SIGNATURE])
        self.copies[path, id_] = self.copies.get((path, id_), 0) + 1
        self.done.setdefault((path, id_), (dict(headers), body))
        return 202, self.receipt(secret, id_, body)


@contextmanager
def receivers():
    """(mailbox, its port, hook, its port) until the block ends."""
    mailbox, hook = Mailbox(), Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, receipt = hook.take(self.path, dict(self.headers), body)
            self.send_response(status)
            if receipt:
                self.send_header(signing.RECEIPT, receipt)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    post = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    post.start()
    try:
        yield mailbox, post.port, hook, server.server_address[1]
    finally:
        post.stop()
        server.shutdown()
        server.server_close()
        thread.join()


def told_folder(base, repository, smtp, hook):
    """A watch's folder whose people have addresses."""
    folder = watch_folder(base, repository, PEOPLE)
    text = (repository / "examples" / "exercises" / "agreement-ladder.yaml").read_text()
    (folder / "terms" / "agreement.yaml").write_text(text.replace("rests_on: provisional", "rests_on: two-voices"))
    (folder / "contacts.yaml").write_text(CONTACTS % {"smtp": smtp, "hook": hook})
    (base / "keys").mkdir(mode=0o700, exist_ok=True)
    secrets = base / "keys" / "secrets.yaml"
    secrets.write_text(f"oak: {SECRET}/oak\nb: {SECRET}/b\n")
    secrets.chmod(0o600)
    return folder
