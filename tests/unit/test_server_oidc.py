# SPDX-License-Identifier: Apache-2.0
"""Signing in through a real provider on a port of its own, which can be made to lie in every way."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from desk_world import cookie, office
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from live_server import running

from truceline.errors import Malformed, UnavailableError
from truceline.flow.watchfile import Oidc, read_watch
from truceline.server.guard import COOKIE
from truceline.server.oidc import Provider
from truceline.server.routes.oidc import LOGIN
from truceline.services.accounts import CONSOLE

RETURN = "https://commission.example/api/v1/oidc/return"
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "k1"}), RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class Lies:
    """What the provider gets wrong."""

    claims: dict = field(default_factory=dict)
    drop: tuple = ()
    key: object = field(default_factory=lambda: KEY)
    header: dict = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    described: dict = field(default_factory=dict)
    answer: object = None
    status: int = 200


@dataclass
class House:
    """The provider: what it was asked, and how it lies."""

    issuer: str = ""
    lies: Lies = field(default_factory=Lies)
    asked: dict = field(default_factory=dict)
    used: set = field(default_factory=set)
    clock: object = None


def provider(house: House) -> FastAPI:
    """A small OpenID provider: code flow, PKCE enforced, codes good once."""
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @made.get("/.well-known/openid-configuration")
    def described():
        own = {
            "issuer": house.issuer,
            "authorization_endpoint": f"{house.issuer}/authorize",
            "token_endpoint": f"{house.issuer}/token",
            "jwks_uri": f"{house.issuer}/keys",
        }
        return JSONResponse(own | house.lies.described)

    @made.get("/authorize")
    def authorize(request: Request):
        house.asked = dict(request.query_params)
        return RedirectResponse(f"{RETURN}?code=c-1&state={house.asked['state']}", 302)

    @made.get("/keys")
    def keys():
        return {"keys": [KEY.as_dict(private=False)]}

    @made.post("/token")
    async def token(request: Request):
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        right = (
            challenge == house.asked["code_challenge"]
            and form["redirect_uri"] == house.asked["redirect_uri"] == RETURN
            and form["client_id"] == house.asked["client_id"]
            and form["code"] not in house.used
        )
        house.used.add(form["code"])
        if not right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if house.lies.answer is not None:
            return JSONResponse(house.lies.answer, house.lies.status)
        now = int(house.clock.at.timestamp())
        claims = {"iss": house.issuer, "sub": "s-anna", "aud": "truceline", "iat": now, "exp": now + 300}
        claims |= {"nonce": house.asked["nonce"], "role": "administrator", "groups": ["administrator"]}
        claims = {name: value for name, value in (claims | house.lies.claims).items() if name not in house.lies.drop}
        return {
            "id_token": jwt.encode(house.lies.header, claims, house.lies.key),
            "access_token": "a",
            "token_type": "Bearer",
        }

    return made


@pytest.fixture(scope="module")
def house():
    found = House()
    with running(provider(found)) as port:
        found.issuer = f"http://127.0.0.1:{port}"
        yield found


@pytest.fixture
def at(tmp_path, repository, house):
    more = f'\n[oidc]\nissuer = "{house.issuer}"\nclient_id = "truceline"\nredirect = "{RETURN}"\n'
    with office(tmp_path, repository, more=more) as found:
        house.lies, house.clock = Lies(), found.clock
        house.used.clear()
        found.desk.accounts.alter(CONSOLE, "anna", {"subject": "s-anna"})
        yield found


def go(at, house):
    """From our page to the provider and back: the query that comes back, and the cookie."""
    begun = at.client.get("/api/v1/oidc/start")
    assert begun.status_code == 303
    state = cookie(begun, LOGIN)
    back = httpx.get(begun.headers["location"], follow_redirects=False)
    assert back.headers["location"].startswith(RETURN)
    return urlsplit(back.headers["location"]).query, state


def come_back(at, query, state):
    at.client.cookies.clear()
    headers = {} if state is None else {"Cookie": f"{LOGIN}={state}"}
    return at.client.get(f"/api/v1/oidc/return?{query}", headers=headers)


def test_a_person_signs_in_and_has_the_rights_of_the_account_whatever_the_provider_says(at, house):
    query, state = go(at, house)
    answer = come_back(at, query, state)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    at.client.cookies.clear()
    told = at.client.get("/api/v1/me", headers={"Cookie": f"{COOKIE}={cookie(answer, COOKIE)}"}).json()
    assert (told["user"], told["role"], told["scope"]) == ("anna", "analyst", None)
    assert house.asked["code_challenge_method"] == "S256"
    assert house.asked["scope"] == "openid"
    assert state not in repr(house.asked["nonce"])
    last = at.records("access")[-1]
    assert (last["by"]["user"], last["action"], last["resource"], last["allowed"]) == ("anna", "begin", "session", True)


def test_the_login_cookie_is_lax_short_and_not_for_scripts(at):
    line = at.client.get("/api/v1/oidc/start").headers["set-cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/"} <= set(line.split("; "))


@pytest.mark.parametrize(
    "lies",
    [
        Lies(claims={"iss": "https://other.example"}),
        Lies(claims={"aud": "another-client"}),
        Lies(claims={"aud": ["truceline", "another-client"]}),  # several, and none is said to be meant
        Lies(claims={"aud": ["truceline", "another-client"], "azp": "another-client"}),
        Lies(claims={"nonce": "another"}),
        Lies(claims={"exp": 1}),
        Lies(claims={"iat": 9_999_999_999}),
        Lies(claims={"nbf": 9_999_999_999}),
        Lies(claims={"exp": "soon"}),
        *(Lies(drop=(name,)) for name in ("iss", "sub", "aud", "exp", "iat", "nonce")),
        Lies(key=OTHER),
        Lies(key=OctKey.import_key("x" * 32), header={"alg": "HS256", "kid": "k1"}),
        Lies(answer={"id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzLWFubmEifQ."}),
        Lies(answer={"id_token": "not a token"}),
        Lies(answer={"id_token": 7}),
        Lies(answer={"access_token": "a"}),
        Lies(answer={"error": "invalid_grant"}, status=400),
        Lies(claims={"sub": "s-nobody"}),
        Lies(claims={"sub": ["s-anna"]}),
        Lies(claims={"sub": None}),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(at, house, lies):
    house.lies = lies
    answer = come_back(at, *go(at, house))
    assert answer.status_code == 401
    assert cookie(answer, COOKIE) is None
    assert at.records("access")[-1]["allowed"] is False


@pytest.mark.parametrize(
    "lies",
    [
        Lies(answer=["x"]),
        Lies(answer={}, status=500),
        Lies(answer={}, status=302),
        Lies(answer={"x": "y" * 300_000}),
    ],
)
def test_a_provider_that_does_not_answer_as_it_should_is_told(at, house, lies):
    house.lies = lies
    assert come_back(at, *go(at, house)).status_code == 503


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://other.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://127.0.0.1@evil.example/authorize"},
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_followed(at, house, described):
    house.lies = Lies(described=described)
    assert at.client.get("/api/v1/oidc/start").status_code == 503


@pytest.mark.parametrize("place", ["http://127.0.0.1:9/x", "https://localhost/x", "http://[::1]:9/x"])
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_provider_elsewhere_cannot_send_our_requests_to_this_machine(name, place):
    issuer = "https://login.example"
    own = {each: f"{issuer}/{each}" for each in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    told = [{"issuer": issuer, **own}, {"issuer": issuer, **own, name: place}]
    elsewhere = httpx.MockTransport(lambda _: httpx.Response(200, json=told.pop(0)))
    now = datetime(2026, 5, 2, tzinfo=UTC)
    assert (
        Provider(Oidc(issuer, "truceline", RETURN), elsewhere).begin(now)[0].startswith(own["authorization_endpoint"])
    )
    with pytest.raises(UnavailableError, match=f"{name} points at this machine"):
        Provider(Oidc(issuer, "truceline", RETURN), elsewhere).begin(now)


def test_a_sign_in_belongs_to_the_browser_that_began_it_and_is_good_once(at, house):
    query, state = go(at, house)
    _, other_state = go(at, house)
    assert come_back(at, query, None).status_code == 401
    assert come_back(at, query, "x" * 43).status_code == 401
    assert come_back(at, query, other_state).status_code == 401  # an enemy's own sign-in, slipped to somebody
    house.used.clear()
    query, state = go(at, house)
    assert come_back(at, query, state).status_code == 303
    house.used.clear()
    assert come_back(at, query, state).status_code == 401


@pytest.mark.parametrize("more", ["&iss=https%3A%2F%2Fother.example", "&error=access_denied"])
def test_an_answer_of_another_provider_or_a_refusal_lets_nobody_in(at, house, more):
    query, state = go(at, house)
    assert come_back(at, query + more, state).status_code == 401


def test_whoever_takes_too_long_begins_anew(at, house):
    query, state = go(at, house)
    at.clock.forward(minutes=11)
    assert come_back(at, query, state).status_code == 401


def test_an_account_out_of_use_stays_out(at, house):
    at.desk.accounts.alter(CONSOLE, "anna", {"disabled": True})
    assert come_back(at, *go(at, house)).status_code == 401


def test_the_public_address_is_an_address_of_ours(at):
    assert at.client.get("/api/v1/me", headers={"Host": "commission.example"}).status_code == 200
    assert at.client.get("/api/v1/me", headers={"Host": "evil.example"}).status_code == 421


def test_without_a_provider_there_is_no_such_way(tmp_path, repository):
    with office(tmp_path, repository) as local:
        for path in ("/oidc/start", "/oidc/return?code=x&state=y"):
            assert local.get(path).status_code == 404


def test_a_provider_that_is_gone_is_told(tmp_path, repository):
    more = f'\n[oidc]\nissuer = "http://127.0.0.1:9"\nclient_id = "truceline"\nredirect = "{RETURN}"\n'
    with office(tmp_path, repository, more=more) as found:
        assert found.get("/oidc/start").status_code == 503


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('issuer = "https://a.example"\nclient_id = "x"', "exactly client_id, issuer, redirect"),
        (f'issuer = "http://a.example"\nclient_id = "x"\nredirect = "{RETURN}"', "issuer: an https address"),
        (f'issuer = "https://u:p@a.example"\nclient_id = "x"\nredirect = "{RETURN}"', "issuer: an https address"),
        (f'issuer = "https://a.example:port"\nclient_id = "x"\nredirect = "{RETURN}"', "issuer: an https address"),
        ('issuer = "https://a.example"\nclient_id = "x"\nredirect = "http://b.example/api/v1/oidc/return"', "redirect"),
        (
            'issuer = "https://a.example"\nclient_id = "x"\nredirect = "https://b.example/elsewhere"',
            "redirect: this server",
        ),
        (f'issuer = 7\nclient_id = "x"\nredirect = "{RETURN}"', "needs 'issuer' as text"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, repository, table, said):
    from desk_world import watch_folder

    folder = watch_folder(tmp_path, repository)
    path = folder / "watch.toml"
    path.write_text(path.read_text() + f"\n[oidc]\n{table}\n")
    with pytest.raises(Malformed, match=said):
        read_watch(folder)
