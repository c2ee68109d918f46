# SPDX-License-Identifier: Apache-2.0
"""Signing in with a real browser over plain http on this machine; and another site that tries to write in one's name."""

from __future__ import annotations

import pytest
from desk_world import office, password_of
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from live_server import running

pytestmark = pytest.mark.browser

ASK = """async ([method, path, body, csrf]) => {
  const headers = {...(body ? {'Content-Type': 'application/json'} : {}), ...(csrf ? {'X-CSRF-Token': csrf} : {})};
  const answer = await fetch('/api/v1' + path, {method, headers, body: body ? JSON.stringify(body) : undefined});
  const text = await answer.text();
  return [answer.status, text ? JSON.parse(text) : null];
}"""

EVIL = """<form method="post" enctype="text/plain" action="{home}/api/v1/tokens"><input name='{{"name":"x' value='"}}'></form>
<iframe name="f"></iframe><p>waiting</p><script>
const all = [];
const tried = (method, path, more) => all.push(fetch('{home}/api/v1' + path,
  {{method, credentials: 'include', ...more}}).then(() => 'answered', () => 'blocked'));
tried('DELETE', '/session');
tried('POST', '/tokens', {{body: '{{}}', headers: {{'Content-Type': 'application/json'}}}});
tried('POST', '/tokens', {{mode: 'no-cors', body: '{{}}'}});
tried('GET', '/me');
document.forms[0].target = 'f';
document.forms[0].submit();
Promise.all(all).then(found => {{ document.querySelector('p').textContent = found.join(' '); }});
</script>"""


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def test_a_person_signs_in_and_no_other_site_acts_in_their_name(at, browser):
    home = at.own["Origin"]
    secret = at.enrol("anna")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{home}/api/v1/me")
    shown = {"user": "anna", "password": password_of("anna"), "code": at.code(secret)}
    status, opened = page.evaluate(ASK, ["POST", "/session", shown, None])
    assert (status, opened["user"]) == (200, "anna")
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate(ASK, ["GET", "/me", None, None])[1]["role"] == "analyst"
    made = {"name": "a script", "scope": ["case:read"], "days": 1}
    assert page.evaluate(ASK, ["POST", "/tokens", made, None])[0] == 403  # without the token of our page
    assert page.evaluate(ASK, ["POST", "/tokens", made, opened["csrf"]])[0] == 201

    evil = FastAPI()
    evil.get("/", response_class=HTMLResponse)(lambda: EVIL.format(home=home))
    with running(evil) as port:
        other = context.new_page()
        other.goto(f"http://localhost:{port}/")  # for a browser another site than 127.0.0.1
        other.wait_for_function("document.querySelector('p').textContent !== 'waiting'")
        assert other.text_content("p") == "blocked blocked blocked blocked"
        other.close()
    assert page.evaluate(ASK, ["GET", "/session", None, None])[1]["session"] == opened["session"]
    assert [token["name"] for token in page.evaluate(ASK, ["GET", "/tokens", None, None])[1]] == ["a script"]
    assert page.evaluate(ASK, ["DELETE", "/session", None, opened["csrf"]])[0] == 204
    assert page.evaluate(ASK, ["GET", "/me", None, None])[1]["user"] == "public"
    context.close()
