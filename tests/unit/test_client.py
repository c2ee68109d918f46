# SPDX-License-Identifier: Apache-2.0
"""The typed client: a method for every route, our own errors, safe tries, a stream that is taken up again."""

from __future__ import annotations

import inspect
import re

import httpx
import pytest
from desk_world import office

from truceline import errors
from truceline.client import Client
from truceline.client.duty import Duty
from truceline.client.messages import Messages
from truceline.client.promised import Register
from truceline.client.response import Response
from truceline.client.trouble import error_of
from truceline.errors import (
    AccessError,
    InputError,
    KeyReused,
    Malformed,
    NotHere,
    NotSignedIn,
    Outdated,
    StateError,
    TrucelineError,
    UnavailableError,
)

OPEN = {"title": "Mill", "origin": "event", "events": [7]}
HEARD = {"modality": "acoustic", "family": "array", "owner": "mission", "grade": "B2"}


@pytest.fixture(scope="module")
def at(tmp_path_factory, repository):
    with office(tmp_path_factory.mktemp("office"), repository) as found:
        yield found


@pytest.fixture
def who(at):
    made = []

    def client(user, **more):
        made.append(
            Client(str(at.client.base_url), at.as_(user).get("Authorization", " ").split(" ")[1] or None, **more)
        )
        return made[-1]

    yield client
    for each in made:
        each.__exit__(None, None, None)


def test_every_route_of_the_commission_has_a_method(at):
    """What a browser alone does (sessions, accounts, tokens) is not the client's."""
    source = "".join(
        inspect.getsource(inspect.getmodule(part)) for part in (Client, Duty, Messages, Response, Register)
    )
    sent = {re.sub(r"\{\w+\}", "{}", path) for path in re.findall(r'f?"(/[a-z/{}]+)"', source)}
    document = at.client.get("/api/v1/openapi.json").json()
    paths = {re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1")) for path in document["paths"]}
    browsers = ("/session", "/token", "/oidc", "/people", "/me/")
    assert {path for path in paths if not path.startswith(browsers)} <= sent
    assert "/cases/{}/exhibits/{}" in sent


def test_a_case_from_opening_to_its_end(at, who):
    wanda, anna, sam = who("wanda"), who("anna"), who("sam")
    done = wanda.open("a salvo heard", OPEN)
    assert (done.kind, done.state, done.case) == ("open", "open", done.act)
    item = wanda.act(done.case, "evidence", "recorded", HEARD)
    anna.act(done.case, "note", "for the seats", {"audience": ["analyst"], "text": "thin"})
    assert [act.kind for act in anna.acts(done.case)] == ["open", "evidence", "note"]
    assert [note.text for note in anna.notes(done.case)] == ["thin"]
    assert wanda.exhibit(done.case, item.act).grade == "B2"
    wanda.act(done.case, "notice", "stop it")
    assert {notice.party for notice in who("lia").notices()} == {"A"}
    assert "acknowledge" in {task.do for task in who("lia").queue()}
    seen = sam.case(done.case).version
    sam.act(done.case, "close", "nothing", {"exit": "unsubstantiated"}, seen=seen)
    assert done.case in [line.case for line in sam.cases(state="closed")]
    assert sam.case(done.case).exit == "unsubstantiated"
    assert list(who(None).findings()) == []
    assert any(each.name == done.case for each in who("aud").access())
    assert who(None).terms().quorum == 3
    assert "A1" in who(None).vocabulary().grades
    assert who(None).withheld().withheld == 0
    assert sam.me()["role"] == "secretariat"


def test_the_monitors_day(who):
    wanda, aud = who("wanda").duty, who("aud").duty
    keyed = wanda.key("2140 A10 3x shelling 122mm")
    assert "shelling" in keyed.understood
    wanda.correct(keyed.entry, "2141 A10 4x shelling 122mm", "misheard")
    assert [line.keyed for line in aud.lines()] == ["2141 A10 4x shelling 122mm"]
    assert len(list(wanda.lines(history=True))) == 2
    asked = wanda.ask("who saw the flash?")
    open_before = [question.text for question in aud.questions()]  # another test may have left one open
    assert open_before.count("who saw the flash?") == 1
    wanda.answer(asked.entry, "the drone did")
    assert [question.text for question in aud.questions()] == [t for t in open_before if t != "who saw the flash?"]
    wanda.depart("P1", 30, "48.01,37.80")
    wanda.heard("P1")
    assert [(patrol.patrol, patrol.state) for patrol in wanda.patrols()] == [("P1", "out")]
    wanda.back("P1")
    report = wanda.report_mine("48.01,37.80", "a row beside the track").entry
    who("anna").duty.end_mine(report, "withdrawn", "an old fence")
    assert [(mine.what, mine.state) for mine in wanda.mines()] == [("a row beside the track", "withdrawn")]
    wanda.hand_over("quiet")
    assert wanda.shift().waiting is not None
    with pytest.raises(StateError):
        wanda.take_over()  # the same person


def test_an_entry_is_sent_once(who):
    line = Broken(9)
    with pytest.raises(UnavailableError):
        who("wanda", transport=line, wait=lambda _: None).duty.ask("lost?")
    assert len(line.sent) == 1


def test_more_cases_than_a_page_holds_are_all_yielded_once(who):
    wanda = who("wanda")
    opened = {wanda.open("again", OPEN).case for _ in range(55)}
    told = [line.case for line in wanda.cases()]
    assert opened <= set(told)
    assert len(told) == len(set(told))


def test_refusals_are_our_own_errors(at, who):
    wanda, sam = who("wanda"), who("sam")
    case = wanda.open("seen", OPEN, key="one").case
    with pytest.raises(KeyReused):
        wanda.open("other", OPEN, key="one")
    with pytest.raises(NotHere, match="there is no case"):
        who(None).case(case)
    with pytest.raises(NotHere):
        who("lib").finding("01J")
    with pytest.raises(AccessError) as refused:
        wanda.act(case, "close", "nothing", {"exit": "unsubstantiated"})
    assert refused.value.record == case
    with pytest.raises(Malformed, match=r"body\.note\.data\.audience"):
        who("anna").act(case, "note", "x", {"text": "x"})
    with pytest.raises(Outdated):
        sam.act(case, "close", "nothing", {"exit": "unsubstantiated"}, seen=0)
    with pytest.raises(StateError, match="no 'nothing' here"):
        who("anna").act(case, "withdraw_evidence", "x", {"evidence": "nothing"})


@pytest.mark.parametrize(
    "error", [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, TrucelineError)]
)
def test_every_error_the_server_names_comes_out_as_itself(error):
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__).lower()
    body = {"type": f"urn:truceline:{name}", "detail": "so it is", "record": "7"}
    made = error_of(httpx.Response(error.http_status, json=body))
    assert type(made) is error
    assert (made.reason, made.record) == ("so it is", "7")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotSignedIn),
        (403, AccessError),
        (404, NotHere),
        (409, StateError),
        (415, InputError),
        (502, UnavailableError),
    ],
)
def test_a_refusal_of_the_door_is_told_by_its_status(status, kind):
    assert type(error_of(httpx.Response(status, text="<html>"))) is kind
    assert type(error_of(httpx.Response(status, json=[1]))) is kind


class Broken(httpx.BaseTransport):
    """Sends for real, and loses the first answers on their way back."""

    def __init__(self, lose):
        self.lose, self.sent = lose, []
        self.real = httpx.HTTPTransport()

    def handle_request(self, request):
        self.sent.append(request.headers.get("idempotency-key"))
        answer = self.real.handle_request(request)
        if len(self.sent) <= self.lose:
            answer.close()
            raise httpx.ReadError("the line went dead", request=request)
        return answer

    def close(self):
        self.real.close()


def test_an_answer_that_got_lost_does_not_make_the_act_twice(at, who):
    line, waited = Broken(2), []
    wanda = who("wanda", transport=line, wait=waited.append)
    before = len(at.records("case"))
    wanda.open("seen", OPEN)
    assert len(at.records("case")) == before + 1
    assert len(line.sent) == 3
    assert len(set(line.sent)) == 1
    assert waited == [0.25, 0.5]


def test_what_stays_out_of_reach_is_said(who):
    wanda = who("wanda", transport=Broken(99), wait=lambda _: None)
    with pytest.raises(UnavailableError, match="cannot be reached"):
        wanda.terms()
    with pytest.raises(UnavailableError, match="the stream cannot be reached"):
        next(wanda.events())


def test_what_is_refused_for_good_is_not_asked_again(who):
    line = Broken(0)
    with pytest.raises(NotHere):
        who("wanda", transport=line, wait=lambda _: None).case("01J")
    assert len(line.sent) == 1


class Cut(httpx.SyncByteStream):
    """A stream that breaks off after some bytes."""

    def __init__(self, chunks):
        self.chunks = chunks

    def __iter__(self):
        yield from self.chunks
        raise httpx.ReadError("the line went dead")


def test_a_stream_that_breaks_is_taken_up_where_it_broke(at, who):
    asked = []
    first = b'retry: 2000\n\nid: 1-aaaaaaaaaaaa\nevent: case\ndata: {"at": "2026-05-02T20:00:00Z", "case": "c", "findings": 0}\n\n'
    second = first.replace(b"1-aaa", b"2-aaa")

    def answer(request):
        asked.append(request.headers.get("last-event-id"))
        return httpx.Response(200, stream=Cut([first if len(asked) == 1 else b": alive\n\n" + second]))

    events = Client("http://127.0.0.1:1", transport=httpx.MockTransport(answer), wait=lambda _: None).events()
    assert next(events)[0] == "1-aaaaaaaaaaaa"
    name, told = next(events)
    assert (name, told.case) == ("2-aaaaaaaaaaaa", "c")
    assert asked == [None, "1-aaaaaaaaaaaa"]


def test_what_happens_is_followed_live(who):
    wanda = who("wanda")
    case = wanda.open("seen", OPEN).case
    name = next(name for name, told in wanda.events() if told.case == case)
    wanda.act(case, "notice", "stop it")
    _, again = next(wanda.events(after=name))
    assert (again.case, again.state) == (case, "open")


def test_messages_of_a_watch_that_tells_nobody_outside(who):
    """Each method asks what its route takes: what is not there is refused, and nothing else is wrong."""
    wanda = who("wanda")
    assert wanda.messages.all().messages == []
    for ask in (
        lambda: wanda.messages.acknowledge("none"),
        lambda: wanda.messages.retry("none"),
        lambda: wanda.messages.ring("oak"),
        lambda: wanda.messages.said("none", "no answer"),
        lambda: wanda.messages.called_back("none", "123456", "123456"),
    ):
        with pytest.raises((StateError, NotHere, AccessError)):
            ask()
