# SPDX-License-Identifier: Apache-2.0
"""The forms of messages: CAP 1.2 against its schema, signatures and receipts, the contacts file, waits."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import xmlschema
from notify_world import CONTACTS

from truceline.channels import by_service
from truceline.channels.email import mail
from truceline.channels.webhook import body_of
from truceline.dispatch import read_contacts, signing, words
from truceline.dispatch.cap import cap
from truceline.dispatch.causes import Cause
from truceline.dispatch.contacts import House, Pace
from truceline.errors import BadSignature, ClockImplausible, InputError, Replayed
from truceline.lang import languages
from truceline.model.dispatch import CAUSES, Message

NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
MESSAGE = Message(
    *("asked/m/oak", "asked", "oak-duty", "oak", "Watch: step 1 <&> was declared", "Line one.\nЛінія дві.", NOW),
    *(("oak",), ("email",), "r1"),
    refers=(f"{'0' * 32},2026-02-03T11:00:00Z",),
    circle=(37.5, 48.1, 1.0),
)


@pytest.fixture(scope="module")
def schema(repository):
    return xmlschema.XMLSchema(repository / "tests" / "vectors" / "cap" / "CAP-v1.2.xsd")


LADDER = SimpleNamespace(steps={"warning": SimpleNamespace(number=1, text="!")})


@pytest.mark.parametrize("drill", [None, "01k"])
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("cause", CAUSES)
def test_every_language_says_all_of_a_message_in_its_own_words(cause, language, drill):
    due = ("2026-02-03T12:00:00Z", None)
    of = Cause(cause, "k", NOW, "7", "warning", None, due, due)
    line = words.subject(of, LADDER, "7", drill, language)
    told = words.text(of, LADDER, drill, ("7",), (NOW, 10.0), language)
    call = words.script("7", [line], "123 456", drill, language)
    assert "123 456" in call
    assert line in call
    if drill:
        assert line.startswith("[DRILL]")
        assert line.endswith("[DRILL]")
        assert told.startswith("DRILL DRILL DRILL")
        assert told.endswith("DRILL")
        assert call.startswith("DRILL DRILL DRILL")
    said = f"{line}\n{told}\n{call}"
    assert ("DRILL" in said) is (drill is not None)
    if language in ("uk", "ru"):
        assert set(re.findall(r"[A-Za-z]+", said)) <= {"DRILL", "UTC", "T", "Z", "k"}
    elif language != "en":
        english = words.text(of, LADDER, drill, ("7",), (NOW, 10.0)).split("\n")
        assert not set(told.split("\n")) & {each for each in english if "DRILL" not in each}


@pytest.mark.parametrize("drill", [None, "01kdrill"])
@pytest.mark.parametrize("cause", CAUSES)
def test_every_message_is_valid_cap(cause, drill, schema):
    bare = cause == "asked"
    kind = {"corrected": "Update", "lifted": "Cancel"}.get(cause, "Alert")
    message = replace(MESSAGE, cause=cause, kind=kind, drill=drill, text="bell \x07 \ud800 and \ufffe go", incident="")
    message = replace(message, language="uk" if drill else "en")
    message = replace(message, circle=None, refers=()) if bare else message
    made = cap(message, "truceline@centre.example")
    schema.validate(made.decode())
    told = schema.to_dict(made.decode())
    assert told.get("cap:status", told.get("status")) == ("Exercise" if drill else "Actual")
    assert f"<language>{message.language}</language>" in made.decode()
    assert ("DRILL" in made.decode()) is (drill is not None)
    assert b"48.1000,37.5000 1" in made or bare
    assert made == cap(message, "truceline@centre.example")


@pytest.mark.parametrize(
    ("old", "bad"),
    [
        ("<scope>Private", "<scope>Secret"),
        ("-00:00</sent>", "Z</sent>"),
        ("<category>Security</category>", ""),
        ("<status>Actual", "<status>Drill"),
        ("</info>", "</info><scope>Private</scope>"),
    ],
)
def test_the_schema_can_fail(old, bad, schema):
    made = cap(MESSAGE, "a@b").decode()
    assert old in made
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(made.replace(old, bad, 1))


def test_a_mail_is_the_same_bytes_each_time_and_carries_its_alert(schema):
    house = House(sender="truceline@centre.example")
    drill = replace(MESSAGE, drill="01k", subject="[DRILL] Watch: step 1 [DRILL]")
    raw = mail(drill, "duty@oak.example", house)
    assert raw == mail(drill, "duty@oak.example", house)
    read = message_from_bytes(raw, policy=default)
    assert read["Message-ID"] == f"<{drill.id}@centre.example>"
    assert read["X-Truceline-Drill"] == "DRILL 01k"
    assert "Лінія дві" in read.get_body().get_content()
    (alert,) = read.iter_attachments()
    schema.validate(alert.get_content().decode())
    hostile = replace(MESSAGE, subject="one\r\nBcc: everybody@example.org")
    assert message_from_bytes(mail(hostile, "duty@oak.example", house), policy=default)["Bcc"] is None
    assert replace(drill, drill=None).id != drill.id, "a drill's message is never taken for a second copy of a real one"


def test_a_signature_holds_for_this_body_now_and_once():
    body = body_of(MESSAGE)
    given = signing.headers("secret", MESSAGE.id, NOW, body)
    assert signing.check("secret", given, body, NOW + timedelta(minutes=5)) == MESSAGE.id == given["Idempotency-Key"]
    with pytest.raises(Replayed):
        signing.check("secret", given, body, NOW, {given[signing.SIGNATURE]})
    for late in (timedelta(minutes=5, seconds=1), timedelta(minutes=-6)):
        with pytest.raises(ClockImplausible):
            signing.check("secret", given, body, NOW + late)
    other = {**given, signing.TIME: str(int(NOW.timestamp()) + 1)}
    for secret, headers, text in (
        ("other", given, body),
        ("secret", given, body + b" "),
        ("secret", other, body),
        ("secret", {**given, signing.ID: "x"}, body),
        ("secret", {**given, signing.TIME: "²"}, body),
        ("secret", {}, body),
    ):
        with pytest.raises(BadSignature):
            signing.check(secret, headers, text, NOW)
    proof = signing.receipt("secret", MESSAGE.id, body)
    assert signing.proves("secret", MESSAGE.id, body, proof)
    assert not any(
        signing.proves(*case, proof)
        for case in (("s", MESSAGE.id, body), ("secret", "x", body), ("secret", MESSAGE.id, b""))
    )
    assert not signing.proves("secret", MESSAGE.id, body, given[signing.SIGNATURE])


def test_waits_double_up_to_a_bound_scattered_by_their_seed():
    pace = Pace(first_s=10, most_s=100, seed=3)
    waits = [pace.wait("m", "email", n).total_seconds() for n in range(1, 9)]
    for number, wait in enumerate(waits):
        whole = min(100, 10 * 2**number)
        assert whole / 2 <= wait <= whole
    assert waits == [pace.wait("m", "email", n).total_seconds() for n in range(1, 9)]
    assert len({pace.wait(f"m{n}", "email", 1) for n in range(100)}) > 90
    assert replace(pace, seed=4).wait("m", "email", 1) != pace.wait("m", "email", 1)
    assert pace.wait("m", "email", 10_000).total_seconds() <= 100


GOOD = CONTACTS % {"smtp": 25, "hook": 80}


def test_contacts_are_read():
    found = read_contacts(GOOD, "contacts.yaml")
    assert found.people["oak-duty"].channels == ("email", "webhook")
    assert found.trees == {"oak": ("oak-duty", "oak-second"), "B": ("b-liaison",)}
    assert (found.house.port, found.pace.attempts) == (25, 4)
    second = found.people["oak-second"]
    assert not second.wants("corrected")
    assert second.wants("asked")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("id: oak-second", "id: oak-duty", 4, "stands twice"),
        ('webhook: "http://127.0.0.1:80/oak"', 'webhook: "http://oak.example/x"', 3, "https"),
        ('webhook: "http://127.0.0.1:80/oak"', 'webhook: "https://u:p@oak.example/x"', 3, "https"),
        ("secret: oak,", "", 3, "needs a secret"),
        ("duty@oak.example", '"duty@oak.example, all@oak.example"', 3, "one e-mail address"),
        ("without: [corrected]", "without: [asleep]", 4, "asleep"),
        ("language: uk", "language: xx", 4, "xx"),
        ("without: [corrected]", "order: [webhook]", 4, "no address"),
        ("oak: [oak-duty, oak-second]", "oak: [a-liaison]", 10, "no phone"),
        ("oak: [oak-duty, oak-second]", "oak: [nobody-here]", 10, "no contact"),
        ("host: 127.0.0.1", "host: mail.example.org", 12, "only a server on this machine"),
        ("attempts: 4", "attempts: 4000", 13, "attempts"),
        ('phone: "+1 555 3"', "fone: 1", 6, "unknown key"),
        ("user: wanda", "usher: wanda", 7, "unknown key 'usher'"),
    ],
)
def test_bad_contacts_are_named_with_their_line(old, new, line, said):
    assert old in GOOD
    with pytest.raises(InputError, match=said) as error:
        read_contacts(GOOD.replace(old, new, 1), "contacts.yaml")
    assert (error.value.file, error.value.line) == ("contacts.yaml", line)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:apprise")
@pytest.mark.filterwarnings("ignore:.*slated for removal")
@pytest.mark.parametrize("drill", [None, "01k"])
def test_a_service_of_apprise_takes_a_message(drill):
    """A real receiver of apprise's own JSON; Matrix, which needs a house's server, goes the same way."""
    taken, statuses = [], [200, 500]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(statuses.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = f"json://127.0.0.1:{server.server_address[1]}/"
    subject = "[DRILL] Watch [DRILL]" if drill else "Watch"
    message = replace(MESSAGE, drill=drill, subject=subject)
    try:
        results = [by_service(message, address), by_service(message, address), by_service(message, "nothing at all")]
    finally:
        server.shutdown()
        server.server_close()
    assert [each.result for each in results] == ["delivered", "failed", "refused"]
    assert taken[0]["title"] == subject
    assert taken[0]["message"].endswith(message.id)
    assert address not in json.dumps([dict(each.proof) for each in results])
