# SPDX-License-Identifier: Apache-2.0
"""Messages to people outside: who is told what and no more, proof, retries, ringing; against real receivers."""

from __future__ import annotations

import json
from datetime import timedelta

import pyotp
import pytest
from desk_world import START
from notify_world import PEOPLE, SECRET, receivers, told_folder
from test_services_response import room

from truceline.base.clock import iso
from truceline.dispatch import signing
from truceline.errors import AccessError, ConfigError, NotHere, StateError, UnavailableError
from truceline.lang import catalogue
from truceline.services import calls
from truceline.services.accounts import CONSOLE
from truceline.services.contacts import Secrets
from truceline.services.desk import read_people


@pytest.fixture(scope="module")
def out():
    with receivers() as found:
        yield found


@pytest.fixture
def here(tmp_path, repository, out):
    mailbox, smtp, hook, port = out
    mailbox.__init__()
    hook.__init__()
    folder = told_folder(tmp_path, repository, smtp, port)
    with room(tmp_path, repository) as at:
        at.mailbox, at.hook, at.folder = mailbox, hook, folder
        hook.clock = at.clock
        at.desk.accounts.begin()
        at.desk.accounts.bring(CONSOLE, read_people(folder / "people.yaml"))
        yield at


def told(at, cause):
    """Contacts told of a cause."""
    return {i.message.to for i in at.desk.notifier.outbox.items.values() if i.message.cause == cause}


def items(at, **wanted):
    held = at.desk.notifier.outbox.items.values()
    return [i for i in held if all(getattr(i.message, key) == value for key, value in wanted.items())]


def test_each_is_told_what_the_table_and_the_terms_let_them_know(here):
    case = here.case()
    calls.refresh(here.desk)
    assert told(here, "stop_first") == {"a-liaison", "b-liaison"}
    words = {i.message.text.replace(f"to: {i.message.of}.", "") for i in items(here, cause="stop_first")}
    assert len(words) == 1, "both sides get the same words"
    here.sign(case)
    other = here.case()
    here.sign(other)
    response = here.move("olga", "begin", breach=case)
    here.move("gus", "dispute", response=response, breach=other)
    here.move("olga", "declare", response=response, step="warning")
    here.move("olga", "choose", response=response, breach=other)
    here.move("olga", "lift", response=response, step="warning")
    assert calls.refresh(here.desk) > 0
    assert calls.refresh(here.desk) == 0, "nothing is queued twice"
    board = {"oak-duty", "oak-second", "watch"}
    assert [told(here, cause) for cause in ("begun", "disputed", "declared", "lifted")] == [board] * 4
    assert told(here, "asked") == {"oak-duty", "a-liaison"}, "asked: the state, not its commissioner; never B"
    every = [i.message for i in here.desk.notifier.outbox.items.values()]
    assert "oak-second" not in {m.to for m in every if m.cause == "corrected"}, "not wanted, and may be left out"
    assert all("gone" not in m.to for m in every), "whose account is out of use is told nothing"
    assert "gone" in calls.status(here.desk, here.desk.person("wanda"))["nobody"]
    for message in every:
        assert "South" not in message.text.replace(message.of, "") or message.of == "B"
        assert "accused" not in message.text.replace("nobody is accused", "")
        assert message.releasable == (message.of,)
        to = catalogue(message.language).say("tell.caveat", to=message.of)
        assert to in message.text
        assert message.language == ("uk" if message.to == "oak-second" else "en")
        assert message.drill is None
        assert "DRILL" not in message.subject + message.text
    (lifted,) = items(here, cause="lifted", to="oak-duty")
    assert lifted.message.kind == "Cancel"
    assert {name.split(",")[0] for name in lifted.message.refers} <= set(here.desk.notifier.outbox.items)


def test_that_a_decision_is_due_is_told_once_and_nothing_follows(here):
    case = here.case()
    here.sign(case)
    here.move("olga", "begin", breach=case)
    calls.refresh(here.desk)
    assert told(here, "decision_due") == set()
    moves = len(here.desk.responses.moves)
    here.clock.forward(days=4)
    calls.refresh(here.desk)
    first = {i.message.key for i in items(here, cause="decision_due")}
    assert told(here, "decision_due") >= {"oak-second"}
    here.clock.forward(days=4)
    calls.refresh(here.desk)
    assert {i.message.key for i in items(here, cause="decision_due")} == first
    assert len(here.desk.responses.moves) == moves


def test_no_exact_place_leaves_the_centre(here):
    """Of an event a liaison hears a cell of a kilometre and a stretch of twenty minutes."""
    body = {"lon": 37.123456, "lat": 48.654321, "first": iso(START - timedelta(minutes=7)), "p_act": {"shelling": 1.0}}
    from truceline.model.record import Record

    with here.desk.lock:
        index = here.desk.store.append([Record("event", {**body, "last": body["first"]})])[0]
    case = here.act("wanda", "open", title="Salvo", origin="event", events=[index], provisions=["quiet"])
    here.act("anna", "evidence", case, modality="acoustic", family="a", owner="mission", grade="B2")
    here.act("anna", "evidence", case, modality="imagery", family="b", owner="elm", grade="B2")
    calls.send(here.desk)
    (told_b,) = items(here, to="b-liaison", cause="stop_first")
    lon, lat, km = told_b.message.circle
    assert km == 1.0
    assert 0 < abs(lon - body["lon"]) + abs(lat - body["lat"]) < 0.02
    assert "10\N{NO-BREAK SPACE}minutes either way" in told_b.message.text
    outside = here.mailbox.text() + "".join(raw.decode() for _, raw in here.hook.done.values())
    assert "37.1234" not in outside
    assert "48.6543" not in outside
    assert outside.count("<circle>") == 2


def test_delivery_is_proved_and_what_proves_it_is_in_the_ledger(here):
    here.asked()
    done = calls.send(here.desk, here.desk.person("wanda"))
    assert done["queued"] == len(here.desk.notifier.outbox.items)
    assert done["sent"] == sum(len(i.legs) for i in here.desk.notifier.outbox.items.values())
    for item in here.desk.notifier.outbox.items.values():
        for channel, leg in item.legs.items():
            assert (leg.state, leg.tries) == ("delivered", 1)
            if channel == "email":
                assert leg.proof["smtp"] == 250
                assert "kept as" in leg.proof["said"]
            else:
                path = "/oak" if item.message.to == "oak-duty" else "/b"
                _, body = here.hook.done[path, item.message.id]
                assert leg.proof["receipt"] == signing.receipt(SECRET + path, item.message.id, body)
    records = json.dumps([body for _, body in here.desk.store.read("dispatch")])
    assert not any(secret in records for secret in (SECRET, "@oak.example", "@a.example", "+1 555", "127.0.0.1"))
    assert calls.send(here.desk)["sent"] == 0


@pytest.mark.parametrize(
    ("mail", "status", "states"),
    [
        ("451 later", 503, ("failed", "failed")),
        ("554 never", 404, ("refused", "refused")),
        (None, 302, ("delivered", "refused")),
        (None, 429, ("delivered", "failed")),
        (None, "no receipt", ("delivered", "failed")),
    ],
)
def test_what_is_not_proved_is_tried_again_or_never(here, mail, status, states):
    here.asked()
    calls.refresh(here.desk)
    count = len(here.desk.notifier.outbox.items)
    here.mailbox.answers = [] if mail is None else [mail] * count
    if status == "no receipt":
        here.hook.receipt = lambda *_: "v1=00"
    else:
        here.hook.answers = [status] * count
    calls.send(here.desk)
    (asked,) = items(here, cause="asked", to="oak-duty")
    assert tuple(leg.state for leg in asked.legs.values()) == states
    assert calls.send(here.desk)["sent"] == 0, "not before its time"
    here.mailbox.answers, here.hook.answers, here.hook.receipt = [], [], signing.receipt
    here.clock.forward(minutes=2)
    calls.send(here.desk)
    (asked,) = items(here, cause="asked", to="oak-duty")
    for before, leg in zip(states, asked.legs.values(), strict=True):
        assert (leg.state, leg.tries) == {"failed": ("delivered", 2)}.get(before, (before, 1))
    assert all(len(copies) == 1 for copies in here.mailbox.unique().values())


def test_it_gives_up_after_so_many_and_a_person_can_begin_anew(here):
    here.asked()
    here.mailbox.answers = ["451 later"] * 1000
    for _ in range(12):
        calls.send(here.desk)
        here.clock.forward(minutes=15)
    (asked,) = items(here, cause="asked", to="a-liaison")
    assert (asked.legs["email"].state, asked.legs["email"].tries) == ("failed", 4)
    assert asked.state(here.desk.notifier.contacts.pace) == "failed"
    here.mailbox.answers = []
    with pytest.raises(AccessError):
        calls.retry(here.desk, here.desk.person("lia"), asked.message.id)
    calls.retry(here.desk, here.desk.person("wanda"), asked.message.id)
    calls.send(here.desk)
    assert items(here, cause="asked", to="a-liaison")[0].legs["email"].state == "delivered"


def test_an_office_acknowledges_its_own_and_no_other(here):
    at = here.asked()
    calls.refresh(here.desk)
    (oak,), (a,) = items(here, cause="asked", to="oak-duty"), items(here, cause="asked", to="a-liaison")
    for user in ("lib", "pia", "aud", "wanda"):
        with pytest.raises(AccessError):
            calls.acknowledge(here.desk, here.desk.person(user), oak.message.id)
    with pytest.raises(NotHere):
        calls.acknowledge(here.desk, here.desk.person("lia"), oak.message.id)
    told_gus = calls.acknowledge(here.desk, here.desk.person("gus"), oak.message.id)
    assert (told_gus["state"], told_gus["by"], told_gus["how"]) == ("acknowledged", "gus", "signed in")
    with pytest.raises(StateError, match="gus acknowledged"):
        calls.acknowledge(here.desk, here.desk.person("gus"), oak.message.id)
    seen = calls.status(here.desk, here.desk.person("lia"))
    assert {each["to"] for each in seen["messages"]} == {"a-liaison"}
    assert set(seen) == {"messages", "drill"}
    # Whoever answers in the response itself need not say so twice.
    here.move("lia", "acknowledge", **at, state="A")
    calls.refresh(here.desk)
    assert items(here, to="a-liaison", cause="asked")[0].how == "where it belongs"
    assert a.acknowledged is None


def test_an_office_that_is_silent_is_rung_and_calls_back(here):
    here.asked()
    calls.send(here.desk)
    wanda, oak = here.desk.person("wanda"), here.desk.person("olga")
    with pytest.raises(StateError, match="nobody is to be rung"):
        calls.ring(here.desk, wanda)
    here.clock.forward(minutes=16)
    with pytest.raises(AccessError):
        calls.ring(here.desk, here.desk.person("gus"), "oak")
    first = calls.ring(here.desk, wanda, "oak")
    assert (first["phone"], first["ask_for"]) == ("+1 555 1", "Duty officer of Oak")
    assert any("you are asked" in line for line in first["items"])
    with pytest.raises(StateError, match="not to be rung"):
        calls.ring(here.desk, wanda, "oak")
    calls.called(here.desk, wanda, first["call"], "no answer")
    second = calls.ring(here.desk, wanda, "oak")
    assert second["phone"] == "+1 555 2"
    assert second["read_out"] != first["read_out"]
    assert (first["language"], second["language"]) == ("en", "uk")
    assert second["say"].startswith("Це центр")
    assert second["read_out"] in second["say"]
    secret = here.desk.accounts.issue(CONSOLE, "olga")[0].secret
    here.clock.forward(minutes=1)
    good = pyotp.TOTP(secret).at(int(here.clock.at.timestamp()))
    for code, totp in ((first["read_out"], good), (second["read_out"], "000000"), ("", good)):
        with pytest.raises(AccessError, match="not right"):
            calls.confirm(here.desk, wanda, second["call"], code, totp)
    with pytest.raises(AccessError):
        calls.confirm(here.desk, here.desk.person("lib"), second["call"], second["read_out"], good)
    held = calls.confirm(here.desk, wanda, second["call"], f"{second['read_out'][:3]} {second['read_out'][3:]}", good)
    assert held["confirmed"] == iso(here.clock.at)
    (asked,) = items(here, cause="asked", to="oak-duty")
    assert (asked.by, asked.how, asked.acknowledged) == (oak.user, "call-back", here.clock.at)
    kinds = [
        body["entry"] for _, body in here.desk.store.read("dispatch") if body["entry"].startswith(("call", "conf"))
    ]
    assert kinds == ["call", "called", "call", "confirm", "confirm", "confirm", "confirm"]
    records = json.dumps([body for _, body in here.desk.store.read("dispatch")])
    assert second["read_out"] not in records, "a code is not written down where somebody could read it first"
    with pytest.raises(StateError, match="confirmed already"):
        calls.called(here.desk, wanda, second["call"], "no answer")


def test_five_wrong_codes_end_a_call_and_a_code_is_used_once(here):
    here.asked()
    here.clock.forward(minutes=16)
    wanda = here.desk.person("wanda")
    secret = here.desk.accounts.issue(CONSOLE, "lib")[0].secret
    calls.refresh(here.desk)
    here.clock.forward(minutes=16)
    call = calls.ring(here.desk, wanda, "B")
    for _ in range(5):
        with pytest.raises(AccessError):
            calls.confirm(here.desk, wanda, call["call"], "12", "000000")
    code = pyotp.TOTP(secret).at(int(here.clock.at.timestamp()))
    with pytest.raises(StateError, match="over"):
        calls.confirm(here.desk, wanda, call["call"], call["read_out"], code)
    again = calls.ring(here.desk, wanda, "B")
    calls.confirm(here.desk, wanda, again["call"], again["read_out"], code)
    with pytest.raises(AccessError):
        here.desk.accounts.prove("nobody", code)
    assert here.desk.accounts.prove("lib", code) is False


def test_a_restart_finds_the_same_outbox(here, tmp_path, repository):
    here.asked()
    calls.send(here.desk)
    held = here.desk.notifier.outbox
    here.desk.store.close()
    with room(tmp_path, repository) as again:
        assert again.desk.notifier.outbox.items == held.items
        assert calls.send(again.desk) == {"queued": 0, "sent": 0}


def test_history_is_not_told_when_contacts_first_come(here, tmp_path, repository):
    contacts = (here.folder / "contacts.yaml").read_text()
    here.asked()
    here.desk.store.close()
    (here.folder / "contacts.yaml").unlink()
    with room(tmp_path, repository) as without:
        assert calls.send(without.desk) == {"queued": 0, "sent": 0}
        without.clock.forward(days=3)
        without.desk.now()
        (here.folder / "contacts.yaml").write_text(contacts)
    with room(tmp_path, repository) as late:
        late.clock.forward(days=3)
        calls.refresh(late.desk)
        assert {i.message.cause for i in late.desk.notifier.outbox.items.values()} == {"decision_due"}


def test_secrets_come_from_the_environment_or_from_a_closed_file(tmp_path):
    found = Secrets(tmp_path, {"TRUCELINE_SECRET_OAK_WEBHOOK": "one"})
    assert found.get("oak-webhook") == "one"
    with pytest.raises(UnavailableError, match="no secret 'birch'"):
        found.get("birch")
    (tmp_path / "secrets.yaml").write_text("birch: two\n")
    (tmp_path / "secrets.yaml").chmod(0o644)
    with pytest.raises(ConfigError, match="others can read it"):
        found.get("birch")
    (tmp_path / "secrets.yaml").chmod(0o600)
    assert found.get("birch") == "two"
    assert "user: gus" in PEOPLE
